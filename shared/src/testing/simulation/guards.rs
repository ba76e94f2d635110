//! What happens at the gates.

use super::{
    Broken, Law, Maker, World,
    world::{BEGIN, Happening, Outcome},
};
use crate::{
    entropy::Entropy,
    feed::row::VisitRow,
    id::{EventId, PassId, UnitId, VisitorId},
    journal::{Act, AskClose, Details, Recorded},
    sync::kiosk::Input,
    testing::JournalStore,
    time::UnixMs,
    words::{Credential, Subject, VisitorStatus, VisitorType},
};

impl<M: Maker> World<M> {
    pub(super) fn record(&mut self, index: usize, act: &Act) -> Result<EventId, Broken> {
        let at = UnixMs(BEGIN + self.now + self.machines[index].wall);
        let named = matches!(act, Act::Asked { .. } | Act::Admitted { .. });
        let details = (named && self.chance.in_thousand(700)).then(|| Details {
            salt: self.chance.bytes(),
            name: Some(format!("Visitor {}", self.chance.below(1_000))),
            ..Details::default()
        });
        let id = self.machines[index].disk.journal.record(at, act, details.as_ref());
        let id = id.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        self.note(|| format!("kiosk {index} records {act:?}"));
        self.report.events += 1;
        self.own_acts_stay(index)?;
        let mark = (index, self.machines[index].run);
        // The courier may be dead while the desk works.
        if self.alive(mark) && !self.chance.in_thousand(50) {
            self.step(mark, Input::Recorded);
        }
        Ok(id)
    }

    pub(super) fn gate(&mut self, index: usize) -> Outcome {
        if self.healing {
            return Ok(());
        }
        self.soon(Happening::Gate(index), 12_000);
        let machine = &self.machines[index];
        if machine.asleep_until > self.now || machine.core.is_none() || machine.ended.is_some() {
            return Ok(());
        }
        match self.chance.below(14) {
            10 | 11 => self.leave(index),
            12 => self.count(index),
            13 => {
                self.newer(index);
                Ok(())
            }
            0..5 => self.scan(index),
            5 => self.ask(index),
            6 => self.let_in(index),
            7 => self.let_out(index),
            8 => self.undo(index),
            _ => {
                let unit = *self.chance.pick(&self.units);
                self.record(index, &Act::WrongCode { unit }).map(drop)
            }
        }
    }

    /// A single-use pass is held before the camera.
    pub(super) fn scan(&mut self, index: usize) -> Outcome {
        let pass = *self.chance.pick(&self.passes);
        let machine = &mut self.machines[index];
        let revoked = machine.pass(pass).is_some_and(|row| row.revoked_at.is_some());
        if revoked || machine.uses(pass) > 0 {
            return Ok(());
        }
        let before = machine.memory.admitted.values().any(|admitted| *admitted == pass);
        let seen = machine.memory.revoked.contains(&pass);
        let visit = VisitorId::new(UnixMs(BEGIN + self.now), &mut self.chance);
        let unit = *self.chance.pick(&self.units);
        let act = admitted(visit, Some(pass), unit, Credential::Qr);
        let event = self.record(index, &act)?;
        self.report.admissions += 1;
        if before {
            return Err(self.broken(Law::SingleUse, format!("kiosk {index} admits {pass} again")));
        }
        if seen {
            return Err(
                self.broken(Law::Revoked, format!("kiosk {index} admits {pass}, which it saw revoked"))
            );
        }
        self.machines[index].memory.admitted.insert(event, pass);
        Ok(())
    }

    pub(super) fn ask(&mut self, index: usize) -> Outcome {
        let visit = VisitorId::new(UnixMs(BEGIN + self.now), &mut self.chance);
        let act = Act::Asked {
            visit,
            units: vec![*self.chance.pick(&self.units)],
            visitor_type: VisitorType::Delivery,
            people: 1,
            subject: Subject::Visitor,
            pass: None,
        };
        self.record(index, &act).map(drop)
    }

    /// One whose household answered, or did not.
    pub(super) fn let_in(&mut self, index: usize) -> Outcome {
        let visits = self.machines[index].visits();
        let open = |row: &VisitRow| matches!(row.status, VisitorStatus::Approved | VisitorStatus::Pending);
        let open: Vec<_> = visits.iter().filter(|(_, row)| open(row)).collect();
        if open.is_empty() {
            return Ok(());
        }
        let (visit, row) = *self.chance.pick(&open);
        let act = if row.status == VisitorStatus::Approved {
            let unit = row.units.first().copied().unwrap_or(self.units[0]);
            admitted(*visit, None, unit, Credential::Answer)
        } else {
            Act::AskClosed { visit: *visit, outcome: AskClose::Lapsed }
        };
        self.record(index, &act).map(drop)
    }

    pub(super) fn let_out(&mut self, index: usize) -> Outcome {
        let visits = self.machines[index].visits();
        let inside: Vec<_> = visits.iter().filter(|(_, row)| row.status == VisitorStatus::Inside).collect();
        if inside.is_empty() {
            return Ok(());
        }
        let (visit, row) = *self.chance.pick(&inside);
        let act = Act::Exited { visit: *visit, pass: row.pass, credential: Credential::List, assumed: false };
        self.record(index, &act).map(drop)
    }

    /// A pass is held up on the way out.
    fn leave(&mut self, index: usize) -> Outcome {
        let pass = *self.chance.pick(&self.passes);
        let visits = self.machines[index].visits();
        let is_inside = |row: &VisitRow| row.status == VisitorStatus::Inside && row.pass == Some(pass);
        let known = visits.iter().find(|(_, row)| is_inside(row)).map(|(visit, _)| *visit);
        let act = if let Some(visit) = known {
            Act::Exited { visit, pass: Some(pass), credential: Credential::Qr, assumed: false }
        } else {
            self.report.unpaired += 1;
            Act::ExitUnpaired { pass: Some(pass), credential: Credential::Qr }
        };
        self.record(index, &act).map(drop)
    }

    /// More came in than were said, or fewer.
    fn count(&mut self, index: usize) -> Outcome {
        let visits = self.machines[index].visits();
        let inside: Vec<_> = visits.iter().filter(|(_, row)| row.status == VisitorStatus::Inside).collect();
        if inside.is_empty() {
            return Ok(());
        }
        let visit = *self.chance.pick(&inside).0;
        let people = u8::try_from(1 + self.chance.below(9)).unwrap_or(1);
        self.record(index, &Act::PeopleCounted { visit, people: people.into() }).map(drop)
    }

    /// Something happens that only a newer version has a word for.
    fn newer(&mut self, index: usize) {
        let machine = &mut self.machines[index];
        let at = UnixMs(BEGIN + self.now + machine.wall);
        if self.maker.record_newer(&mut machine.disk.journal, at).is_some() {
            self.report.unknown += 1;
            self.report.events += 1;
            let run = self.machines[index].run;
            self.step((index, run), Input::Recorded);
        }
    }

    pub(super) fn undo(&mut self, index: usize) -> Outcome {
        let own = self.own(index)?;
        let last = own.recorded().last().map(|(_, recorded)| recorded.clone());
        let Some(Recorded { event, act: Act::Admitted { .. } | Act::Exited { .. }, .. }) = last else {
            return Ok(());
        };
        self.machines[index].memory.admitted.remove(&event.id);
        self.record(index, &Act::Undone { event: event.id }).map(drop)
    }
}

fn admitted(visit: VisitorId, pass: Option<PassId>, unit: UnitId, credential: Credential) -> Act {
    Act::Admitted {
        visit,
        pass,
        units: vec![unit],
        visitor_type: VisitorType::Guest,
        credential,
        people: 1,
        subject: Subject::Visitor,
        live_step: None,
        rules: 1,
    }
}
