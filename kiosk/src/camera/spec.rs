//! Which camera to look through.

use std::{convert::Infallible, fmt, path::PathBuf, str::FromStr};

use crate::camera::{
    CameraError, FrameSource, device::Device, folder::Pictures, mjpeg::MjpegFile, stream::NetworkCamera,
    y4m::Y4mFile,
};

/// A camera by its name on the command line: `auto`, `/dev/video0`, an `http://` or `https://` MJPEG
/// stream, a picture, a folder of pictures, or a `.mjpeg` or `.y4m` film.
#[derive(Clone, PartialEq, Eq)]
pub enum CameraSpec {
    /// The first device that gives pictures.
    Auto,
    /// One V4L2 device by its number.
    Device(usize),
    /// A camera on the network.
    Network(String),
    /// A file or folder.
    Files(PathBuf),
}

impl fmt::Debug for CameraSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Device(number) => write!(f, "/dev/video{number}"),
            Self::Network(_) => f.write_str("network camera"),
            Self::Files(path) => path.display().fmt(f),
        }
    }
}

impl FromStr for CameraSpec {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let device = text.strip_prefix("/dev/video").and_then(|number| number.parse().ok());
        Ok(match device {
            Some(number) => Self::Device(number),
            None if text == "auto" => Self::Auto,
            None if text.starts_with("http://") || text.starts_with("https://") => Self::Network(text.into()),
            None => Self::Files(text.into()),
        })
    }
}

impl CameraSpec {
    /// Opens the source on the calling thread.
    pub fn open(&self) -> Result<Box<dyn FrameSource>, CameraError> {
        Ok(match self {
            Self::Auto => Box::new(Device::first()?),
            Self::Device(number) => Box::new(Device::open(*number)?),
            Self::Network(url) => Box::new(NetworkCamera::open(url)?),
            Self::Files(path) => match path.extension().and_then(|ending| ending.to_str()) {
                Some("mjpeg" | "mjpg") => Box::new(MjpegFile::open(path)?),
                Some("y4m") => Box::new(Y4mFile::open(path)?),
                _ => Box::new(Pictures::open(path)?),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_known_by_its_name() {
        let parse = |text: &str| text.parse::<CameraSpec>().unwrap();
        assert_eq!(parse("auto"), CameraSpec::Auto);
        assert_eq!(parse("/dev/video2"), CameraSpec::Device(2));
        assert_eq!(parse("http://cam/stream"), CameraSpec::Network("http://cam/stream".into()));
        assert_eq!(parse("passes"), CameraSpec::Files("passes".into()));
        assert_eq!(
            parse("/dev/video-of-the-gate.png"),
            CameraSpec::Files("/dev/video-of-the-gate.png".into())
        );
    }

    #[test]
    fn a_network_camera_s_password_is_not_shown() {
        let spec: CameraSpec = "http://guard:secret@cam/stream".parse().unwrap();
        assert!(!format!("{spec:?}").contains("secret"));
    }
}
