//! A kiosk's own append-only record: events, what they say, and the chain that binds them.
//!
//! Storing them is the kiosk's, ingesting them the server's; here stand the bytes both agree on and the
//! pure rules over them.

mod act;
mod chain;
mod details;
mod effect;
mod event;
mod export;
pub mod ingest;
pub mod outbox;
mod requested;
mod verify;
pub mod visit;

pub use act::{Act, ActError, AlertCode, AskClose, Cause, Sealed};
pub use chain::{ChainError, Head, SignedEvent, genesis};
pub use details::{Details, DetailsError};
pub use effect::{Effect, Parked, Recorded};
pub use event::{Event, TimeMark};
pub use export::{ExportError, ExportHeader, ExportedEvent};
pub use requested::Requested;
pub use verify::Chain;
