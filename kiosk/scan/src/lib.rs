//! Luma frame in, QR codes out: the kiosk's scan pipeline.

mod code;
mod frame;
mod scanner;

pub use code::{Code, Guidance, Point, Quality, Scan};
pub use frame::{Budget, Frame};
pub use scanner::{Scanner, decode, decode_within};
