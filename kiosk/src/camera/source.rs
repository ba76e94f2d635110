//! What every kind of camera can do.

use crate::camera::{CameraError, Picture};

/// A source of pictures: a V4L2 device, picture files, a camera on the network.
pub trait FrameSource {
    /// Waits for the next picture and puts it into `into`, whose buffers are used again. May block for as
    /// long as a broken driver does: it is called on a thread of its own.
    fn next(&mut self, into: &mut Picture) -> Result<(), CameraError>;
}
