//! Entries that are asked over the API: nobody's own, for any kiosk at the gate to let in.

use std::collections::BTreeSet;

use super::{
    Law, Maker, World,
    world::{BEGIN, Outcome},
};
use crate::{
    feed::row::{Body, VisitRow},
    id::{GateId, VisitorId},
    journal::{Act, Requested},
    time::UnixMs,
    words::{Subject, VisitorType},
};

impl<M: Maker> World<M> {
    /// A guard asks over the API to have somebody let in, at one gate or at whichever they come to.
    pub(super) fn request_entry(&mut self) {
        let at = UnixMs(BEGIN + self.now);
        let visit = VisitorId::new(at, &mut self.chance);
        let gates: Vec<GateId> = self.machines.iter().map(|machine| machine.home.gate).collect();
        let gate = self.chance.in_thousand(500).then(|| *self.chance.pick(&gates));
        let units = vec![*self.chance.pick(&self.units)];
        let (visitor_type, subject, people) = (VisitorType::Service, Subject::Visitor, 2);
        self.report.requests += 1;
        self.server.request(visit, Requested { at, gate, units, visitor_type, subject, people });
    }

    /// Whoever was asked about over the API is waited for where that was said, until a gate tells how it ended, and
    /// is never lost, whatever of what gates told was taken back.
    pub(super) fn awaited(&mut self) -> Outcome {
        let mut ended = BTreeSet::new();
        let mut entered = BTreeSet::new();
        for recorded in self.standing() {
            match recorded.act {
                Act::Admitted { visit, .. } => {
                    entered.insert(visit);
                }
                Act::AskClosed { visit, .. } | Act::Exited { visit, .. } => {
                    ended.insert(visit);
                }
                _ => {}
            }
        }
        let open: Vec<VisitorId> =
            self.server.requests().filter(|visit| !self.server.is_forgotten(*visit)).collect();
        for visit in open {
            let row = self.server.row(VisitRow::KIND, visit.0.into()).and_then(|row| row.body.as_deref());
            let Some(row) = row.and_then(|body| VisitRow::from_body(body).ok()) else {
                return Err(self.broken(Law::Awaited, format!("{visit}, asked over the API, is gone")));
            };
            let requested = self.server.requested(visit);
            let over = entered.contains(&visit) || ended.contains(&visit);
            let awaited = requested.filter(|_| !over).map(Requested::awaited);
            let told = entered.contains(&visit) || requested.is_some_and(|asked| asked.units == row.units);
            if row.awaited != awaited || !told || row.asked_at != requested.map(|asked| asked.at) {
                let how = format!("{visit} is awaited at {:?}, not {awaited:?}: {row:?}", row.awaited);
                return Err(self.broken(Law::Awaited, how));
            }
        }
        Ok(())
    }
}
