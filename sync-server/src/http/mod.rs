//! HTTP as such: what every route shares. What a route does belongs to its capability.

mod body;
mod causes;
mod client_address;
mod created;
pub mod docs;
mod fault;
mod fields;
mod first_word;
pub mod network;
mod params;
pub mod serve;
pub mod tls;
mod unread;

pub use body::{Bodiless, Body, MaybeBody, RawBody};
pub use causes::causes;
pub use client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
pub use created::Created;
pub use fault::{Answer, Fault};
pub use fields::Fields;
pub use network::Network;
pub use params::{Page, Parameters, Params, Segment};
