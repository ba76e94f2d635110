//! From a camera to the newest picture.
//!
//! A capture thread reads a [`FrameSource`] and leaves each picture in a slot that holds one: whoever
//! looks gets the newest, nobody waits for an old one. What stands on the pictures is the scan's business,
//! what it means the desk's.

mod device;
mod error;
mod folder;
mod jpeg;
mod mjpeg;
mod newest;
mod picture;
mod snapshot;
mod source;
mod spec;
mod stream;
mod watch;
mod y4m;

pub use error::CameraError;
pub use newest::Newest;
pub use picture::Picture;
pub use snapshot::{SNAPSHOT_BYTES, small, snapshot};
pub use source::FrameSource;
pub use spec::CameraSpec;
pub use watch::{Camera, Condition};
