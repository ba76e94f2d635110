//! The laws, looked after on the way and at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{Law, Maker, World, world::Outcome};
use crate::{
    feed::{
        Cursor,
        row::{Body, PassRow, UseRow, VisitRow},
    },
    id::{EventId, PassId, VisitorId},
    journal::{
        Act, Recorded,
        outbox::{Life, LifeState},
        visit,
    },
    sync::kiosk::CacheOp,
    testing::{CacheStore, JournalStore, ModelServer},
    time::UnixMs,
};

impl<M: Maker> World<M> {
    /// Checks what must hold of a copy whenever it changed.
    pub(super) fn look(&mut self, index: usize, cursor: Option<Cursor>) -> Outcome {
        let rows = self.machines[index].disk.cache.rows();
        let rows = rows.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        if cursor == Some(self.server.head()) && !rows.iter().eq(self.server.live_rows()) {
            return Err(self.broken(Law::CopyEqualsHead, format!("kiosk {index} at {cursor:?}")));
        }
        for row in rows.iter().filter(|row| row.kind == PassRow::KIND) {
            let pass = row.body.as_deref().and_then(|body| PassRow::from_body(body).ok());
            if pass.is_some_and(|pass| pass.revoked_at.is_some()) {
                self.machines[index].memory.revoked.insert(PassId(row.id.into()));
            }
        }
        self.own_acts_stay(index)
    }

    /// Every entry that this machine recorded shows in what its guard sees. A restored server forgets what it
    /// acknowledged, and until the kiosk learns of that, so may the copy; what waits to be sent always shows.
    pub(super) fn own_acts_stay(&mut self, index: usize) -> Outcome {
        let outbox = self.outbox(index)?;
        let visits = self.machines[index].visits();
        let own = self.own(index)?;
        for (_, recorded) in own.recorded() {
            let Act::Admitted { visit, .. } = recorded.act else { continue };
            let life = outbox.life(recorded.event.incarnation);
            let waits = life.is_none_or(|life| recorded.event.seq > life.acknowledged);
            if self.restored && !waits {
                continue;
            }
            let shown = visits.get(&visit).is_some_and(|row| row.entered_at.is_some());
            let excused = own.is_undone(recorded.event.id)
                || self.server.is_undone(recorded.event.id)
                || self.server.is_forgotten(visit);
            if !shown && !excused {
                return Err(self.broken(Law::OwnActsStay, format!("kiosk {index} forgot {visit}")));
            }
        }
        Ok(())
    }

    pub(super) fn judge(&mut self) -> Outcome {
        self.server.verify().map_err(|error| self.broken(Law::Chained, error.to_string()))?;
        let held = self.server.held();
        if let Some((event, times)) = held.iter().find(|(_, times)| **times != 1) {
            return Err(self.broken(Law::HeldOnce, format!("{event} is held {times} times")));
        }
        let mut on_disk = BTreeSet::new();
        self.ends()?;
        for index in 0..self.machines.len() {
            if self.machines[index].ended.is_none() {
                self.agrees(index)?;
                on_disk.extend(self.own(index)?.ids());
            }
        }
        let missing = on_disk.iter().find(|event| !held.contains_key(event));
        if let Some(event) = missing {
            return Err(self.broken(Law::Converges, format!("{event} never reached the server")));
        }
        let lost = |event: &&EventId| !held.contains_key(event) && !self.put_back.contains(event);
        if let Some(event) = self.acknowledged.iter().find(lost) {
            return Err(self.broken(Law::AcknowledgedIsKept, format!("{event} is lost")));
        }
        self.erased()?;
        self.unpaired()?;
        self.people()?;
        self.awaited()?;
        self.folds()
    }

    pub(super) fn agrees(&mut self, index: usize) -> Outcome {
        let read = self.machines[index].disk.cache.carry_out(&CacheOp::Read);
        let copy = read.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        if copy.cursor != Some(self.server.head()) || copy.loading.is_some() {
            let head = self.server.head();
            return Err(
                self.broken(Law::Converges, format!("kiosk {index} stands at {copy:?}, not {head:?}"))
            );
        }
        self.look(index, copy.cursor)?;
        let outbox = self.outbox(index)?;
        if outbox.waiting() > 0 {
            return Err(self.broken(Law::Converges, format!("kiosk {index} still has {outbox:?}")));
        }
        let own = self.own(index)?;
        let beside = self.server.beside();
        // Not that of the last event that is kept: those of the open life may have been sent and dropped before older ones.
        let open = outbox.lives.iter().find(|life| life.state == LifeState::Open).map(Life::incarnation);
        let mut in_open = own.recorded().filter(|(_, recorded)| Some(recorded.event.incarnation) == open);
        if in_open.any(|(_, recorded)| beside.contains(&recorded.event.id)) {
            return Err(self.broken(Law::ForkEndsLife, format!("kiosk {index} goes on in {open:?}")));
        }
        let head = self.server.head().seq;
        let unseen = own.recorded().find(|(own, _)| own.visible.is_none_or(|visible| visible > head));
        if let Some((own, _)) = unseen {
            return Err(
                self.broken(Law::Converges, format!("kiosk {index}: {own:?} is not visible at {head}"))
            );
        }
        let mut unknown = own.events.iter().filter(|(_, recorded)| recorded.is_none());
        if let Some((own, _)) = unknown.find(|(own, _)| own.visible.is_some()) {
            return Err(self.broken(Law::UnknownIsParked, format!("kiosk {index}: {own:?} counts as seen")));
        }
        let erased: BTreeSet<EventId> = self.server.erased().clone();
        let detailed = self.machines[index].disk.journal.detailed();
        let detailed = detailed.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        match detailed.intersection(&erased).next() {
            Some(event) => {
                let how = format!("kiosk {index} holds the details of {event}");
                Err(self.broken(Law::ErasedStaysErased, how))
            }
            None => Ok(()),
        }
    }

    /// The server holds no details that were erased, nor shows a name that nothing left gives.
    fn erased(&mut self) -> Outcome {
        let erased = self.server.erased();
        let told = |recorded: &&Recorded| recorded.details.is_some() && erased.contains(&recorded.event.id);
        if let Some(recorded) = self.server.recorded().find(told) {
            let how = format!("the server holds the details of {}", recorded.event.id);
            return Err(self.broken(Law::ErasedStaysErased, how));
        }
        let names: BTreeSet<&str> = self
            .server
            .recorded()
            .filter_map(|recorded| recorded.details.as_ref()?.name.as_deref())
            .collect();
        for (visit, row) in self.visit_rows() {
            if row.name.as_deref().is_some_and(|name| !names.contains(name)) {
                let how = format!("visit {visit} shows a name that nobody gives any more");
                return Err(self.broken(Law::ErasedStaysErased, how));
            }
        }
        Ok(())
    }

    fn visit_rows(&self) -> Vec<(VisitorId, VisitRow)> {
        let rows = self.server.live_rows().filter(|row| row.kind == VisitRow::KIND);
        rows.filter_map(|row| Some((VisitorId(row.id.into()), VisitRow::from_body(row.body.as_ref()?).ok()?)))
            .collect()
    }

    pub(super) fn standing(&self) -> impl Iterator<Item = &Recorded> {
        self.server.recorded().filter(|recorded| !self.server.is_undone(recorded.event.id))
    }

    /// Whoever left by an exit without a known entry had come in before on the same pass; and where there is one
    /// such stay and one such exit, the exit ended the stay.
    fn unpaired(&mut self) -> Outcome {
        let mut exits: BTreeMap<PassId, Vec<UnixMs>> = BTreeMap::new();
        let mut entries: BTreeMap<PassId, Vec<(VisitorId, UnixMs)>> = BTreeMap::new();
        let mut seen_out = BTreeSet::new();
        for recorded in self.standing() {
            let at = recorded.event.at;
            match &recorded.act {
                Act::ExitUnpaired { pass: Some(pass), .. } => exits.entry(*pass).or_default().push(at),
                Act::Admitted { visit, pass: Some(pass), .. } => {
                    entries.entry(*pass).or_default().push((*visit, at));
                }
                Act::Exited { visit, .. } => {
                    seen_out.insert(*visit);
                }
                _ => {}
            }
        }
        let rows: BTreeMap<VisitorId, VisitRow> = self.visit_rows().into_iter().collect();
        for (visit, row) in rows.iter().filter(|(visit, _)| !seen_out.contains(visit)) {
            let Some(left) = row.exited_at else { continue };
            let by = row.pass.and_then(|pass| exits.get(&pass)).is_some_and(|exits| exits.contains(&left));
            if !by || row.entered_at.is_none_or(|entered| entered > left) {
                let how = format!("visit {visit} ended at {left:?}, by no exit of its pass: {row:?}");
                return Err(self.broken(Law::UnpairedExits, how));
            }
        }
        for (pass, exits) in exits {
            let stays = entries.get(&pass).map_or(&[][..], Vec::as_slice);
            let ([left], [(visit, entered)]) = (exits.as_slice(), stays) else { continue };
            let Some(row) = rows.get(visit) else { continue };
            if entered <= left && !seen_out.contains(visit) && row.exited_at != Some(*left) {
                let how = format!("visit {visit} goes on after the exit at {left:?}: {row:?}");
                return Err(self.broken(Law::UnpairedExits, how));
            }
        }
        Ok(())
    }

    /// Of a visit with one entry, the row has as many people as were counted last, there or on the way in.
    fn people(&mut self) -> Outcome {
        let mut counts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for recorded in self.standing() {
            let Recorded { event, act, .. } = recorded;
            let (visit, people, entry) = match act {
                Act::Admitted { visit, people, .. } => (*visit, u32::from(*people), true),
                Act::PeopleCounted { visit, people } => (*visit, u32::from(*people), false),
                _ => continue,
            };
            counts.entry(visit).or_default().push((event.at, event.kiosk, event.id, people, entry));
        }
        for (visit, row) in self.visit_rows() {
            let Some(said) = counts.get_mut(&visit) else { continue };
            if said.iter().filter(|(.., entry)| *entry).count() != 1 {
                continue;
            }
            said.sort_unstable();
            let last = said.last().map(|(.., people, _)| *people);
            if last != Some(u32::from(row.people)) {
                let how = format!("visit {visit} shows {} people, {last:?} were counted", row.people);
                return Err(self.broken(Law::People, how));
            }
        }
        Ok(())
    }

    /// The server's rows are the fold of the events it holds, in whatever order.
    pub(super) fn folds(&mut self) -> Outcome {
        let ended = visit::ended(self.standing());
        let requests = self.server.requests().map(|visit| (visit, Vec::new()));
        let mut visits: BTreeMap<VisitorId, Vec<&Recorded>> = requests.collect();
        let mut uses = BTreeSet::new();
        for recorded in self.server.recorded() {
            let event = recorded.event.id;
            if let Some(visit) = recorded.visit() {
                visits.entry(visit).or_default().push(recorded);
            }
            if matches!(recorded.act, Act::Admitted { pass: Some(_), .. }) && !self.server.is_undone(event) {
                uses.insert(event);
            }
        }
        let shown: BTreeSet<EventId> = self
            .server
            .live_rows()
            .filter(|row| row.kind == UseRow::KIND)
            .map(|row| EventId(row.id.into()))
            .collect();
        if shown != uses {
            return Err(self.broken(Law::Converges, format!("uses shown {shown:?}, recorded {uses:?}")));
        }
        for (visit, mut events) in visits {
            events.retain(|recorded| !self.server.is_undone(recorded.event.id));
            let by = ended.get(&visit);
            events.extend(self.server.recorded().filter(|recorded| Some(&recorded.event.id) == by));
            if self.chance.in_thousand(500) {
                events.reverse();
            }
            let turn = self.chance.below(events.len().max(1));
            events.rotate_left(turn);
            let folded = visit::fold(events, self.server.requested(visit), self.server.answered(visit));
            let folded = folded.filter(|_| !self.server.is_forgotten(visit)).map(|row| row.to_body());
            let shown = self.server.row(VisitRow::KIND, visit.0.into()).and_then(|row| row.body.clone());
            if folded != shown {
                return Err(
                    self.broken(Law::Converges, format!("visit {visit} is not the fold of its events"))
                );
            }
        }
        Ok(())
    }
}

pub(super) fn is_revoked(server: &ModelServer, pass: PassId) -> bool {
    let row = server.row(PassRow::KIND, pass.0.into()).and_then(|row| row.body.as_deref());
    row.and_then(|body| PassRow::from_body(body).ok()).is_some_and(|row| row.revoked_at.is_some())
}
