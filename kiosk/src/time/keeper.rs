//! Trusted time, kept over restarts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gatehouse::{
    cbor,
    clock::{Anchor, Anchoring, BootId, BootTime, Reading, TrustedClock},
    journal::TimeMark,
    time::{Clock, MINUTE, SECOND, UnixMs},
};

use crate::{folder::Folder, time::Clocks};

const FILE: &str = "time";

/// The one place that says what time it is. What it knows is kept in the folder, so that a start without a
/// network still knows roughly where time stood.
pub struct Timekeeper {
    clocks: Arc<dyn Clocks>,
    folder: Arc<Folder>,
    state: Mutex<State>,
}

struct State {
    clock: TrustedClock,
    kept_at: i64,
}

impl Timekeeper {
    /// Takes up time where it was left. What cannot be read counts as never known.
    pub fn open(clocks: Arc<dyn Clocks>, folder: Arc<Folder>) -> Self {
        let kept = folder.read(FILE).unwrap_or_else(|error| {
            tracing::warn!(%error, "what was known of the time cannot be read");
            None
        });
        let kept = kept.and_then(|bytes| cbor::from_slice(&bytes).ok()).unwrap_or_default();
        let kept_at = clocks.boot();
        Self { clocks, folder, state: Mutex::new(State { clock: TrustedClock::restore(kept), kept_at }) }
    }

    /// The boot clock now.
    pub fn boot(&self) -> BootTime {
        BootTime { boot: BootId(self.clocks.boot_id()), ms: self.clocks.boot() }
    }

    /// What the time is believed to be. Kept about every minute, so that a reboot knows no less.
    pub fn read(&self) -> Reading {
        self.read_and_keep(|_| MINUTE)
    }

    /// Reads the time, and keeps what is known of it where that was last done so many milliseconds ago.
    fn read_and_keep(&self, every_ms: impl FnOnce(&Reading) -> i64) -> Reading {
        let boot = self.boot();
        let mut state = self.lock();
        let reading = state.clock.read(boot, self.clocks.wall());
        if boot.ms - state.kept_at >= every_ms(&reading) {
            self.keep(&mut state, boot);
        }
        reading
    }

    /// The best guess of the time, and how good it is, as an event says it.
    pub fn mark(&self) -> (UnixMs, TimeMark) {
        // A guess is kept at once: the next boot must not take the time for earlier than what is recorded now.
        let reading = self.read_and_keep(|reading| if reading.is_sure() { MINUTE } else { SECOND });
        let mark = match reading {
            Reading::Sure { uncertainty_ms, source: gatehouse::clock::Source::Anchor, .. } => {
                TimeMark::Anchored(u32::try_from(uncertainty_ms).unwrap_or(u32::MAX))
            }
            Reading::Sure { source: gatehouse::clock::Source::Wall, .. } => TimeMark::Wall,
            Reading::Unsure { .. } => TimeMark::Unsure,
        };
        (reading.at(), mark)
    }

    /// The server's time at the last anchor.
    pub fn last_contact(&self) -> Option<UnixMs> {
        self.lock().clock.last_contact()
    }

    /// How long ago that is at the least, in milliseconds.
    pub fn silent_ms(&self) -> Option<i64> {
        self.lock().clock.silent_ms()
    }

    /// Takes a verified anchor whose question went out at `asked` and whose answer came at `answered`.
    pub fn anchor(&self, anchor: Anchor, asked: BootTime, answered: BootTime) -> Anchoring {
        let mut state = self.lock();
        let anchoring = state.clock.anchor(anchor, asked, answered);
        self.keep(&mut state, answered);
        anchoring
    }

    fn keep(&self, state: &mut State, boot: BootTime) {
        state.kept_at = boot.ms;
        // Time goes on without: the next start only knows less of it.
        if let Err(error) = self.folder.replace(FILE, &cbor::to_vec(&state.clock.persisted())) {
            tracing::warn!(%error, "what is known of the time cannot be kept");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Timekeeper {
    fn now(&self) -> UnixMs {
        self.read().at()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use gatehouse::clock::Nonce;

    use super::*;

    struct Set {
        wall: AtomicI64,
        boot: AtomicI64,
        name: [u8; 16],
    }

    impl Clocks for Set {
        fn wall(&self) -> UnixMs {
            UnixMs(self.wall.load(Ordering::Relaxed))
        }
        fn boot(&self) -> i64 {
            self.boot.load(Ordering::Relaxed)
        }
        fn boot_id(&self) -> [u8; 16] {
            self.name
        }
    }

    fn clocks(name: u8, wall: i64) -> Arc<Set> {
        Arc::new(Set { wall: wall.into(), boot: 1_000.into(), name: [name; 16] })
    }

    #[test]
    fn a_restart_in_the_same_boot_knows_the_time_and_a_dead_wall_clock_after_a_reboot_does_not() {
        let place = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(place.path()).unwrap());
        let at = UnixMs(1_790_000_000_000);
        let same_boot = clocks(1, 0);
        let keeper = Timekeeper::open(same_boot.clone(), Arc::clone(&folder));
        assert!(!keeper.read().is_sure(), "nothing was ever known");
        let asked = keeper.boot();
        keeper.anchor(Anchor { at, nonce: Nonce([0; 16]) }, asked, asked);
        same_boot.boot.store(6_000, Ordering::Relaxed);
        let again = Timekeeper::open(same_boot, Arc::clone(&folder));
        assert_eq!(again.now(), at.plus(5_000));
        let dead = Timekeeper::open(clocks(2, 0), Arc::clone(&folder));
        assert_eq!(dead.mark(), (at.plus(1_000), TimeMark::Unsure));
        let alive = Timekeeper::open(clocks(3, at.0 + 60_000), folder);
        assert_eq!(alive.mark(), (at.plus(60_000), TimeMark::Wall));
    }
}
