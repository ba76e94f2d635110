//! Gatehouse's sync server: residents, visitors, passes, gates and kiosks of gated communities.
//!
//! A folder for each capability: its `routes` translate HTTP, its rules are pure, its `store` alone holds SQL.
//! What all of them need (the database, secrets, problems, the feed) stands beside them.

pub mod accounts;
pub mod admins;
pub mod alerts;
pub mod api;
pub mod app;
pub mod audit;
pub mod auth;
pub mod cli;
mod clock;
pub mod communities;
pub mod demo;
mod description;
pub mod feed;
pub mod gates;
pub mod guards;
mod health;
pub mod http;
pub mod idempotency;
pub mod keyring;
pub mod kiosks;
pub mod links;
pub mod notifications;
mod origin;
pub mod passes;
pub mod photos;
mod pictures;
mod qr;
mod randomness;
pub mod residents;
pub mod secrets;
pub mod server_keys;
pub mod settings;
pub mod setup;
pub mod spoken;
pub mod store;
pub mod sync;
pub mod units;
pub mod visitors;
pub mod workers;

pub use clock::WallClock;
pub use origin::Origin;
pub use randomness::OsEntropy;
