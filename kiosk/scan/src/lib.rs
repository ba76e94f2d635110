//! Luma frame in, QR codes out: the kiosk's scan pipeline.

mod alignment;
mod attempt;
mod bits;
mod code;
mod equalise;
mod finders;
mod fit;
mod frame;
mod homography;
mod layout;
mod pixels;
mod reading;
mod sampling;
mod scanner;
mod solomon;
mod threshold;
mod triples;

pub use code::{Code, Guidance, Point, Quality, Scan};
pub use frame::{Budget, Frame};
pub use scanner::{Scanner, decode, decode_within};
