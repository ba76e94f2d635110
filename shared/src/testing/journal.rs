//! A journal in memory.

use std::{collections::BTreeSet, convert::Infallible};

use super::{Home, JournalStore, OwnEvent, chance::Chance};
use crate::{
    hash::Hash,
    id::{EventId, IncarnationId},
    journal::{
        Act, Cause, Details, Event, Head, SignedEvent, TimeMark, genesis,
        outbox::{Acknowledge, Batch, End, GoBack, Life, LifeState, Outbox},
    },
    sync::{
        UploadEvent,
        kiosk::{Input, JournalOp},
    },
    time::UnixMs,
};

/// A kind of event that this version does not know.
const UNKNOWN: u16 = 9_000;

/// A journal in memory, to test others against.
#[derive(Clone, Debug)]
pub struct ModelJournal {
    home: Home,
    chance: Chance,
    lives: Vec<ModelLife>,
    last_at: UnixMs,
}

#[derive(Clone, Debug)]
struct ModelLife {
    incarnation: IncarnationId,
    events: Vec<Held>,
    /// How many events before `events` are no longer held, and the hash there.
    dropped: (u64, Hash),
    acknowledged: u64,
    state: LifeState,
}

#[derive(Clone, Debug)]
struct Held {
    signed: SignedEvent,
    event: Event,
    details: Option<Vec<u8>>,
    visible: Option<u64>,
}

impl ModelLife {
    fn head(&self) -> Head {
        let seq = self.dropped.0 + self.events.len() as u64;
        let hash = self.events.last().map_or(self.dropped.1, |held| held.signed.hash);
        Head { incarnation: self.incarnation, seq, hash }
    }

    fn life(&self) -> Life {
        Life {
            head: self.head(),
            acknowledged: self.acknowledged,
            oldest: self.dropped.0 + 1,
            state: self.state,
        }
    }

    fn hash_at(&self, seq: u64) -> Option<Hash> {
        if seq == self.dropped.0 {
            return Some(self.dropped.1);
        }
        let index = usize::try_from(seq.checked_sub(self.dropped.0 + 1)?).ok()?;
        self.events.get(index).map(|held| held.signed.hash)
    }

    fn batch(&self, after: u64, limit: usize) -> Option<Batch> {
        let hash = self.hash_at(after)?;
        let events = self
            .events
            .iter()
            .filter(|held| held.event.seq > after)
            .take(limit)
            .map(|held| UploadEvent { event: held.signed.clone(), details: held.details.clone() })
            .collect();
        Some(Batch {
            life: self.life(),
            after: Head { incarnation: self.incarnation, seq: after, hash },
            events,
        })
    }
}

impl ModelJournal {
    /// A new journal: its first life is open.
    pub fn new(home: Home, at: UnixMs, chance: Chance) -> Self {
        let mut journal = Self { home, chance, lives: Vec::new(), last_at: at };
        journal.open(Cause::Enrolled);
        journal
    }

    /// The journal of a kiosk that lost its own.
    pub fn lost(home: Home, at: UnixMs, chance: Chance) -> Self {
        let mut journal = Self { home, chance, lives: Vec::new(), last_at: at };
        journal.open(Cause::Damaged);
        journal
    }

    /// Whose it is.
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// Drops all events that are acknowledged and shown by a copy that is whole at `whole`: those that a real journal drops 30
    /// days later. Gives their ids.
    pub fn forget(&mut self, whole: u64) -> Vec<EventId> {
        let mut forgotten = Vec::new();
        for life in &mut self.lives {
            while let Some(first) = life.events.first()
                && first.event.seq <= life.acknowledged
                && first.visible.is_some_and(|visible| visible <= whole)
            {
                forgotten.push(first.event.id);
                life.dropped = (first.event.seq, first.signed.hash);
                life.events.remove(0);
            }
        }
        forgotten
    }

    /// Lets chance go another way from here on, as it does on two disks that were one.
    pub fn diverge(&mut self, chance: Chance) {
        self.chance = chance;
    }

    fn open(&mut self, cause: Cause) {
        let incarnation = IncarnationId::new(self.last_at, &mut self.chance);
        let follows = self.lives.last().map(ModelLife::head);
        for life in self.lives.iter_mut().filter(|life| life.state == LifeState::Open) {
            life.state = LifeState::Closed;
        }
        let genesis = genesis(self.home.community, self.home.kiosk, incarnation);
        self.lives.push(ModelLife {
            incarnation,
            events: Vec::new(),
            dropped: (0, genesis),
            acknowledged: 0,
            state: LifeState::Open,
        });
        self.append(self.last_at, &Act::Opened { follows, cause }, None);
    }

    /// Records an event of a kind that this version does not know.
    pub fn record_newer(&mut self, at: UnixMs) -> EventId {
        self.last_at = at;
        self.append_raw(at, UNKNOWN, vec![0xa0], None)
    }

    fn append(&mut self, at: UnixMs, act: &Act, details: Option<&Details>) -> EventId {
        self.append_raw(at, act.kind(), act.body(), details)
    }

    fn append_raw(&mut self, at: UnixMs, kind: u16, body: Vec<u8>, details: Option<&Details>) -> EventId {
        let id = EventId::new(at, &mut self.chance);
        let Some(life) = self.lives.last_mut() else { unreachable!("a journal has a life from the start") };
        let head = life.head();
        let (details, digest) = details.map(Details::seal).unzip();
        let event = Event {
            format: Event::FORMAT,
            kiosk: self.home.kiosk,
            incarnation: life.incarnation,
            seq: head.seq + 1,
            id,
            at,
            time: TimeMark::Wall,
            gate: self.home.gate,
            guard: None,
            kind,
            body,
            details: digest,
        };
        let signed = SignedEvent::seal(&event, &head.hash, &self.home.key);
        life.events.push(Held { signed, event, details, visible: None });
        id
    }

    fn outbox(&self) -> Outbox {
        let waits = |life: &ModelLife| {
            let acknowledged = life.acknowledged;
            let first = life.events.iter().find(|held| held.event.seq > acknowledged);
            first.filter(|_| life.state != LifeState::Aside).map(|held| held.event.at)
        };
        Outbox {
            lives: self.lives.iter().map(ModelLife::life).collect(),
            oldest_waiting: self.lives.iter().filter_map(waits).min(),
        }
    }

    fn life_mut(&mut self, incarnation: IncarnationId) -> Option<&mut ModelLife> {
        self.lives.iter_mut().find(|life| life.incarnation == incarnation)
    }

    fn acknowledge(&mut self, acknowledge: &Acknowledge) {
        let Some(life) = self.life_mut(acknowledge.incarnation) else { return };
        life.acknowledged = life.acknowledged.max(acknowledge.upto);
        for held in life.events.iter_mut().filter(|held| held.event.seq <= acknowledge.upto) {
            let said = acknowledge.visible.iter().find(|visible| visible.event == held.event.seq);
            let visible = said.map(|visible| visible.feed).or(held.visible);
            held.visible = visible.map(|seq| seq.min(acknowledge.by));
        }
    }

    fn go_back(&mut self, back: GoBack) {
        let Some(life) = self.life_mut(back.incarnation) else { return };
        life.acknowledged = life.acknowledged.min(back.to);
        for held in life.events.iter_mut().filter(|held| held.event.seq > back.to) {
            held.visible = None;
        }
    }

    fn end(&mut self, end: End) {
        let Some(life) = self.life_mut(end.incarnation) else { return };
        let was_open = life.state == LifeState::Open;
        life.state = end.state;
        if was_open {
            self.open(end.cause);
        }
        self.append(self.last_at, &Act::alert(end.alert), None);
    }
}

impl JournalStore for ModelJournal {
    type Error = Infallible;

    fn carry_out(&mut self, op: &JournalOp) -> Result<Input, Infallible> {
        match op {
            JournalOp::Read => {}
            JournalOp::Batch { incarnation, after, limit } => {
                let life = self.lives.iter().find(|life| life.incarnation == *incarnation);
                return Ok(Input::Batch(life.and_then(|life| life.batch(*after, *limit))));
            }
            JournalOp::Acknowledge(acknowledge) => self.acknowledge(acknowledge),
            JournalOp::GoBack(back) => self.go_back(*back),
            JournalOp::End(end) => self.end(*end),
        }
        Ok(Input::Outbox(self.outbox()))
    }

    fn record(&mut self, at: UnixMs, act: &Act, details: Option<&Details>) -> Result<EventId, Infallible> {
        self.last_at = at;
        Ok(self.append(at, act, details))
    }

    fn events(&mut self) -> Result<Vec<OwnEvent>, Infallible> {
        let own = |held: &Held| OwnEvent { signed: held.signed.clone(), visible: held.visible };
        Ok(self.lives.iter().flat_map(|life| life.events.iter().map(own)).collect())
    }

    fn erase(&mut self, events: &[EventId]) -> Result<(), Infallible> {
        let held = self.lives.iter_mut().flat_map(|life| &mut life.events);
        held.filter(|held| events.contains(&held.event.id)).for_each(|held| held.details = None);
        Ok(())
    }

    fn detailed(&mut self) -> Result<BTreeSet<EventId>, Infallible> {
        let held = self.lives.iter().flat_map(|life| &life.events);
        Ok(held.filter(|held| held.details.is_some()).map(|held| held.event.id).collect())
    }

    fn reopen(self) -> Result<Self, Infallible> {
        Ok(self)
    }
}
