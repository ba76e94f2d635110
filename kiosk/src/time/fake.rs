//! Clocks for tests.

use std::sync::atomic::{AtomicI64, Ordering};

use gatehouse::time::UnixMs;

use super::Clocks;

/// Clocks that stand until a test moves them on: what the boot clock says, in milliseconds. The wall clock is dead: it
/// begins at 1970 with each boot.
pub struct FakeClocks(pub AtomicI64);

impl Clocks for FakeClocks {
    fn wall(&self) -> UnixMs {
        UnixMs(self.boot())
    }
    fn boot(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
    fn boot_id(&self) -> [u8; 16] {
        [1; 16]
    }
}
