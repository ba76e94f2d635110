//! Trusted time: what a kiosk believes the time to be, and how far it may be off.
//!
//! An anchor is the server's signed time, bound to a nonce that the kiosk drew. Within a boot, trusted
//! time is the anchor's plus what the boot clock (`CLOCK_BOOTTIME`, which goes on in suspend) counted
//! since; the wall clock is not asked. Reading clocks is the program's business: both come in as
//! arguments.

mod anchor;
mod counted;
mod trusted;

pub use anchor::{Anchor, AnchorError, Nonce, SignedAnchor};
pub use trusted::{
    Anchoring, BootId, BootTime, MAX_RTT_MS, PLAUSIBLE_MS, PersistedTime, Reading, STEP_MS, Source,
    TrustedClock,
};
