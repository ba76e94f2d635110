//! Residents: who lives where, since when, until when.

pub mod household;
mod routes;
pub mod store;

pub use routes::routes;
