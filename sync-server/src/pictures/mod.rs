//! Pictures that people send: read within bounds and drawn anew, so that a file's metadata, its tricks and its size
//! stay with whoever sent it.

mod jpeg;
mod redraw;
mod sent;

pub use jpeg::Jpeg;
pub use redraw::{PictureError, Square, redraw};
pub use sent::{PICTURE_LIMIT, Sent};
