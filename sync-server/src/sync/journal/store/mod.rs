//! The journals' tables, and those that hold what follows from events.

pub(super) mod before;
pub(super) mod cases;
pub(super) mod events;
pub(super) mod listing;
pub(super) mod parked;
pub(super) mod undone;
pub(super) mod uses;
pub(super) mod visits;
