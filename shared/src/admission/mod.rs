//! What a gate decides. [`decide`] is one pure function of [`Facts`]: the kiosk runs it at the gate, the
//! server runs it again over the facts that were sent, and both come to the same verdict under the same
//! [`RULES_VERSION`].
//!
//! Gathering the facts (reading the cache, checking signatures and codes) is the kiosk's business; which
//! way somebody goes is [`crate::presence`]'s. Exit never comes here.

mod decide;
mod facts;
mod policy;
mod reason;
mod staleness;
mod verdict;

pub use decide::{RULES_VERSION, decide};
pub use facts::{
    CodeFound, Facts, GateFacts, LiveShown, RowFacts, Shown, SteppedUp, TimeFacts, UnitFacts, WatchFacts,
};
pub use policy::{Allowance, Field, KindPolicy, Policy, SingleUse};
pub use reason::{Reason, UnknownReason};
pub use staleness::Staleness;
pub use verdict::{Gravity, Verdict};
