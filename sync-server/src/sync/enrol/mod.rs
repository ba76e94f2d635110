//! How a new kiosk comes to a community: it redeems a one-time code.

pub mod routes;
mod store;
pub mod trust;

pub use store::forget_over as forget_codes;
