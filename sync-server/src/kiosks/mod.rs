//! Kiosks, as admins see them: codes to enrol one, how each stands, its end. What a kiosk itself says to the server
//! is [`crate::sync`]'s.

pub mod invite;
mod revoke;
mod routes;
pub mod store;

pub use routes::routes;
