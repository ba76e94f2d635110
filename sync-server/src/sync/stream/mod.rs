//! Changes as they happen: one stream a kiosk, fed by one reader a community.
//!
//! Polling alone works as well: the stream carries the very pages that a pull would give, sooner.

mod hub;
mod reader;
pub mod routes;
mod sender;
mod store;

pub use hub::Hub;
