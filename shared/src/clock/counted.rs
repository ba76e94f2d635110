//! What boot clocks counted, over any number of boots: how long at the least, as nobody counts while a machine is off.

use minicbor::{Decode, Encode};

use super::{BootId, BootTime};
use crate::time::UnixMs;

/// What was counted when the boot clock was last read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Counted {
    #[n(0)]
    boot: BootId,
    #[n(1)]
    boot_ms: i64,
    /// Since the last anchor, in milliseconds.
    #[n(2)]
    pub silent_ms: i64,
    /// What the time was taken for.
    #[n(3)]
    pub at: UnixMs,
}

impl Counted {
    /// The server has just said that it is `at`.
    pub const fn anchored(boot: BootTime, at: UnixMs) -> Self {
        Self { boot: boot.boot, boot_ms: boot.ms, silent_ms: 0, at }
    }

    /// Counts on from `before`; the time is taken for `at`.
    pub fn go_on(before: Option<Self>, boot: BootTime, at: UnixMs) -> Self {
        let silent_ms =
            before.map_or(0, |before| before.silent_ms).saturating_add(Self::elapsed(before, boot));
        Self { silent_ms, ..Self::anchored(boot, at) }
    }

    /// How long ago `before` was at the least, in milliseconds: the whole boot where that was an earlier one.
    pub fn elapsed(before: Option<Self>, boot: BootTime) -> i64 {
        let from = before.filter(|before| before.boot == boot.boot).map_or(0, |before| before.boot_ms);
        boot.ms.saturating_sub(from).max(0)
    }
}
