//! Draws what a gate's camera sees: a text as a QR code on a phone or on paper, held up before a busy
//! background, in every difficulty that a reader must bear; and scenes without a code. Everything
//! follows from a seed, so that a failing frame can be drawn again. For tests and benchmarks only.

mod canvas;
mod lens;
mod random;
mod scene;
mod symbol;

pub use canvas::Picture;
pub use random::Random;
pub use scene::{Difficulty, empty, pass, render, sequence};
pub use symbol::{Level, Symbol};
