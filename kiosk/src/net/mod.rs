//! One connection to one sync server: its address, whom to believe behind it, and what can go wrong on the
//! way there. What is said over it is the courier's and the enrolment's business.

mod client;
mod tls;
mod trouble;
mod undated;

pub use client::{Client, Reply};
pub use tls::{Trust, Vouched, client_config};
pub use trouble::NetTrouble;
