//! Who is inside, and which way somebody goes through a gate.
//!
//! All of it is pure: [`way`] is the rule of the screen's "In or out", [`visits`] folds whatever events are
//! known, in whatever order they came, into visits, [`has_lapsed`] says who waits no more. Storing any of it is each
//! program's business.

mod visits;
mod waiting;
mod way;

/// How many people a visit may be of.
pub const MOST_PEOPLE: u16 = 100;

pub use visits::{Left, Passage, PassageKind, Visit, may_end, visits};
pub use waiting::{STANDS_MS, WAITS_MS, has_lapsed};
pub use way::{ALREADY_IN_MS, Inside, Way, assumed_exit, way};
