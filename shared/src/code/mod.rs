//! Codes.
mod digits;
pub use digits::{NotSixDigits, SixDigits};
