//! Admins. The first one is made at installation, further ones by invitation; nobody makes themselves one.

mod remove;
mod reset;
mod routes;
mod store;

pub use reset::reset_password;
pub use routes::routes;
