//! Pictures for a camera made of a file: what a gate's camera sees when somebody holds up a phone.

mod file;
mod scene;

pub use file::CameraFile;
pub use scene::{Scene, qr_screen};
