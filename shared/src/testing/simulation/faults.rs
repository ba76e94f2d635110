//! What goes wrong, and the healing of it.

use super::{
    Law, Maker, World,
    network::Weather,
    world::{BEGIN, Happening, Outcome},
};
use crate::{
    sync::{
        Failure,
        kiosk::{CacheOp, StreamItem},
    },
    testing::CacheStore,
    time::{MINUTE, UnixMs},
};

impl<M: Maker> World<M> {
    pub(super) fn fault(&mut self) -> Outcome {
        let index = self.chance.below(self.machines.len());
        if self.machines[index].ended.is_some() {
            return Ok(());
        }
        match self.chance.below(21) {
            0..4 => {
                self.note(|| format!("kiosk {index} is cut off"));
                self.machines[index].link = false;
                self.soon(Happening::LinkUp(index), 90_000);
            }
            4..6 => self.crash(index),
            6..8 => {
                let wall = self.chance.between(-90 * MINUTE, 90 * MINUTE);
                self.note(|| format!("kiosk {index}'s clock is set by {wall} ms"));
                self.machines[index].wall = wall;
            }
            8 => {
                let until = self.now + self.chance.between(1_000, 60_000);
                self.note(|| format!("kiosk {index} sleeps until {until}"));
                self.machines[index].asleep_until = until;
            }
            9..11 => self.server_goes(),
            11..13 => self.backups.push(self.server.clone()),
            13 => self.restore(),
            14 => self.lose_cache(index),
            15 => self.lose_journal(index),
            16 if self.machines.len() < 8 => self.clone_disk(index),
            17 => self.put_back(index)?,
            18 => self.forget(index)?,
            19 => {
                let order = self.false_order(index);
                let run = self.machines[index].run;
                self.note(|| format!("kiosk {index} is played a false order"));
                self.soon(Happening::Ordered((index, run), order), 1_000);
            }
            _ => self.weather = Weather::drawn(&mut self.chance),
        }
        Ok(())
    }

    pub(super) fn server_goes(&mut self) {
        self.note(|| "server goes down".into());
        self.server_up = false;
        for index in 0..self.subscriptions.len() {
            if self.chance.in_thousand(500) {
                self.give(index, StreamItem::Closed(Failure::Unreachable));
            }
        }
        self.subscriptions.clear();
        self.soon(Happening::ServerUp, 20_000);
    }

    pub(super) fn restore(&mut self) {
        if self.backups.is_empty() {
            return;
        }
        self.server_goes();
        let mut old = self.chance.pick(&self.backups).clone();
        old.diverge(self.chance.fork());
        for machine in &self.machines {
            old.enrol(machine.home.kiosk, machine.home.key.verifying_key());
        }
        let properly = self.chance.in_thousand(500);
        if properly {
            old.begin_epoch();
        }
        self.note(|| format!("server is restored to {} (new epoch: {properly})", old.head().seq));
        let held = old.held();
        self.put_back.extend(self.server.held().into_keys().filter(|event| !held.contains_key(event)));
        self.server = old;
        self.restored = true;
        self.report.restores += 1;
    }

    pub(super) fn lose_cache(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} loses its cache"));
        self.machines[index].disk.cache = self.maker.cache();
        self.machines[index].memory.revoked.clear();
        self.crash(index);
    }

    pub(super) fn lose_journal(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} loses its journal"));
        let chance = self.chance.fork();
        let machine = &mut self.machines[index];
        let at = UnixMs(BEGIN + self.now + machine.wall);
        machine.disk.journal = self.maker.lost_journal(&machine.home, at, chance);
        machine.memory.admitted.clear();
        self.report.lives += 1;
        self.crash(index);
    }

    pub(super) fn clone_disk(&mut self, index: usize) {
        self.note(|| format!("kiosk {index} is cloned"));
        let chance = self.chance.fork();
        let machine = &mut self.machines[index];
        let image = self.maker.image(&mut machine.disk, chance);
        let (home, memory) = (machine.home.clone(), machine.memory.clone());
        self.add_machine(home, image, memory);
    }

    /// A machine's disk is put back to how it is now, later.
    pub(super) fn put_back(&mut self, index: usize) -> Outcome {
        let chance = self.chance.fork();
        let machine = &mut self.machines[index];
        let image = self.maker.image(&mut machine.disk, chance);
        let memory = machine.memory.clone();
        for _ in 0..self.chance.below(8) {
            self.scan(index)?;
            self.ask(index)?;
        }
        self.note(|| format!("kiosk {index} is put back to an image"));
        let machine = &mut self.machines[index];
        machine.disk = image;
        machine.memory = memory;
        self.crash(index);
        Ok(())
    }

    pub(super) fn forget(&mut self, index: usize) -> Outcome {
        let read = self.machines[index].disk.cache.carry_out(&CacheOp::Read);
        let copy = read.map_err(|error| self.broken(Law::StoreWorks, format!("{error:?}")))?;
        let machine = &mut self.machines[index];
        let forgotten = self.maker.forget(&mut machine.disk.journal, copy.whole);
        for event in &forgotten {
            machine.memory.admitted.remove(event);
        }
        let count = forgotten.len();
        self.note(|| format!("kiosk {index} drops {count} old events"));
        Ok(())
    }

    pub(super) fn heal(&mut self) {
        self.note(|| "all is healed".into());
        self.healing = true;
        self.weather = Weather::FAIR;
        self.server_up = true;
        for machine in &mut self.machines {
            machine.link = true;
            machine.asleep_until = 0;
        }
        for number in 0..self.left.len() {
            self.soon(Happening::HandIn(number), MINUTE);
        }
    }
}
