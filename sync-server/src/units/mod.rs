//! Units: towers and apartment numbers.

mod routes;
pub mod store;

pub use routes::routes;
pub use store::UnitRecord;
