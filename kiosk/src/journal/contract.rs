//! This journal against the contract that every journal keeps.

use std::{collections::BTreeSet, rc::Rc};

use gatehouse::{
    hash::Hash,
    id::EventId,
    journal::{Act, Details, SignedEvent},
    sync::kiosk::{Input, JournalOp},
    testing::{Chance, Home, JournalStore, OwnEvent, contract},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;

/// A journal in a folder of its own.
pub(crate) struct Stored {
    dir: Rc<TempDir>,
    home: Home,
    journal: Journal,
    last: Stamp,
}

impl Stored {
    /// A journal in a new folder, without a life.
    fn open(dir: TempDir, home: &Home, at: UnixMs, chance: Chance) -> Self {
        let author = Author { community: home.community, kiosk: home.kiosk, key: home.key.clone() };
        let path = dir.path().join("journal.db");
        let journal = Journal::open(&path, &[3; 32], author, Box::new(chance)).unwrap();
        let last = Stamp { at, time: TimeMark::Wall, gate: home.gate, guard: None };
        Self { dir: Rc::new(dir), home: home.clone(), journal, last }
    }

    /// A journal whose first life has begun.
    pub(crate) fn begun(home: &Home, at: UnixMs, cause: Cause, chance: Chance) -> Self {
        let stored = Self::open(tempfile::tempdir().unwrap(), home, at, chance);
        stored.journal.begin(&stored.last, cause, None).unwrap();
        stored
    }

    /// A copy of the file, whose writer draws from `chance`.
    pub(crate) fn image(&self, chance: Chance) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("journal.db");
        let writer = self.journal.writer.lock().unwrap();
        let checkpoint = "pragma wal_checkpoint(truncate)";
        writer.connection.query_row(checkpoint, [], |_| Ok(())).unwrap();
        std::fs::copy(self.dir.path().join("journal.db"), to).unwrap();
        Self::open(dir, &self.home, self.last.at, chance)
    }

    /// Drops what a real journal drops 30 days later, and gives what went.
    pub(crate) fn forget(&mut self, whole: u64) -> Vec<EventId> {
        let ids = |stored: &mut Self| -> Vec<EventId> {
            stored.events().unwrap().iter().map(|own| own.signed.event().unwrap().id).collect()
        };
        let before = ids(self);
        self.journal.prune(UnixMs(i64::MAX), whole).unwrap();
        let after = ids(self);
        before.into_iter().filter(|id| !after.contains(id)).collect()
    }
}

impl JournalStore for Stored {
    type Error = JournalError;

    fn carry_out(&mut self, op: &JournalOp) -> Result<Input, JournalError> {
        match op {
            JournalOp::Read => {}
            JournalOp::Batch { incarnation, after, limit } => {
                return match self.journal.batch(*incarnation, *after, *limit) {
                    Ok(batch) => Ok(Input::Batch(Some(batch))),
                    Err(JournalError::NotOurs) => Ok(Input::Batch(None)),
                    Err(error) => Err(error),
                };
            }
            JournalOp::Acknowledge(word) => self.journal.acknowledge(word, self.last.at)?,
            JournalOp::GoBack(back) => self.journal.go_back(back)?,
            JournalOp::End(end) => self.journal.end(end, &self.last)?,
        }
        self.journal.outbox().map(Input::Outbox)
    }

    fn record(&mut self, at: UnixMs, act: &Act, details: Option<&Details>) -> Result<EventId, JournalError> {
        self.last.at = at;
        let stamp = self.last;
        let recorded = self.journal.write(|writing| {
            let recorded = writing.append(&stamp, act, details.cloned())?;
            Ok::<_, JournalError>(recorded)
        })?;
        Ok(recorded.id)
    }

    fn events(&mut self) -> Result<Vec<OwnEvent>, JournalError> {
        let connection = self.journal.read();
        let mut statement = connection
            .prepare_cached("select bytes, hash, signature, visible from event order by life, seq")?;
        let own = statement.query_map([], |row| {
            let signed = SignedEvent { bytes: row.get(0)?, hash: Hash(row.get(1)?), signature: row.get(2)? };
            Ok(OwnEvent { signed, visible: row.get::<_, Option<i64>>(3)?.map(i64::unsigned_abs) })
        })?;
        Ok(own.collect::<Result<_, _>>()?)
    }

    fn erase(&mut self, events: &[EventId]) -> Result<(), JournalError> {
        self.journal.erase(events).map(drop)
    }

    fn detailed(&mut self) -> Result<BTreeSet<EventId>, JournalError> {
        let connection = self.journal.read();
        let mut statement = connection.prepare_cached("select event from details")?;
        let events = statement.query_map([], |row| Ok(EventId(Uuid::from_bytes(row.get(0)?))))?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    fn reopen(self) -> Result<Self, JournalError> {
        let Self { dir, home, journal, last } = self;
        drop(journal);
        let author = Author { community: home.community, kiosk: home.kiosk, key: home.key.clone() };
        let entropy = Box::new(Chance::new(last.at.0.unsigned_abs()));
        let journal = Journal::open(&dir.path().join("journal.db"), &[3; 32], author, entropy)?;
        Ok(Self { dir, home, journal, last })
    }
}

#[test]
fn this_journal_keeps_the_contract() {
    contract::check_journal(|home| Stored::begun(home, UnixMs(1), Cause::Enrolled, Chance::new(3)));
}
