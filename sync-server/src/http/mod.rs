//! HTTP as such: what every route shares. What a route does belongs to its capability.

mod body;
pub mod docs;
mod fault;
mod params;
pub mod serve;
pub mod tls;

pub use body::{Body, RawBody};
pub use fault::{Answer, Fault};
pub use params::{Page, Params, Segment};
