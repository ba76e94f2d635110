//! A kiosk's two databases, as the simulation handles them.

use crate::{
    id::EventId,
    testing::{CacheStore, Chance, Home, JournalStore, ModelCache, ModelJournal},
    time::UnixMs,
};

/// A kiosk's disk: a journal and a cache.
#[derive(Clone, Debug)]
pub struct Disk<J, C> {
    /// The journal.
    pub journal: J,
    /// The copy of the feed.
    pub cache: C,
}

/// A disk in memory.
pub type ModelDisk = Disk<ModelJournal, ModelCache>;

/// What makes disks and does to them what happens to disks.
pub trait Maker {
    /// Its journals.
    type Journal: JournalStore;
    /// Its caches.
    type Cache: CacheStore;
    /// An enrolled kiosk's first journal.
    fn journal(&mut self, home: &Home, at: UnixMs, chance: Chance) -> Self::Journal;
    /// The journal of a kiosk that lost its own.
    fn lost_journal(&mut self, home: &Home, at: UnixMs, chance: Chance) -> Self::Journal;
    /// An empty cache.
    fn cache(&mut self) -> Self::Cache;
    /// An image of a disk, whose chance goes its own way.
    fn image(
        &mut self,
        disk: &mut Disk<Self::Journal, Self::Cache>,
        chance: Chance,
    ) -> Disk<Self::Journal, Self::Cache>;
    /// Records an event of a kind that nobody knows yet; nothing where a journal records what it knows alone.
    fn record_newer(&mut self, _: &mut Self::Journal, _: UnixMs) -> Option<EventId> {
        None
    }
    /// Drops the events that are acknowledged and shown by a copy that is whole at `whole`, and gives their
    /// ids.
    fn forget(&mut self, journal: &mut Self::Journal, whole: u64) -> Vec<EventId>;
}

/// Makes disks in memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct InMemory;

impl Maker for InMemory {
    type Journal = ModelJournal;
    type Cache = ModelCache;

    fn journal(&mut self, home: &Home, at: UnixMs, chance: Chance) -> ModelJournal {
        ModelJournal::new(home.clone(), at, chance)
    }

    fn lost_journal(&mut self, home: &Home, at: UnixMs, chance: Chance) -> ModelJournal {
        ModelJournal::lost(home.clone(), at, chance)
    }

    fn cache(&mut self) -> ModelCache {
        ModelCache::default()
    }

    fn image(&mut self, disk: &mut ModelDisk, chance: Chance) -> ModelDisk {
        let mut image = disk.clone();
        image.journal.diverge(chance);
        image
    }

    fn record_newer(&mut self, journal: &mut ModelJournal, at: UnixMs) -> Option<EventId> {
        Some(journal.record_newer(at))
    }

    fn forget(&mut self, journal: &mut ModelJournal, whole: u64) -> Vec<EventId> {
        journal.forget(whole)
    }
}
