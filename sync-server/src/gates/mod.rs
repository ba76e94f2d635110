//! Gates: places of entry and exit.

mod routes;
pub mod store;

pub use routes::routes;
pub use store::GateRecord;
