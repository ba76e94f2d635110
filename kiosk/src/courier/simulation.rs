//! Some seeds of the protocol's simulation over this kiosk's own databases. Most run over stores in memory,
//! beside the protocol itself.

use gatehouse::{
    id::EventId,
    journal::Cause,
    testing::{
        Chance, Home,
        simulation::{self, Disk, Maker},
    },
    time::UnixMs,
};

use crate::{cache, journal};

/// How many seeds.
const SEEDS: u64 = 4;

struct OnDisk;

impl Maker for OnDisk {
    type Journal = journal::contract::Stored;
    type Cache = cache::contract::Stored;

    fn journal(&mut self, home: &Home, at: UnixMs, chance: Chance) -> Self::Journal {
        Self::Journal::begun(home, at, Cause::Enrolled, chance)
    }

    fn lost_journal(&mut self, home: &Home, at: UnixMs, chance: Chance) -> Self::Journal {
        Self::Journal::begun(home, at, Cause::Damaged, chance)
    }

    fn cache(&mut self) -> Self::Cache {
        Self::Cache::empty()
    }

    fn image(
        &mut self,
        disk: &mut Disk<Self::Journal, Self::Cache>,
        chance: Chance,
    ) -> Disk<Self::Journal, Self::Cache> {
        Disk { journal: disk.journal.image(chance), cache: disk.cache.image() }
    }

    fn forget(&mut self, journal: &mut Self::Journal, whole: u64) -> Vec<EventId> {
        journal.forget(whole)
    }
}

#[test]
fn the_protocols_laws_hold_over_real_databases() {
    for seed in 0..SEEDS {
        if let Err(broken) = simulation::run(seed, OnDisk) {
            panic!("{broken}");
        }
    }
}
