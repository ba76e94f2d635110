//! Luma frame in, QR codes out: the kiosk's scan pipeline.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

mod alignment;
mod attempt;
mod bits;
mod code;
mod equalise;
mod evidence;
mod finders;
mod fit;
mod frame;
mod guidance;
mod homography;
mod layout;
mod look;
mod pixels;
mod reading;
mod sampling;
mod scanner;
mod solomon;
mod stillness;
mod threshold;
mod triples;

pub use code::{Code, Guidance, Point, Quality, Scan};
pub use frame::{Budget, Frame};
pub use scanner::{Scanner, decode, decode_within};

/// Like [`decode`], but a panic is a panic.
#[cfg(feature = "fuzzing")]
pub fn look_uncontained(frame: Frame<'_>, budget: &Budget<'_>) -> Vec<Code> {
    let mut codes = Vec::new();
    if let Some(frame) = frame.checked() {
        look::Look::default().run(&frame, budget, None, &mut codes);
    }
    codes
}

/// Reads a grid of soft modules, row by row, +1 dark and −1 light, as the pipeline does.
#[cfg(feature = "fuzzing")]
pub fn read_grid(version: usize, soft: &[f32]) -> Option<String> {
    reading::Reader::default().read(version, soft).map(|reading| reading.text)
}
