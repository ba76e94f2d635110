//! The visits that are not over, as this gate sees them: the copy's rows with the kiosk's own acts on top,
//! until the copy shows those too. What it did itself is never forgotten by a pull that was cut.
//!
//! An exit recorded here before the entry was known ends the visit that the copy brings later.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gatehouse::{
    feed::row::VisitRow,
    id::{EventId, GateId, KioskId, PassId, VisitorId},
    journal::{
        Act, Recorded,
        visit::{Own, lay_over},
    },
    presence::may_end,
    time::UnixMs,
    words::VisitorStatus,
};

use super::DeskError;
use crate::{
    cache::Cache,
    journal::{Journal, Ledger},
};

/// The kind of an ask's end, as a journal event.
const ASK_CLOSED: u16 = 5;

/// The visits that are not over.
#[derive(Default)]
pub struct Book {
    visits: BTreeMap<VisitorId, VisitRow>,
    by_pass: HashMap<PassId, BTreeSet<VisitorId>>,
    own: HashMap<VisitorId, BTreeMap<EventId, OwnAct>>,
    /// Exits without a known entry.
    unpaired: HashMap<PassId, BTreeMap<EventId, OwnAct>>,
    base: HashMap<VisitorId, VisitRow>,
    /// Asks that a guard closed here though the household's answer is all their rows show.
    closed: BTreeSet<VisitorId>,
}

struct OwnAct {
    recorded: Recorded,
    undone: bool,
}

impl Book {
    /// Reads the copy and the journal.
    ///
    /// # Errors
    /// When either fails.
    pub fn load(cache: &Cache, journal: &Journal) -> Result<Self, DeskError> {
        let mut book = Self::default();
        // Before the rows: what they show by then of this kiosk's own acts is laid over once more, and nothing missed.
        let whole = cache.copy()?.whole;
        for row in cache.open_visits()? {
            if row.body.status == VisitorStatus::Denied
                && !journal.tries(ASK_CLOSED, row.id, UnixMs(0))?.is_empty()
            {
                book.closed.insert(VisitorId(row.id));
            }
            book.base.insert(VisitorId(row.id), row.body);
        }
        for kept in journal.unseen(whole)? {
            if let Some(target) = kept.recorded.undoes()
                && let Some(target) = journal.event(target)?
            {
                book.add(target.recorded, true);
            }
            book.add(kept.recorded, kept.undone);
        }
        let laid: Vec<VisitorId> = book.own.keys().copied().collect();
        for visit in &laid {
            if !book.base.contains_key(visit)
                && let Some(row) = cache.look_up::<VisitRow>(visit.0)?.into_row()
            {
                book.base.insert(*visit, row.body);
            }
        }
        let all: BTreeSet<VisitorId> = book.base.keys().copied().chain(laid).collect();
        for visit in all {
            book.lay(visit);
        }
        let unpaired: Vec<PassId> = book.unpaired.keys().copied().collect();
        for pass in unpaired {
            book.pair(pass);
        }
        Ok(book)
    }

    fn add(&mut self, recorded: Recorded, undone: bool) {
        if let Some(visit) = recorded.visit() {
            if recorded.event.kind == ASK_CLOSED && !undone {
                self.closed.insert(visit);
            }
            self.own.entry(visit).or_default().insert(recorded.event.id, OwnAct { recorded, undone });
        } else if let Act::ExitUnpaired { pass: Some(pass), .. } = recorded.act {
            self.unpaired.entry(pass).or_default().insert(recorded.event.id, OwnAct { recorded, undone });
        }
    }

    fn fold(&mut self, recorded: Recorded, undone: bool) {
        let (visit, pass) = match recorded.act {
            Act::ExitUnpaired { pass, .. } => (None, pass),
            _ => (recorded.visit(), None),
        };
        self.add(recorded, undone);
        if let Some(visit) = visit {
            self.lay(visit);
        }
        let pass = pass.or_else(|| self.visits.get(&visit?)?.pass);
        if let Some(pass) = pass {
            self.pair(pass);
        }
    }

    /// Lets the exits without a known entry end visits on their pass.
    fn pair(&mut self, pass: PassId) {
        if !self.unpaired.contains_key(&pass) {
            return;
        }
        let visits = self.by_pass.get(&pass).cloned().unwrap_or_default();
        for visit in &visits {
            self.lay(*visit);
        }
        let mut exits: Vec<&Recorded> = self.unpaired.get(&pass).map_or_else(Vec::new, |exits| {
            exits.values().filter(|exit| !exit.undone).map(|exit| &exit.recorded).collect()
        });
        exits.sort_by_key(|exit| (exit.event.at, exit.event.id));
        for exit in exits {
            let open = visits.iter().filter_map(|visit| {
                let row = self.visits.get(visit)?;
                let entered = row.entered_at?;
                let left = row.exited_at.map(|at| (at, row.exit_assumed != Some(true)));
                may_end(entered, left, exit.event.at).then_some((entered, *visit))
            });
            if let Some((_, visit)) = open.max()
                && let Some(row) = self.visits.remove(&visit)
                && let Some(row) = lay_over(Some(row), [Own { recorded: exit, undone: false }])
            {
                self.visits.insert(visit, row);
            }
        }
    }

    fn lay(&mut self, visit: VisitorId) {
        if let Some(before) = self.visits.remove(&visit)
            && let Some(pass) = before.pass
            && let Some(visits) = self.by_pass.get_mut(&pass)
        {
            visits.remove(&visit);
        }
        let own = self.own.get(&visit);
        let acts = own.into_iter().flat_map(BTreeMap::values);
        let base = self.base.get(&visit).cloned();
        let row = lay_over(base, acts.map(|act| Own { recorded: &act.recorded, undone: act.undone }));
        if let Some(row) = row {
            if let Some(pass) = row.pass {
                self.by_pass.entry(pass).or_default().insert(visit);
            }
            self.visits.insert(visit, row);
        }
    }

    /// Takes in what this kiosk has just recorded.
    pub fn recorded(&mut self, recorded: Recorded) {
        self.fold(recorded, false);
    }

    /// Takes in that this kiosk has just taken back `target`.
    pub fn undone(&mut self, target: Recorded) {
        self.fold(target, true);
    }

    /// A visit that is not over, or only just is.
    pub fn get(&self, visit: VisitorId) -> Option<&VisitRow> {
        self.visits.get(&visit)
    }

    /// The visits on a pass whose holder is inside, the latest entry last.
    pub fn inside_on(&self, pass: PassId) -> Vec<(VisitorId, &VisitRow)> {
        let mut inside: Vec<_> = self
            .by_pass
            .get(&pass)
            .into_iter()
            .flatten()
            .filter_map(|visit| Some((*visit, self.visits.get(visit)?)))
            .filter(|(_, row)| row.status == VisitorStatus::Inside)
            .collect();
        inside.sort_by_key(|(visit, row)| (row.entered_at, *visit));
        inside
    }

    /// Everybody who is inside.
    pub fn inside(&self) -> impl Iterator<Item = (VisitorId, &VisitRow)> {
        self.visits
            .iter()
            .filter(|(_, row)| row.status == VisitorStatus::Inside)
            .map(|(visit, row)| (*visit, row))
    }

    /// Asks that are not over, not let in, not gone: those of `kiosk`, and those that were asked over the API and for
    /// whose visitors the kiosks of `gate` wait.
    pub fn asks(&self, kiosk: KioskId, gate: GateId) -> impl Iterator<Item = (VisitorId, &VisitRow)> {
        self.visits
            .iter()
            .filter(move |(visit, row)| {
                row.asked_at.is_some()
                    && (row.kiosk == Some(kiosk) || row.awaited.is_some_and(|awaited| awaited.is_at(gate)))
                    && row.entered_at.is_none()
                    && !self.closed.contains(visit)
                    && match &row.status {
                        VisitorStatus::Pending | VisitorStatus::Approved => true,
                        // Denied by the household is shown until the guard closes the card.
                        VisitorStatus::Denied => row.answer.is_some(),
                        _ => false,
                    }
            })
            .map(|(visit, row)| (*visit, row))
    }

    /// Whether the copy knows of the visit.
    pub fn is_in_copy(&self, visit: VisitorId) -> bool {
        self.base.contains_key(&visit)
    }

    /// Whether the household's answer was spoken at this gate.
    pub fn is_spoken(&self, visit: VisitorId) -> bool {
        self.own.get(&visit).is_some_and(|acts| {
            acts.values().any(|act| matches!(act.recorded.act, Act::SpokenAnswered { .. }))
        })
    }
}
