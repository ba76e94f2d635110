//! What residents and admins do at the server.

use super::{Maker, World, world::BEGIN};
use crate::{
    entropy::Entropy,
    feed::{
        RowId, RowKind,
        row::{Body, PassRow, VisitRow},
    },
    id::{EventId, PassId, VisitorId},
    journal::visit::Answered,
    testing::{JournalStore, ServerStore},
    time::{MINUTE, UnixMs},
    words::{Answer as Said, PassMode, VisitorStatus, VisitorType},
};

/// A kind of row that this version does not know.
const UNKNOWN: RowKind = RowKind(9_000);

impl<M: Maker> World<M> {
    pub(super) fn publish(&mut self, kind: RowKind, id: RowId, body: Option<Vec<u8>>) {
        let Ok(_) = self.server.publish(&[(kind, id, body)]);
    }

    pub(super) fn new_pass(&mut self) {
        let pass = PassId::new(UnixMs(BEGIN + self.now), &mut self.chance);
        self.passes.push(pass);
        let row = self.pass_row(None);
        self.publish(PassRow::KIND, pass.0.into(), Some(row.to_body()));
    }

    pub(super) fn pass_row(&mut self, revoked_at: Option<UnixMs>) -> PassRow {
        PassRow {
            unit: *self.chance.pick(&self.units),
            visitor_type: VisitorType::Guest,
            mode: PassMode::Static,
            valid_from: UnixMs(BEGIN),
            valid_until: UnixMs(BEGIN + 1_000 * MINUTE),
            uses: Some(1),
            windows: Vec::new(),
            revoked_at,
            name: "Asha".into(),
            home_gate: None,
            plate4: None,
            company: None,
            people: 1,
        }
    }

    pub(super) fn office(&mut self) {
        match self.chance.below(14) {
            12 | 13 => self.request_entry(),
            8 => self.erase_somebody(),
            9 | 10 => self.newer_row(),
            11 if self.chance.in_thousand(300) => self.end_somebody(),
            0..2 => self.new_pass(),
            2..4 => {
                let pass = *self.chance.pick(&self.passes);
                let row = self.pass_row(Some(UnixMs(BEGIN + self.now)));
                self.note(|| format!("office revokes {pass}"));
                self.publish(PassRow::KIND, pass.0.into(), Some(row.to_body()));
            }
            4..6 => {
                let visits = self.visits_at_server(&VisitorStatus::Pending);
                if !visits.is_empty() {
                    let visit = *self.chance.pick(&visits);
                    let answer = if self.chance.in_thousand(800) { Said::Approve } else { Said::Deny };
                    self.server.answer(visit, Answered { answer, at: UnixMs(BEGIN + self.now) });
                }
            }
            6 => {
                let visits = self.visits_at_server(&VisitorStatus::Exited);
                if !visits.is_empty() {
                    let visit = *self.chance.pick(&visits);
                    self.server.forget_visit(visit);
                }
            }
            _ => {
                let floor = self.server.head().seq.saturating_sub(self.chance.next() % 30);
                let Ok(()) = self.server.forget_tombstones(floor);
            }
        }
        if self.chance.in_thousand(600) {
            self.fan_out();
        }
    }

    /// An admin has what an event says of persons forgotten, also where it is still to come.
    fn erase_somebody(&mut self) {
        let named: Vec<EventId> = if self.chance.in_thousand(500) {
            let named = self.server.recorded().filter(|recorded| recorded.details.is_some());
            named.map(|recorded| recorded.event.id).collect()
        } else {
            let index = self.chance.below(self.machines.len());
            let detailed = self.machines[index].disk.journal.detailed();
            detailed.expect("details can be listed").into_iter().collect()
        };
        if named.is_empty() {
            return;
        }
        let event = *self.chance.pick(&named);
        self.note(|| format!("office erases the details of {event}"));
        self.report.erasures += 1;
        self.server.erase(event, UnixMs(BEGIN + self.now));
    }

    /// A newer server says something that no kiosk has a word for, or takes it back.
    fn newer_row(&mut self) {
        let id = RowId([u8::try_from(self.chance.below(6)).unwrap_or(0); 16]);
        let body = self.chance.in_thousand(800).then(|| self.chance.bytes::<24>().to_vec());
        self.report.unknown += 1;
        self.publish(UNKNOWN, id, body);
    }

    pub(super) fn visits_at_server(&self, status: &VisitorStatus) -> Vec<VisitorId> {
        self.server
            .live_rows()
            .filter(|row| row.kind == VisitRow::KIND)
            .filter(|row| {
                let visit = row.body.as_deref().and_then(|body| VisitRow::from_body(body).ok());
                visit.is_some_and(|visit| visit.status == *status)
            })
            .map(|row| VisitorId(row.id.into()))
            .collect()
    }
}
