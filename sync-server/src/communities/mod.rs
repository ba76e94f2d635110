//! The community itself: its making, its keys, what its gates allow.

pub mod create;
pub mod day_keys;
pub mod store;

pub use store::Community;
