//! HTTP as such: what every route shares. What a route does belongs to its capability.

mod body;
mod created;
pub mod docs;
mod fault;
mod fields;
mod params;
pub mod serve;
pub mod tls;

pub use body::{Body, RawBody};
pub use created::Created;
pub use fault::{Answer, Fault};
pub use fields::Fields;
pub use params::{Page, Params, Segment};
