//! Passes: pre-approvals that residents make and holders show.

pub mod card;
pub mod issue;
pub mod photos;
pub mod retire;
mod routes;
pub mod store;
pub mod window;

pub use routes::routes;
pub use store::PassRecord;
