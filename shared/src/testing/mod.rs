//! What tests of the protocol share, here and in the programs (feature `testing`): seeded chance, model stores,
//! the contract that every store keeps, and the simulation that drives many kiosks against one server.

mod cache;
mod chance;
pub mod contract;

mod journal;
mod server;
pub mod simulation;

mod store;

pub use cache::ModelCache;
pub use chance::Chance;
pub use journal::ModelJournal;
pub use server::ModelServer;
pub use store::{CacheStore, Home, JournalStore, OwnEvent, ServerStore};
