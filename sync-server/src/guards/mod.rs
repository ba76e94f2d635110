//! Guards: who may sign in at a kiosk, and by which PIN.

pub mod create;
mod routes;
pub mod store;

pub use routes::routes;
pub use store::GuardRecord;
