//! The machine's two clocks. What time it *is* is decided by [`gatehouse`]'s clock from these two and the
//! server's anchors; nothing else of the kiosk reads a clock.

#[cfg(test)]
pub mod fake;
mod keeper;

use std::sync::OnceLock;

use gatehouse::{
    entropy::Entropy,
    time::{Clock, UnixMs},
};
use rustix::time::{ClockId, clock_gettime};

use crate::entropy::SystemEntropy;

pub use keeper::Timekeeper;

/// A source of both clocks: the machine's in the programs, settable ones in tests.
pub trait Clocks: Send + Sync {
    /// The wall clock, which somebody may have set wrong.
    fn wall(&self) -> UnixMs;

    /// Milliseconds since this boot, suspend included; never goes back within a boot.
    fn boot(&self) -> i64;

    /// A name of this boot that differs from every other boot's.
    fn boot_id(&self) -> [u8; 16];
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineClocks;

impl Clocks for MachineClocks {
    fn wall(&self) -> UnixMs {
        millis(clock_gettime(ClockId::Realtime)).into_unix()
    }

    fn boot(&self) -> i64 {
        millis(clock_gettime(ClockId::Boottime)).0
    }

    fn boot_id(&self) -> [u8; 16] {
        name_of_boot(std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().as_deref())
    }
}

/// The name that the kernel gives its boot. Where it gives none every start counts as a new boot, which only makes time
/// less sure.
fn name_of_boot(given: Option<&str>) -> [u8; 16] {
    static OF_THIS_START: OnceLock<[u8; 16]> = OnceLock::new();
    let given = given.and_then(|text| text.trim().parse::<uuid::Uuid>().ok());
    given.map_or_else(|| *OF_THIS_START.get_or_init(|| SystemEntropy.bytes()), uuid::Uuid::into_bytes)
}

impl Clock for MachineClocks {
    fn now(&self) -> UnixMs {
        self.wall()
    }
}

/// Microseconds of a clock that never goes back, for measuring how long something takes.
pub fn micros() -> u64 {
    micros_of(ClockId::Monotonic)
}

/// Microseconds that the calling thread has worked: how long one thing took it, whatever else the machine
/// was busy with.
pub fn worked_micros() -> u64 {
    micros_of(ClockId::ThreadCPUTime)
}

fn micros_of(clock: ClockId) -> u64 {
    let at = clock_gettime(clock);
    let micros = at.tv_sec.saturating_mul(1_000_000).saturating_add(at.tv_nsec / 1_000);
    u64::try_from(micros).unwrap_or(0)
}

struct Millis(i64);

impl Millis {
    fn into_unix(self) -> UnixMs {
        UnixMs(self.0)
    }
}

fn millis(at: rustix::time::Timespec) -> Millis {
    Millis(at.tv_sec.saturating_mul(1000).saturating_add(at.tv_nsec / 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_time_runs_forward_and_the_boot_has_a_name() {
        let (first, second) = (MachineClocks.boot(), MachineClocks.boot());
        assert!(first > 0 && second >= first);
        assert_eq!(MachineClocks.boot_id(), MachineClocks.boot_id());
        assert!(MachineClocks.wall() > UnixMs(1_600_000_000_000));
    }

    #[test]
    fn a_boot_that_has_no_name_is_called_by_chance_for_as_long_as_the_program_runs() {
        let given = name_of_boot(Some("5f0e9c1a-2b3c-4d5e-8f90-a1b2c3d4e5f6\n"));
        assert_eq!(given[..2], [0x5f, 0x0e]);
        let unnamed = name_of_boot(None);
        assert_ne!(unnamed, [0; 16], "another start's would be the same");
        assert_eq!((name_of_boot(None), name_of_boot(Some("rubbish"))), (unnamed, unnamed));
    }
}
