//! Alerts: what admins should know of. They are raised where what they tell of is found out.

mod routes;
mod store;

pub use routes::routes;
