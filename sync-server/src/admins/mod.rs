//! Further admins. The first one is made at installation; nobody makes themselves one.

mod routes;
mod store;

pub use routes::routes;
