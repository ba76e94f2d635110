//! The laws, looked after on the way and at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{Law, Maker, World, world::Outcome};
use crate::{
    feed::{
        Cursor,
        row::{Body, PassRow, UseRow, VisitRow},
    },
    id::{EventId, PassId, VisitorId},
    journal::{Act, Recorded, visit},
    sync::kiosk::CacheOp,
    testing::{CacheStore, ModelServer},
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
        for index in 0..self.machines.len() {
            self.agrees(index)?;
            let own = self.own(index)?;
            on_disk.extend(own.recorded().map(|(_, recorded)| recorded.event.id));
        }
        let missing = on_disk.iter().find(|event| !held.contains_key(event));
        if let Some(event) = missing {
            return Err(self.broken(Law::Converges, format!("{event} never reached the server")));
        }
        let lost = |event: &&EventId| !held.contains_key(event) && !self.at_risk.contains(event);
        if let Some(event) = self.acknowledged.iter().find(lost) {
            return Err(self.broken(Law::AcknowledgedIsKept, format!("{event} is lost")));
        }
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
        let open = own.recorded().last().map(|(_, recorded)| recorded.event.incarnation);
        let mut in_open = own.recorded().filter(|(_, recorded)| Some(recorded.event.incarnation) == open);
        if in_open.any(|(_, recorded)| beside.contains(&recorded.event.id)) {
            return Err(self.broken(Law::ForkEndsLife, format!("kiosk {index} goes on in {open:?}")));
        }
        let head = self.server.head().seq;
        let unseen = own.events.iter().find(|(own, _)| own.visible.is_none_or(|visible| visible > head));
        if let Some((own, _)) = unseen {
            return Err(
                self.broken(Law::Converges, format!("kiosk {index}: {own:?} is not visible at {head}"))
            );
        }
        Ok(())
    }

    /// The server's rows are the fold of the events it holds, in whatever order.
    pub(super) fn folds(&mut self) -> Outcome {
        let mut visits: BTreeMap<VisitorId, Vec<&Recorded>> = BTreeMap::new();
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
            if self.chance.in_thousand(500) {
                events.reverse();
            }
            let turn = self.chance.below(events.len().max(1));
            events.rotate_left(turn);
            let folded = visit::fold(events, self.server.answered(visit));
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
