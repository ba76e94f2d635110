//! A server in memory: one community's feed and the journals of its kiosks.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use ed25519_dalek::VerifyingKey;

use super::{Chance, ServerStore};
use crate::{
    entropy::Entropy,
    feed::{
        Cursor, Page, Row, RowId, RowKind, SnapshotPage, SnapshotPlace,
        row::{Body, ErasureRow, KioskOrder, UseRow, VisitRow},
        serve::{Cut, Feed, Gone, continues},
    },
    id::{CommunityId, EventId, FeedEpochId, IncarnationId, KioskId, VisitorId},
    journal::{
        Act, Chain, ChainError, Effect, Head, Recorded, Requested, SignedEvent, genesis,
        ingest::{self, Accepted, AcceptedDetails, Adrift, Held, Known},
        visit::{self, Answered},
    },
    sync::{Pull, SnapshotPull, Upload, UploadAnswer, Visible},
    time::UnixMs,
};

/// A server in memory, to test kiosks and other stores against.
#[derive(Clone, Debug)]
pub struct ModelServer {
    community: CommunityId,
    chance: Chance,
    kiosks: BTreeMap<KioskId, VerifyingKey>,
    head: Cursor,
    floor: u64,
    marks: BTreeMap<u64, [u8; 8]>,
    rows: BTreeMap<(RowKind, RowId), Row>,
    order: BTreeMap<u64, (RowKind, RowId)>,
    lives: BTreeMap<(KioskId, IncarnationId), Life>,
    recorded: BTreeMap<EventId, Recorded>,
    undone: BTreeSet<EventId>,
    requested: BTreeMap<VisitorId, Requested>,
    answers: BTreeMap<VisitorId, Answered>,
    forgotten: BTreeSet<VisitorId>,
    erased: BTreeSet<EventId>,
    parked: BTreeSet<EventId>,
    orders: BTreeMap<KioskId, KioskOrder>,
    page: (usize, usize),
}

#[derive(Clone, Debug, Default)]
struct Life {
    chain: Vec<Kept>,
    beside: Vec<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    signed: SignedEvent,
    id: EventId,
    seq: u64,
    feed: u64,
    adrift: Option<Adrift>,
}

impl Kept {
    const fn held(&self, in_chain: bool) -> Held {
        Held { seq: self.seq, hash: self.signed.hash, in_chain, feed: self.feed, adrift: self.adrift }
    }
}

type Change = (RowKind, RowId, Option<Vec<u8>>);

impl ModelServer {
    /// A server with an empty feed, whose pages hold at most `rows` rows.
    pub fn new(community: CommunityId, mut chance: Chance, rows: usize) -> Self {
        let epoch = FeedEpochId::new(UnixMs(0), &mut chance);
        let head = Cursor { epoch, seq: 0, mark: chance.bytes() };
        Self {
            community,
            chance,
            kiosks: BTreeMap::new(),
            head,
            floor: 0,
            marks: BTreeMap::from([(0, head.mark)]),
            rows: BTreeMap::new(),
            order: BTreeMap::new(),
            lives: BTreeMap::new(),
            recorded: BTreeMap::new(),
            undone: BTreeSet::new(),
            requested: BTreeMap::new(),
            answers: BTreeMap::new(),
            forgotten: BTreeSet::new(),
            erased: BTreeSet::new(),
            parked: BTreeSet::new(),
            orders: BTreeMap::new(),
            page: (rows, Page::MAX_BYTES),
        }
    }

    /// Enrols a kiosk.
    pub fn enrol(&mut self, kiosk: KioskId, key: VerifyingKey) {
        self.kiosks.insert(kiosk, key);
    }

    /// The feed's head.
    pub const fn head(&self) -> Cursor {
        self.head
    }

    /// What a `restore` does: a new epoch.
    pub fn begin_epoch(&mut self) {
        let epoch = FeedEpochId::new(UnixMs(0), &mut self.chance);
        self.head.epoch = epoch;
    }

    /// Lets chance go another way from here on, as it does in a copy that is put back.
    pub fn diverge(&mut self, chance: Chance) {
        self.chance = chance;
    }

    /// A row, a tombstone as well.
    pub fn row(&self, kind: RowKind, id: RowId) -> Option<&Row> {
        self.rows.get(&(kind, id))
    }

    /// The rows that are no tombstones, by kind and id.
    pub fn live_rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().filter(|row| row.body.is_some())
    }

    /// All events held, with how often each is held.
    pub fn held(&self) -> BTreeMap<EventId, usize> {
        let mut held = BTreeMap::new();
        for kept in self.lives.values().flat_map(|life| life.chain.iter().chain(&life.beside)) {
            *held.entry(kept.id).or_default() += 1;
        }
        held
    }

    /// The events held beside their chain: those of forks.
    pub fn beside(&self) -> BTreeSet<EventId> {
        self.lives.values().flat_map(|life| &life.beside).map(|kept| kept.id).collect()
    }

    /// The events that can be read.
    pub fn recorded(&self) -> impl Iterator<Item = &Recorded> {
        self.recorded.values()
    }

    /// Whether an event was taken back.
    pub fn is_undone(&self, event: EventId) -> bool {
        self.undone.contains(&event)
    }

    /// Whether a visit's row was deleted.
    pub fn is_forgotten(&self, visit: VisitorId) -> bool {
        self.forgotten.contains(&visit)
    }

    /// A household's answer.
    pub fn answered(&self, visit: VisitorId) -> Option<&Answered> {
        self.answers.get(&visit)
    }

    /// An entry that was asked over the API.
    pub fn requested(&self, visit: VisitorId) -> Option<&Requested> {
        self.requested.get(&visit)
    }

    /// All entries that were asked over the API.
    pub fn requests(&self) -> impl Iterator<Item = VisitorId> {
        self.requested.keys().copied()
    }

    /// Verifies every chain from its beginning.
    pub fn verify(&self) -> Result<(), ChainError> {
        for ((kiosk, incarnation), life) in &self.lives {
            let Some(key) = self.kiosks.get(kiosk) else { continue };
            let mut chain = Chain::begin(self.community, *kiosk, *incarnation, *key);
            for kept in &life.chain {
                chain.push(&kept.signed)?;
            }
        }
        Ok(())
    }

    /// Somebody asks over the API to have a visitor let in.
    pub fn request(&mut self, visit: VisitorId, requested: Requested) {
        self.requested.insert(visit, requested);
        let changes = self.visit_change(visit).into_iter().collect();
        self.commit(changes);
    }

    /// A household answers an ask.
    pub fn answer(&mut self, visit: VisitorId, answered: Answered) {
        self.answers.entry(visit).or_insert(answered);
        let changes = self.visit_change(visit).into_iter().collect();
        self.commit(changes);
    }

    /// Deletes a visit's row for good.
    pub fn forget_visit(&mut self, visit: VisitorId) {
        self.forgotten.insert(visit);
        let changes = self.visit_change(visit).into_iter().collect();
        self.commit(changes);
    }

    /// Forgets what an event says of persons, here and at every kiosk.
    pub fn erase(&mut self, event: EventId, at: UnixMs) {
        self.erased.insert(event);
        let recorded = self.recorded.get_mut(&event);
        let visit = recorded.and_then(|recorded| {
            recorded.details = None;
            recorded.visit()
        });
        let mut changes = vec![(ErasureRow::KIND, RowId::from(event.0), Some(ErasureRow { at }.to_body()))];
        changes.extend(visit.and_then(|visit| self.visit_change(visit)));
        self.commit(changes);
    }

    /// The events whose details are erased.
    pub const fn erased(&self) -> &BTreeSet<EventId> {
        &self.erased
    }

    /// Ends a kiosk.
    pub fn end(&mut self, kiosk: KioskId, order: KioskOrder) {
        self.orders.insert(kiosk, order);
    }

    /// The order that ended a kiosk.
    pub fn order(&self, kiosk: KioskId) -> Option<&KioskOrder> {
        self.orders.get(&kiosk)
    }

    /// All orders that ended kiosks.
    pub fn orders(&self) -> impl Iterator<Item = (&KioskId, &KioskOrder)> {
        self.orders.iter()
    }

    fn visit_change(&self, visit: VisitorId) -> Option<Change> {
        let standing = || self.recorded.values().filter(|recorded| !self.undone.contains(&recorded.event.id));
        let ended = if standing().any(is_unpaired) { visit::ended(standing()) } else { BTreeMap::new() };
        let events = standing().filter(|recorded| {
            recorded.visit() == Some(visit) || ended.get(&visit) == Some(&recorded.event.id)
        });
        let row = visit::fold(events, self.requested.get(&visit), self.answers.get(&visit));
        let body = row.filter(|_| !self.forgotten.contains(&visit)).map(|row| row.to_body());
        let id = RowId::from(visit.0);
        let before = self.rows.get(&(VisitRow::KIND, id)).and_then(|row| row.body.as_ref());
        (before != body.as_ref()).then_some((VisitRow::KIND, id, body))
    }

    fn commit(&mut self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        self.head.mark = self.chance.bytes();
        for (kind, id, body) in changes {
            self.head.seq += 1;
            let seq = self.head.seq;
            let row = Row { kind, schema: 1, id, seq, body };
            if let Some(before) = self.rows.insert((kind, id), row) {
                self.order.remove(&before.seq);
            }
            self.order.insert(seq, (kind, id));
        }
        self.marks.insert(self.head.seq, self.head.mark);
    }

    fn feed(&self) -> Feed {
        Feed { head: self.head, floor: self.floor }
    }

    fn knows(&self, cursor: &Cursor) -> Result<(), Gone> {
        continues(cursor, &self.feed(), self.mark(cursor.seq))
    }

    fn mark(&self, seq: u64) -> Option<[u8; 8]> {
        self.marks.range(seq..).next().map(|(_, mark)| *mark)
    }

    fn page(&self, from: Cursor) -> Page {
        let mut cut = Cut::with_limits(self.page.0, self.page.1);
        for place in self.order.range(from.seq + 1..).map(|(_, place)| place).take(cut.to_read()) {
            if !cut.push(self.rows[place].clone()) {
                break;
            }
        }
        let seq = cut.ends_at(self.head.seq);
        let mark = self.mark(seq).unwrap_or(self.head.mark);
        let to = if seq == from.seq { from } else { Cursor { epoch: self.head.epoch, seq, mark } };
        Page { from, to, head: self.head.seq, rows: cut.into_rows() }
    }

    fn known(&self, upload: &Upload, key: VerifyingKey) -> Known {
        let incarnation = upload.after.incarnation;
        let genesis = genesis(self.community, upload.kiosk, incarnation);
        let life = self.lives.get(&(upload.kiosk, incarnation));
        let last = life.and_then(|life| life.chain.last());
        let head = last.map_or(Head { incarnation, seq: 0, hash: genesis }, |kept| Head {
            incarnation,
            seq: kept.seq,
            hash: kept.signed.hash,
        });
        let reach = ingest::reach(upload);
        let in_chain = life.iter().flat_map(|life| &life.chain).map(|kept| kept.held(true));
        let held = in_chain
            .chain(life.iter().flat_map(|life| &life.beside).map(|kept| kept.held(false)))
            .filter(|held| reach.contains(&held.seq))
            .collect();
        Known { community: self.community, key, head, held, superseded_at: None }
    }

    /// Notes what the events say and gives what changes in the feed, and which of them change something.
    fn apply(&mut self, accepted: &[&Accepted]) -> (Vec<Change>, BTreeSet<EventId>) {
        let mut changes: BTreeMap<(RowKind, RowId), Option<Vec<u8>>> = BTreeMap::new();
        let mut effective = BTreeSet::new();
        let mut visits = BTreeSet::new();
        for accepted in accepted {
            let details = match &accepted.details {
                AcceptedDetails::Here(bytes) if !self.erased.contains(&accepted.event.id) => {
                    Some(bytes.as_slice())
                }
                _ => None,
            };
            let Ok(recorded) = Recorded::read(accepted.event.clone(), details) else {
                self.parked.insert(accepted.event.id);
                continue;
            };
            let id = recorded.event.id;
            for effect in recorded.effects() {
                match effect {
                    Effect::Visit(visit) => {
                        visits.insert(visit);
                    }
                    Effect::Use(used) => {
                        let body = (!self.undone.contains(&id)).then(|| used.to_body());
                        changes.insert((UseRow::KIND, RowId::from(id.0)), body);
                    }
                    Effect::Undo(event) => {
                        self.undone.insert(event);
                        let undone = self.recorded.get(&event);
                        visits.extend(undone.and_then(Recorded::visit));
                        if undone
                            .is_some_and(|undone| matches!(undone.act, Act::Admitted { pass: Some(_), .. }))
                        {
                            changes.insert((UseRow::KIND, RowId::from(event.0)), None);
                        }
                    }
                    Effect::Unpaired(_) => {}
                    Effect::Alert(_) => continue,
                }
                effective.insert(id);
            }
            self.recorded.entry(id).or_insert(recorded);
        }
        if self.recorded.values().any(is_unpaired) {
            visits.extend(self.recorded.values().filter_map(Recorded::visit));
        }
        let mut changes: Vec<Change> =
            changes.into_iter().map(|((kind, id), body)| (kind, id, body)).collect();
        changes.extend(visits.into_iter().filter_map(|visit| self.visit_change(visit)));
        (changes, effective)
    }
}

const fn is_unpaired(recorded: &Recorded) -> bool {
    matches!(recorded.act, Act::ExitUnpaired { .. })
}

impl ServerStore for ModelServer {
    type Error = Infallible;

    fn publish(&mut self, rows: &[Change]) -> Result<Cursor, Infallible> {
        self.commit(rows.to_vec());
        Ok(self.head)
    }

    fn rows(&mut self) -> Result<Vec<Row>, Infallible> {
        Ok(self.live_rows().cloned().collect())
    }

    fn forget_tombstones(&mut self, floor: u64) -> Result<(), Infallible> {
        self.floor = self.floor.max(floor);
        let old: Vec<u64> = self.order.range(..=floor).map(|(seq, _)| *seq).collect();
        for seq in old {
            let Some(place) = self.order.get(&seq).copied() else { continue };
            if self.rows.get(&place).is_some_and(|row| row.body.is_none()) {
                self.rows.remove(&place);
                self.order.remove(&seq);
            }
        }
        Ok(())
    }

    fn pull(&mut self, pull: &Pull) -> Result<Result<Page, Gone>, Infallible> {
        let going_on =
            self.knows(&pull.cursor).and_then(|()| pull.seen.map_or(Ok(()), |seen| self.knows(&seen)));
        Ok(going_on.map(|()| self.page(pull.cursor)))
    }

    fn snapshot(&mut self, pull: &SnapshotPull) -> Result<Result<SnapshotPage, Gone>, Infallible> {
        let start = pull.resume.map_or(self.head, |resume| resume.start);
        let seen = pull.resume.map_or(start, |resume| resume.seen);
        if let Err(gone) = self.knows(&start).and_then(|()| self.knows(&seen)) {
            return Ok(Err(gone));
        }
        let after = pull.resume.map(|resume| (resume.after.kind, resume.after.id));
        let mut cut = Cut::with_limits(self.page.0, self.page.1);
        for row in self.live_rows().filter(|row| Some((row.kind, row.id)) > after) {
            if !cut.push(row.clone()) {
                break;
            }
        }
        let full = cut.is_full();
        let rows = cut.into_rows();
        let last = rows.last().map(|row| SnapshotPlace { kind: row.kind, id: row.id });
        Ok(Ok(SnapshotPage { start, next: last.filter(|_| full), head: self.head, rows }))
    }

    fn upload(&mut self, upload: &Upload) -> Result<UploadAnswer, Infallible> {
        let Some(key) = self.kiosks.get(&upload.kiosk).copied() else {
            unreachable!("only enrolled kiosks get this far")
        };
        let plan = ingest::plan(upload, &self.known(upload, key));
        let accepted: Vec<&Accepted> = plan.append.iter().chain(&plan.beside).collect();
        let (changes, effective) = self.apply(&accepted);
        self.commit(changes);
        let head = self.head.seq;
        let kept = |accepted: &Accepted| {
            let feed = if effective.contains(&accepted.event.id) { head } else { 0 };
            let (id, seq) = (accepted.event.id, accepted.event.seq);
            Kept { signed: accepted.signed.clone(), id, seq, feed, adrift: accepted.adrift }
        };
        let applied: Vec<Visible> = accepted
            .iter()
            .map(|accepted| kept(accepted))
            .map(|kept| Visible { event: kept.seq, feed: kept.feed })
            .collect();
        let life = self.lives.entry((upload.kiosk, upload.after.incarnation)).or_default();
        for joined in &plan.joined {
            let of_run = |kept: &&mut Kept| kept.adrift.is_some_and(|run| run.first == joined.run);
            life.beside.iter_mut().filter(of_run).for_each(|kept| kept.adrift = joined.to);
        }
        life.chain.extend(plan.append.iter().map(kept));
        life.beside.extend(plan.beside.iter().map(kept));
        let sent = upload.events.iter().filter_map(|sent| sent.event.event().ok());
        let parked: BTreeSet<u64> =
            sent.filter(|event| self.parked.contains(&event.id)).map(|event| event.seq).collect();
        let mut answer = plan.answer(applied, head);
        // Nobody sees yet what a parked event changes: its kiosk goes on laying it over.
        answer.visible.retain(|visible| !parked.contains(&visible.event));
        Ok(answer)
    }
}
