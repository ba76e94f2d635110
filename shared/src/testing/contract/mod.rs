//! What every store keeps to: the model stores, the kiosk's and the server's. Each check takes a maker of
//! fresh stores and panics with what is wrong.

mod cache;
mod journal;
mod server;

pub use cache::check_cache;
pub use journal::check_journal;
pub use server::check_server;
