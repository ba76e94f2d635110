//! Taking in journals: events are appended as they come, and what they tell reaches visits, uses, alerts and the
//! feed in the same transaction.
//!
//! What becomes of an upload is [`gatehouse::journal::ingest`]'s to say, what an event changes
//! [`gatehouse::journal::Effect`]'s.

mod arrival;
mod before;
mod disagreement;
mod effects;
pub mod erase;
mod forgotten;
mod known;
pub mod listing;
mod one;
pub mod parked;
mod queue;
mod reading;
mod remembered;
mod revoked;
mod room;
pub mod routes;
pub mod sealed;
mod store;
mod taken;
mod telling;
mod twice;
mod visits;

pub use arrival::Arrival;
pub use one::{Known, known_event};
pub use queue::Queues;
pub use store::events::take_turn;
pub use taken::{Setting, take_in};
