//! The JSON of the server's HTTP API: requests, answers and problems, each written once.
//!
//! Field names are `snake_case`, instants RFC 3339, ids UUID strings. What gates and server exchange as CBOR
//! (feed, journal) is in [`crate::sync`], [`crate::feed`] and [`crate::journal`].

pub mod audit;
pub mod auth;
pub mod community;
pub mod gates;
pub mod journal;
pub mod kiosks;
mod list;
pub mod notifications;
pub mod passes;
pub mod people;
pub mod problem;
pub mod residents;
pub mod sync;
pub mod units;
pub mod visitors;

pub use list::List;
