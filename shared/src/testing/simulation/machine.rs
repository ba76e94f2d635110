//! One machine: a kiosk's disk, its core, and what the laws remember of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    rc::Rc,
};

use super::{Disk, Maker};
use crate::{
    feed::{
        RowId,
        apply::is_overlaid,
        row::{Body, PassRow, UseRow, VisitRow},
    },
    hash::Hash,
    id::{EventId, PassId, VisitorId},
    journal::{
        Act, Recorded, SignedEvent,
        visit::{Own, lay_over},
    },
    sync::kiosk::{CacheOp, Kiosk, Output},
    testing::{CacheStore, Home, JournalStore, OwnEvent},
};

/// What the laws remember of a machine, beside what its disk says.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// Passes it admitted on, by the admitting event; undone ones and those whose record was destroyed left
    /// out.
    pub admitted: BTreeMap<EventId, PassId>,
    /// Passes that it has seen revoked.
    pub revoked: BTreeSet<PassId>,
}

/// How a machine ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Retired,
    Stolen,
}

pub(super) struct Machine<M: Maker> {
    pub home: Home,
    pub disk: Disk<M::Journal, M::Cache>,
    pub core: Option<Kiosk>,
    /// Goes up with every start; what belongs to an earlier run is void.
    pub run: u32,
    pub todo: VecDeque<Output>,
    pub timer: Option<i64>,
    /// Where its boot clock began, in world time.
    pub booted: i64,
    /// How wrong its wall clock is.
    pub wall: i64,
    pub link: bool,
    /// It is to retire once all is sent.
    pub retiring: bool,
    /// How it ended, and the events it held then.
    pub ended: Option<(Ended, BTreeSet<EventId>)>,
    /// Asleep until then.
    pub asleep_until: i64,
    pub memory: Memory,
    pub read_before: ReadBefore,
}

/// A machine's own events, read.
pub(super) struct OwnActs {
    pub events: Vec<(OwnEvent, Option<Rc<Recorded>>)>,
    /// The place in `events` of what took an event back.
    undoing: BTreeMap<EventId, usize>,
}

/// Events that were read before.
#[derive(Default)]
pub(super) struct ReadBefore(HashMap<Hash, Option<Rc<Recorded>>>);

impl ReadBefore {
    fn read(&mut self, signed: &SignedEvent) -> Option<Rc<Recorded>> {
        let read = || Some(Rc::new(Recorded::read(signed.event().ok()?, None).ok()?));
        self.0.entry(signed.hash).or_insert_with(read).clone()
    }
}

impl OwnActs {
    pub fn read<J: JournalStore>(journal: &mut J, before: &mut ReadBefore) -> Result<Self, J::Error> {
        let events: Vec<_> = journal
            .events()?
            .into_iter()
            .map(|own| {
                let recorded = before.read(&own.signed);
                (own, recorded)
            })
            .collect();
        let undoing = events.iter().enumerate();
        let undoing =
            undoing.filter_map(|(place, (_, recorded))| Some((recorded.as_ref()?.undoes()?, place)));
        let undoing = undoing.collect();
        Ok(Self { events, undoing })
    }

    pub fn is_undone(&self, event: EventId) -> bool {
        self.undoing.contains_key(&event)
    }

    pub fn recorded(&self) -> impl Iterator<Item = (&OwnEvent, &Recorded)> {
        self.events.iter().filter_map(|(own, recorded)| Some((own, recorded.as_deref()?)))
    }

    /// The event that took another one back.
    fn undoing(&self, event: EventId) -> Option<&OwnEvent> {
        self.undoing.get(&event).map(|place| &self.events[*place].0)
    }
}

impl<M: Maker> Machine<M> {
    /// How often a pass was used, as far as this machine knows.
    pub fn uses(&mut self, pass: PassId) -> usize {
        let rows = self.disk.cache.rows().expect("rows can be read");
        let own = OwnActs::read(&mut self.disk.journal, &mut self.read_before).expect("events can be read");
        let mut used: BTreeSet<EventId> = rows
            .iter()
            .filter(|row| row.kind == UseRow::KIND)
            .filter(|row| {
                row.body
                    .as_deref()
                    .and_then(|body| UseRow::from_body(body).ok())
                    .is_some_and(|used| used.pass == pass)
            })
            .map(|row| EventId(row.id.into()))
            .collect();
        for (_, recorded) in own.recorded() {
            if matches!(recorded.act, Act::Admitted { pass: Some(used), .. } if used == pass) {
                used.insert(recorded.event.id);
            }
        }
        used.retain(|event| !own.is_undone(*event));
        used.len()
    }

    /// The pass's row, where the copy has it.
    pub fn pass(&mut self, pass: PassId) -> Option<PassRow> {
        let id = RowId::from(pass.0);
        let rows = self.disk.cache.rows().expect("rows can be read");
        let row = rows.into_iter().find(|row| row.kind == PassRow::KIND && row.id == id)?;
        PassRow::from_body(&row.body?).ok()
    }

    /// The visits as the guard sees them: the copy's rows with own acts on top.
    pub fn visits(&mut self) -> BTreeMap<VisitorId, VisitRow> {
        let copy = self.disk.cache.carry_out(&CacheOp::Read).expect("the cache answers");
        let rows = self.disk.cache.rows().expect("rows can be read");
        let own = OwnActs::read(&mut self.disk.journal, &mut self.read_before).expect("events can be read");
        let mut visits: BTreeMap<VisitorId, VisitRow> = rows
            .iter()
            .filter(|row| row.kind == VisitRow::KIND)
            .filter_map(|row| Some((VisitorId(row.id.into()), VisitRow::from_body(row.body.as_ref()?).ok()?)))
            .collect();
        let mut over: BTreeMap<VisitorId, Vec<Own<'_>>> = BTreeMap::new();
        for (event, recorded) in own.recorded() {
            let Some(visit) = recorded.visit() else { continue };
            let undoing = own.undoing(recorded.event.id);
            if is_overlaid(undoing.unwrap_or(event).visible, copy.whole) {
                over.entry(visit).or_default().push(Own { recorded, undone: undoing.is_some() });
            }
        }
        for (visit, own) in over {
            let base = visits.remove(&visit);
            if let Some(row) = lay_over(base, own) {
                visits.insert(visit, row);
            }
        }
        visits
    }
}
