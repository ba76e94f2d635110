//! Draws what a gate's camera sees: a text as a QR code on a phone or on paper, held up before a busy
//! background, in every difficulty that a reader must bear; and scenes without a code. Everything
//! follows from a seed, so that a failing frame can be drawn again. For tests and benchmarks only.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    reason = "pixels, modules and angles pass between whole and real numbers all the time, within a few thousand"
)]

mod canvas;
mod lens;
mod random;
mod scene;
mod successive;
mod symbol;

pub use canvas::Picture;
pub use random::Random;
pub use scene::{Difficulty, empty, pass, render, sequence};
pub use successive::{Strength, successive};
pub use symbol::{Level, Symbol};
