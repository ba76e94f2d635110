//! The ends of kiosks: retired ones go when all is sent, stolen ones at once, and what they leave sealed comes in
//! later. Nobody but the community root ends one.

use std::collections::BTreeSet;

use super::{
    Broken, Law, Maker, World,
    machine::{Ended, OwnActs},
    world::{Happening, Mark, Outcome},
};
use crate::{
    entropy::Entropy,
    feed::row::{Body, KioskOrder, KioskRow},
    id::{EventId, IncarnationId, KioskId},
    journal::outbox::{Life, Outbox},
    keys::PublicKey,
    sync::{
        Upload, UploadOutcome,
        kiosk::{Input, JournalOp, Request},
    },
    testing::{Home, JournalStore, ServerStore},
    time::MINUTE,
};

/// What a stolen kiosk left behind.
#[derive(Clone)]
pub(super) struct Left {
    /// What it had not sent.
    waiting: Vec<Upload>,
    /// What it had sent and still held, for a server that was put back to before.
    sent: Vec<Upload>,
    handed_in: bool,
}

fn public(home: &Home) -> PublicKey {
    PublicKey(home.key.verifying_key().to_bytes())
}

impl<M: Maker> World<M> {
    /// The root retires a kiosk or says that it is stolen; the last one stays.
    pub(super) fn end_somebody(&mut self) {
        let index = self.chance.below(self.machines.len());
        let home = self.machines[index].home.clone();
        let stolen = self.chance.in_thousand(500);
        let before = self.server.order(home.kiosk).map(|order| order.stolen);
        let kiosks: BTreeSet<KioskId> = self.machines.iter().map(|machine| machine.home.kiosk).collect();
        let active = kiosks.iter().filter(|kiosk| self.server.order(**kiosk).is_none()).count();
        // A retired one can still be found to be stolen.
        if before == Some(true) || (before.is_some() && !stolen) || (before.is_none() && active < 2) {
            return;
        }
        self.note(|| format!("office ends kiosk {index}, stolen: {stolen}"));
        let order = KioskOrder::sign(stolen, home.kiosk, &public(&home), &self.root);
        self.ordered.insert((home.kiosk, stolen));
        self.server.end(home.kiosk, order.clone());
        let row = KioskRow {
            gate: home.gate,
            public: public(&home).0,
            number: 1,
            active: false,
            order: Some(order),
        };
        self.publish(KioskRow::KIND, home.kiosk.0.into(), Some(row.to_body()));
    }

    /// Whether the server has shut a kiosk out of what it asks for.
    pub(super) fn is_shut_out(&self, kiosk: KioskId, request: Option<&Request>) -> bool {
        let delivers = matches!(request, Some(Request::Upload(_)));
        self.server.order(kiosk).is_some_and(|order| order.stolen || !delivers)
    }

    /// A kiosk that was shut out looks for an order. What answers it is not always the server.
    pub(super) fn ask_order(&mut self, mark: Mark) {
        let order = if self.chance.in_thousand(200) {
            Some(self.false_order(mark.0))
        } else if self.server_up && self.machines[mark.0].link {
            self.server.order(self.machines[mark.0].home.kiosk).cloned()
        } else {
            None
        };
        let Some(order) = order else { return };
        for delay in self.weather.delays(&mut self.chance) {
            self.at(self.now + delay, Happening::Ordered(mark, order.clone()));
        }
    }

    /// Something that looks like an order to a kiosk and is none: made up, another's, or made harsher.
    pub(super) fn false_order(&mut self, index: usize) -> KioskOrder {
        let kiosk = self.machines[index].home.kiosk;
        let others = self.server.orders().filter(|(other, _)| **other != kiosk).map(|(_, order)| order);
        let others: Vec<KioskOrder> = others.cloned().collect();
        if !others.is_empty() && self.chance.in_thousand(500) {
            return self.chance.pick(&others).clone();
        }
        match self.server.order(kiosk).filter(|order| !order.stolen) {
            Some(order) => KioskOrder { stolen: true, ..order.clone() },
            None => KioskOrder { stolen: self.chance.in_thousand(500), signature: self.chance.bytes() },
        }
    }

    /// A kiosk hears an order.
    pub(super) fn ordered(&mut self, index: usize, order: &KioskOrder) -> Outcome {
        let machine = &mut self.machines[index];
        let root = self.root.public();
        if machine.ended.is_some() || order.verify(machine.home.kiosk, &public(&machine.home), &root).is_err()
        {
            return Ok(());
        }
        if order.stolen {
            return self.is_stolen(index);
        }
        machine.retiring = true;
        self.retire(index)
    }

    /// A kiosk that is to retire does once all is sent.
    pub(super) fn retire(&mut self, index: usize) -> Outcome {
        if self.machines[index].retiring && self.outbox(index)?.waiting() == 0 {
            self.end(index, Ended::Retired)?;
        }
        Ok(())
    }

    fn is_stolen(&mut self, index: usize) -> Outcome {
        let mut left = Left { waiting: Vec::new(), sent: Vec::new(), handed_in: false };
        for life in self.outbox(index)?.lives.into_iter().filter(Life::is_sent) {
            let after = life.send_after();
            left.sent.extend(self.uploads(index, &life, life.oldest - 1, after)?);
            left.waiting.extend(self.uploads(index, &life, after, life.head.seq)?);
        }
        self.left.push(left);
        self.soon(Happening::HandIn(self.left.len() - 1), MINUTE);
        self.end(index, Ended::Stolen)
    }

    fn uploads(&mut self, index: usize, life: &Life, mut from: u64, to: u64) -> Result<Vec<Upload>, Broken> {
        let mut uploads = Vec::new();
        while from < to {
            let limit = Outbox::BATCH.min(usize::try_from(to - from).unwrap_or(Outbox::BATCH));
            let op = JournalOp::Batch { incarnation: life.incarnation(), after: from, limit };
            let batch = match self.machines[index].disk.journal.carry_out(&op) {
                Ok(Input::Batch(Some(batch))) if !batch.events.is_empty() => batch,
                other => return Err(self.broken(Law::StoreWorks, format!("{other:?}"))),
            };
            from += batch.events.len() as u64;
            uploads.push(batch.upload(self.machines[index].home.kiosk, 0));
        }
        Ok(uploads)
    }

    fn end(&mut self, index: usize, ended: Ended) -> Outcome {
        let own = self.own(index)?;
        let held: BTreeSet<EventId> = own.ids().collect();
        self.note(|| format!("kiosk {index} has ended: {ended:?}"));
        self.report.ends += 1;
        let machine = &mut self.machines[index];
        let kiosk = machine.home.kiosk;
        machine.ended = Some((ended, held));
        machine.core = None;
        machine.todo.clear();
        machine.timer = None;
        self.subscriptions.retain(|subscription| subscription.mark.0 != index);
        if self.ordered.contains(&(kiosk, ended == Ended::Stolen)) {
            return Ok(());
        }
        Err(self
            .broken(Law::EndsByOrder, format!("kiosk {index} has ended, {ended:?}, and nobody ordered it")))
    }

    /// Somebody hands in what a stolen kiosk left; later, if the server is not there.
    pub(super) fn hand_in(&mut self, number: usize) {
        if self.left[number].handed_in {
            return;
        }
        if !self.server_up || self.chance.in_thousand(self.weather.lost) {
            self.soon(Happening::HandIn(number), MINUTE);
            return;
        }
        let Left { waiting, sent, .. } = self.left[number].clone();
        if !self.takes_all(&waiting) && !self.takes_all(&[sent, waiting].concat()) {
            self.note(|| format!("what stolen kiosk {number} left is not taken"));
            return;
        }
        self.left[number].handed_in = true;
    }

    fn takes_all(&mut self, uploads: &[Upload]) -> bool {
        uploads.iter().all(|upload| {
            let Ok(answer) = self.server.upload(upload);
            let taken = matches!(answer.outcome, UploadOutcome::Appended | UploadOutcome::Fork(_));
            if taken {
                let ids = upload.events.iter().filter_map(|one| Some(one.event.event().ok()?.id));
                self.acknowledged.extend(ids);
            }
            taken
        })
    }

    /// Whoever ended had sent, or has left to be handed in, all it held; and who is to end has ended.
    pub(super) fn ends(&self) -> Outcome {
        let held = self.server.held();
        for (index, machine) in self.machines.iter().enumerate() {
            let lost = |event: &&EventId| !held.contains_key(event) && !self.put_back.contains(event);
            match &machine.ended {
                Some((ended, events)) => {
                    if let Some(event) = events.iter().find(lost) {
                        let how = format!("kiosk {index} has ended, {ended:?}, and {event} is lost");
                        return Err(self.broken(Law::EndLosesNothing, how));
                    }
                }
                None if self.server.order(machine.home.kiosk).is_some() => {
                    return Err(self.broken(Law::OrdersAreHeeded, format!("kiosk {index} goes on")));
                }
                None => {}
            }
        }
        Ok(())
    }
}

impl OwnActs {
    /// The ids of a life's events up to a seq.
    pub fn ids_upto(&self, incarnation: IncarnationId, upto: u64) -> impl Iterator<Item = EventId> {
        self.events.iter().filter_map(move |(own, recorded)| {
            let unknown = if recorded.is_none() { own.signed.event().ok() } else { None };
            let event = recorded.as_ref().map(|read| &read.event).or(unknown.as_ref())?;
            (event.incarnation == incarnation && event.seq <= upto).then_some(event.id)
        })
    }

    /// The ids of all events, those of unknown kinds too.
    pub fn ids(&self) -> impl Iterator<Item = EventId> {
        self.events.iter().filter_map(|(own, recorded)| {
            recorded.as_ref().map_or_else(|| Some(own.signed.event().ok()?.id), |read| Some(read.event.id))
        })
    }
}
