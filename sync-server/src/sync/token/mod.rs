//! Access tokens for kiosks: a nonce, an assertion over it (RFC 7523), ten minutes.

mod nonce;
pub mod routes;
mod store;
