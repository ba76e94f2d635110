//! Secrets at rest: the master key, and what is sealed under it.

mod master_key;
mod seal;

pub use master_key::{MasterKey, MasterKeyError};
pub use seal::{Place, Sealer, UnsealError};
