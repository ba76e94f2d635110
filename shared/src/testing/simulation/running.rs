//! Kiosks as machines: they start, carry out what their cores say, and crash.

use super::{
    Broken, Law, Maker, World,
    judge::is_revoked,
    machine::OwnActs,
    world::{Happening, Mark, Outcome},
};
use crate::{
    feed::{
        RowId,
        row::{Body, ErasureRow, KioskRow},
    },
    id::EventId,
    journal::outbox::{LifeState, Outbox},
    sync::kiosk::{CacheOp, Input, JournalOp, Kiosk, Output},
    testing::{CacheStore, JournalStore},
};

impl<M: Maker> World<M> {
    pub(super) fn start(&mut self, index: usize) {
        if self.machines[index].core.is_some() || self.machines[index].ended.is_some() {
            return;
        }
        let machine = &mut self.machines[index];
        machine.core = Some(Kiosk::new(machine.home.kiosk, "simulated"));
        machine.run += 1;
        let mark = (index, machine.run);
        self.note(|| format!("kiosk {index} starts"));
        self.step(mark, Input::Tick);
    }

    /// A power cut, or the program's end.
    pub(super) fn crash(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} crashes"));
        self.report.crashes += 1;
        let machine = &mut self.machines[index];
        machine.core = None;
        machine.retiring = false;
        machine.todo.clear();
        machine.timer = None;
        let run = machine.run;
        self.subscriptions.retain(|subscription| subscription.mark != (index, run));
        if self.chance.in_thousand(300) {
            self.machines[index].booted = self.now;
        }
        self.soon(Happening::Start(index), 20_000);
    }

    pub(super) fn step(&mut self, mark: Mark, input: Input) {
        let machine = &mut self.machines[mark.0];
        if machine.asleep_until > self.now {
            // A machine that sleeps learns of it when it wakes.
            let happening = match input {
                Input::Answered(id, answer) => Happening::Answered(mark, id, Box::new(answer)),
                Input::Streamed(id, item) => Happening::Streamed(mark, id, Box::new(item)),
                _ => {
                    machine.timer = Some(machine.asleep_until);
                    Happening::Tick(mark, machine.asleep_until)
                }
            };
            let at = machine.asleep_until;
            self.at(at, happening);
            return;
        }
        self.report.steps += 1;
        let boot = self.now - machine.booted;
        let Some(core) = &mut machine.core else { return };
        let idle = machine.todo.is_empty();
        machine.todo.extend(core.step(boot, &mut self.chance, input));
        if idle && !machine.todo.is_empty() {
            self.soon(Happening::Next(mark), 4);
        }
    }

    pub(super) fn next_output(&mut self, mark: Mark) -> Outcome {
        let index = mark.0;
        if self.machines[index].asleep_until > self.now {
            self.at(self.machines[index].asleep_until, Happening::Next(mark));
            return Ok(());
        }
        if self.chance.in_thousand(self.weather.crash) {
            self.crash(index);
            return Ok(());
        }
        let Some(output) = self.machines[index].todo.pop_front() else { return Ok(()) };
        if !self.machines[index].todo.is_empty() {
            self.soon(Happening::Next(mark), 4);
        }
        match output {
            Output::Journal(op) => self.journal(mark, &op)?,
            Output::Cache(op) => self.cache(mark, &op)?,
            Output::Send(id, request) => self.send(mark, id, &request),
            Output::OpenStream(id, cursor) => {
                if self.machines[index].link {
                    let delay = self.chance.between(1, 150);
                    self.at(self.now + delay, Happening::StreamAsked(mark, id, cursor));
                }
            }
            Output::CloseStream(id) => self.subscriptions.retain(|sub| sub.mark != mark || sub.id != id),
            Output::WakeAt(at) => {
                let at = at + self.machines[index].booted;
                self.machines[index].timer = Some(at);
                self.at(at, Happening::Tick(mark, at));
            }
            Output::Whole | Output::Contact(_) | Output::Cancel(_) => {}
        }
        Ok(())
    }

    pub(super) fn journal(&mut self, mark: Mark, op: &JournalOp) -> Outcome {
        if self.chance.in_thousand(self.weather.store) {
            self.step(mark, Input::JournalFailed);
            return Ok(());
        }
        self.note(|| format!("kiosk {} {op:?}", mark.0));
        let answer = self.machines[mark.0].disk.journal.carry_out(op);
        let answer = answer.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        match op {
            JournalOp::Acknowledge(acknowledge) => {
                let own = self.own(mark.0)?;
                self.acknowledged.extend(own.ids_upto(acknowledge.incarnation, acknowledge.upto));
            }
            JournalOp::End(end) => {
                self.report.lives += 1;
                if end.state == LifeState::Aside {
                    return Err(self.broken(Law::NothingSetAside, format!("kiosk {}: {end:?}", mark.0)));
                }
            }
            _ => {}
        }
        self.step(mark, answer);
        self.retire(mark.0)
    }

    pub(super) fn cache(&mut self, mark: Mark, op: &CacheOp) -> Outcome {
        let index = mark.0;
        if self.chance.in_thousand(self.weather.store) {
            self.step(mark, Input::CacheFailed);
            return Ok(());
        }
        let copy = self.machines[index].disk.cache.carry_out(op);
        let copy = copy.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        self.note(|| match op {
            CacheOp::Apply(page) => format!("kiosk {index} applies {}..{}", page.from.seq, page.to.seq),
            CacheOp::Swap(page) => format!("kiosk {index} swaps in, at {}", page.to.seq),
            CacheOp::Change(page, _) => format!("kiosk {index} loads changes up to {}", page.to.seq),
            CacheOp::Begin(..) => format!("kiosk {index} begins to load"),
            CacheOp::Load(..) => format!("kiosk {index} loads on"),
            CacheOp::Drop => format!("kiosk {index} drops what it loaded"),
            CacheOp::Read => format!("kiosk {index} looks at its copy"),
        });
        if let CacheOp::Swap(_) = op {
            self.report.swaps += 1;
            // It may come from a restored server, to which what was revoked is not.
            let server = &self.server;
            self.machines[index].memory.revoked.retain(|pass| is_revoked(server, *pass));
        }
        if let CacheOp::Swap(_) | CacheOp::Apply(_) = op {
            self.erase(index)?;
            self.look(index, copy.cursor)?;
        }
        self.step(mark, Input::Copy(copy));
        self.heed(index)
    }

    /// Forgets what the feed says is to be forgotten.
    fn erase(&mut self, index: usize) -> Outcome {
        let machine = &mut self.machines[index];
        let rows = machine.disk.cache.rows().expect("rows can be read");
        let orders = rows.iter().filter(|row| row.kind == ErasureRow::KIND);
        let orders: Vec<EventId> = orders.map(|row| EventId(row.id.into())).collect();
        let erased = machine.disk.journal.erase(&orders);
        erased.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))
    }

    /// Heeds an order that came with the feed.
    fn heed(&mut self, index: usize) -> Outcome {
        let machine = &mut self.machines[index];
        let kiosk = RowId::from(machine.home.kiosk.0);
        let rows = machine.disk.cache.rows().expect("rows can be read");
        let own = rows.into_iter().find(|row| row.kind == KioskRow::KIND && row.id == kiosk);
        let order = own.and_then(|row| KioskRow::from_body(&row.body?).ok()?.order);
        order.map_or(Ok(()), |order| self.ordered(index, &order))
    }

    pub(super) fn outbox(&mut self, index: usize) -> Result<Outbox, Broken> {
        match self.machines[index].disk.journal.carry_out(&JournalOp::Read) {
            Ok(Input::Outbox(outbox)) => Ok(outbox),
            other => Err(self.broken(Law::StoreWorks, format!("{other:?}"))),
        }
    }

    pub(super) fn own(&mut self, index: usize) -> Result<OwnActs, Broken> {
        let machine = &mut self.machines[index];
        let own = OwnActs::read(&mut machine.disk.journal, &mut machine.read_before);
        own.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))
    }
}
