//! The community itself: its making, its keys, what its gates allow.

pub mod create;
pub mod day_keys;
pub mod pass_keys;
pub mod rotate;
mod routes;
pub mod store;

pub use routes::routes;
pub use store::Community;
