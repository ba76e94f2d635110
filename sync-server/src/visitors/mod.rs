//! Visitors: requests to come in, and households' answers. What kiosks tell of visits comes in by
//! [`crate::sync`].

mod answer;
pub mod lapse;
mod request;
mod requested;
mod routes;
pub mod store;

pub use routes::routes;
