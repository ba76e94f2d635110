//! A camera at this machine, by V4L2.

use nokhwa::{
    Camera as Nokhwa, NokhwaError,
    utils::{ApiBackend, CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType},
};

use crate::camera::{CameraError, FrameSource, Picture, jpeg};

const READABLE: [FrameFormat; 2] = [FrameFormat::YUYV, FrameFormat::MJPEG];

/// An open V4L2 device.
pub(super) struct Device {
    camera: Nokhwa,
    name: String,
}

impl Device {
    /// The first device that opens. Devices are counted here, since the library's own search panics on a
    /// name without a number.
    pub(super) fn first() -> Result<Self, CameraError> {
        let mut trouble = CameraError::Absent;
        for number in (0..16).filter(|number| path(*number).exists()) {
            match Self::open(number) {
                Ok(device) => return Ok(device),
                Err(error) => trouble = error,
            }
        }
        Err(trouble)
    }

    /// Opens `/dev/video{number}` in its best format and starts it.
    pub(super) fn open(number: usize) -> Result<Self, CameraError> {
        let name = path(number).display().to_string();
        if !path(number).exists() {
            return Err(CameraError::Absent);
        }
        let trouble =
            |error: NokhwaError| CameraError::Device { device: name.clone(), cause: error.to_string() };
        let index = u32::try_from(number).map_err(|_| CameraError::Absent)?;
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &READABLE);
        let mut camera =
            Nokhwa::with_backend(CameraIndex::Index(index), any, ApiBackend::Video4Linux).map_err(trouble)?;
        let formats = camera.compatible_camera_formats().map_err(trouble)?;
        let best = best(&formats).ok_or_else(|| CameraError::Format(name.clone()))?;
        let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(best), &READABLE);
        camera.set_camera_requset(exact).map_err(trouble)?;
        camera.open_stream().map_err(trouble)?;
        Ok(Self { camera, name })
    }
}

impl FrameSource for Device {
    fn next(&mut self, into: &mut Picture) -> Result<(), CameraError> {
        let format = self.camera.camera_format();
        let bytes = self
            .camera
            .frame_raw()
            .map_err(|error| CameraError::Device { device: self.name.clone(), cause: error.to_string() })?;
        match format.format() {
            FrameFormat::YUYV => yuyv(&bytes, format.width() as usize, format.height() as usize, into),
            FrameFormat::MJPEG => jpeg::read(&bytes, into),
            _ => Err(CameraError::Format(self.name.clone())),
        }
    }
}

fn path(number: usize) -> std::path::PathBuf {
    format!("/dev/video{number}").into()
}

/// YUYV holds a brightness in every other byte.
fn yuyv(bytes: &[u8], width: usize, height: usize, into: &mut Picture) -> Result<(), CameraError> {
    let pixels = width * height;
    if bytes.len() < pixels * 2 {
        return Err(CameraError::Picture(format!("{} bytes where {} should be", bytes.len(), pixels * 2)));
    }
    into.luma.clear();
    into.luma.extend(bytes[..pixels * 2].chunks_exact(2).map(|pair| pair[0]));
    into.jpeg.clear();
    (into.width, into.height) = (width, height);
    Ok(())
}

/// Nearest to 1280×720 at 15 frames a second or more; raw rather than compressed where both do.
fn best(formats: &[CameraFormat]) -> Option<CameraFormat> {
    formats.iter().filter(|format| READABLE.contains(&format.format())).copied().min_by_key(|format| {
        let away = format.width().abs_diff(1280) + format.height().abs_diff(720);
        let slow = format.frame_rate() < 15;
        let packed = format.format() != FrameFormat::YUYV;
        (slow, away, packed, format.frame_rate().abs_diff(30))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_format_is_sharp_and_quick_before_it_is_raw() {
        let slow_raw = CameraFormat::new_from(1280, 720, FrameFormat::YUYV, 10);
        let packed = CameraFormat::new_from(1280, 720, FrameFormat::MJPEG, 30);
        let small_raw = CameraFormat::new_from(640, 480, FrameFormat::YUYV, 30);
        let other = CameraFormat::new_from(1280, 720, FrameFormat::NV12, 30);
        assert_eq!(best(&[slow_raw, small_raw, packed, other]), Some(packed));
        assert_eq!(best(&[slow_raw, small_raw]), Some(small_raw));
        assert_eq!(best(&[slow_raw]), Some(slow_raw));
        assert_eq!(best(&[other]), None);
    }

    #[test]
    fn a_short_frame_is_refused() {
        let mut into = Picture::default();
        assert!(yuyv(&[1, 128, 2, 128, 3], 2, 2, &mut into).is_err());
        yuyv(&[1, 128, 2, 128, 3, 128, 4, 128], 2, 2, &mut into).unwrap();
        assert_eq!(into.luma, [1, 2, 3, 4]);
    }
}
