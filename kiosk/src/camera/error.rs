//! Why a camera gives no pictures.

use std::path::PathBuf;

/// Why a source could not be opened or gave no picture. All of them are worth another try: a cable may be
/// put back, a file may appear.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// This machine has no camera.
    #[error("no camera is attached")]
    Absent,
    /// The device is there and does not do what it should.
    #[error("the camera at {device}: {cause}")]
    Device {
        /// Which device.
        device: String,
        /// The driver's words.
        cause: String,
    },
    /// The camera offers no format that can be read.
    #[error("the camera at {0} offers neither YUYV nor MJPEG")]
    Format(String),
    /// A picture that cannot be read.
    #[error("not a readable picture: {0}")]
    Picture(String),
    /// A file or folder that cannot be read.
    #[error("cannot read {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A folder without a single picture.
    #[error("no picture in {0}")]
    Empty(PathBuf),
    /// A camera on the network that does not answer as it should. The address is left out: it may hold a
    /// password.
    #[error("the network camera: {0}")]
    Network(String),
}
