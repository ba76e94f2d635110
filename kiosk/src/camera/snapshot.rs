//! A picture made small enough to be kept and sent.

use image::{DynamicImage, GrayImage, ImageFormat, codecs::jpeg::JpegEncoder};

use crate::camera::{CameraError, Picture};

/// The most pixels in a row.
const WIDTH: u32 = 640;
/// The most bytes.
pub const SNAPSHOT_BYTES: usize = 40 << 10;
/// The qualities that are tried until the bytes suffice.
const QUALITIES: [u8; 5] = [80, 70, 60, 50, 40];

/// A picture as a small JPEG, in colour where the camera gave it so.
///
/// # Errors
/// When the picture is none.
pub fn snapshot(picture: &Picture) -> Result<Vec<u8>, CameraError> {
    small(&whole(picture)?)
}

/// Any picture as a small JPEG.
///
/// # Errors
/// When it cannot be written.
pub fn small(whole: &DynamicImage) -> Result<Vec<u8>, CameraError> {
    let failed = |error: image::ImageError| CameraError::Picture(error.to_string());
    let mut width = WIDTH.min(whole.width()).max(1);
    loop {
        let height = u64::from(whole.height()) * u64::from(width) / u64::from(whole.width().max(1));
        let scaled = whole.thumbnail_exact(width, u32::try_from(height).unwrap_or(1).max(1));
        for quality in QUALITIES {
            let mut jpeg = Vec::new();
            let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
            match &scaled {
                DynamicImage::ImageLuma8(grey) => scaled_to(encoder, grey),
                other => scaled_to(encoder, &other.to_rgb8()),
            }
            .map_err(failed)?;
            if jpeg.len() <= SNAPSHOT_BYTES || width <= 16 {
                return Ok(jpeg);
            }
        }
        width /= 2;
    }
}

fn scaled_to<P>(
    mut encoder: JpegEncoder<&mut Vec<u8>>,
    picture: &image::ImageBuffer<P, Vec<u8>>,
) -> Result<(), image::ImageError>
where
    P: image::PixelWithColorType<Subpixel = u8>,
{
    encoder.encode(picture.as_raw(), picture.width(), picture.height(), P::COLOR_TYPE)
}

fn whole(picture: &Picture) -> Result<DynamicImage, CameraError> {
    let wrong = |words: String| CameraError::Picture(words);
    if !picture.jpeg.is_empty() {
        return image::load_from_memory_with_format(&picture.jpeg, ImageFormat::Jpeg)
            .map_err(|error| wrong(error.to_string()));
    }
    let (Ok(width), Ok(height)) = (u32::try_from(picture.width), u32::try_from(picture.height)) else {
        return Err(wrong("too large".into()));
    };
    GrayImage::from_raw(width, height, picture.luma.clone())
        .filter(|grey| grey.width() > 0 && grey.height() > 0)
        .map(DynamicImage::ImageLuma8)
        .ok_or_else(|| wrong("a picture without pixels".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: usize, height: usize) -> Picture {
        let mut state = 7u32;
        let luma = (0..width * height).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        Picture { luma: luma.collect(), width, height, ..Picture::default() }
    }

    #[test]
    fn a_frame_becomes_small_whatever_is_on_it() {
        for picture in [noise(1280, 720), noise(320, 240), noise(3, 2)] {
            let jpeg = snapshot(&picture).unwrap();
            assert!(jpeg.len() <= SNAPSHOT_BYTES, "{} bytes", jpeg.len());
            let back = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
            assert!(back.width() <= WIDTH && back.width() <= u32::try_from(picture.width).unwrap());
        }
    }

    #[test]
    fn colours_stay_where_the_camera_gave_them() {
        let red = DynamicImage::from(image::RgbImage::from_pixel(1280, 720, image::Rgb([200, 20, 20])));
        let picture = Picture { jpeg: small(&red).unwrap(), ..Picture::default() };
        let back = image::load_from_memory(&snapshot(&picture).unwrap()).unwrap().to_rgb8();
        assert_eq!((back.width(), back.height()), (640, 360));
        let [r, g, b] = back.get_pixel(300, 100).0;
        assert!(r > 150 && g < 80 && b < 80, "{r} {g} {b}");
    }

    #[test]
    fn what_is_no_picture_is_an_error() {
        assert!(snapshot(&Picture::default()).is_err());
        assert!(snapshot(&Picture { luma: vec![0; 5], width: 3, height: 2, ..Picture::default() }).is_err());
        assert!(snapshot(&Picture { jpeg: vec![0xff, 0xd8, 0xff], ..Picture::default() }).is_err());
    }
}
