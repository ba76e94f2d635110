//! Who is inside, and which way somebody goes through a gate.
//!
//! Both are pure: [`way`] is the rule of the screen's "In or out", [`visits`] folds whatever events are
//! known, in whatever order they came, into visits. Storing either is each program's business.

mod visits;
mod way;

pub use visits::{Left, Passage, PassageKind, Visit, may_end, visits};
pub use way::{ALREADY_IN_MS, Inside, Way, assumed_exit, way};
