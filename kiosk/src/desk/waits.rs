//! How long asks wait already: by the boot clock where this run saw it begin, else by their events.

use std::collections::HashMap;

use gatehouse::{
    feed::row::VisitRow,
    id::VisitorId,
    presence::{WAITS_MS, has_lapsed},
    time::{MINUTE, UnixMs},
    words::Answer,
};

use super::Spoken;

/// How long an approval waits for LET IN. Who was asked about stands at this gate: after half an hour they have gone
/// away or went in unseen, and their card hides those who came after them.
const APPROVED_MS: i64 = 30 * MINUTE;

/// Asks that are open, and what each waits for.
#[derive(Default)]
pub(super) struct Waits(HashMap<VisitorId, Wait>);

struct Wait {
    answered: bool,
    /// When this run saw it begin; moves with a clock that is stepped.
    since: Option<UnixMs>,
}

impl Waits {
    /// One was asked about just now.
    pub fn asked(&mut self, ask: VisitorId, now: UnixMs) {
        self.0.insert(ask, Wait { answered: false, since: Some(now) });
    }

    /// It waits no more.
    pub fn ended(&mut self, ask: VisitorId) {
        self.0.remove(&ask);
    }

    /// Takes in which asks are open, and says which have lapsed: those nobody answered, and those approved whom nobody
    /// let in. None while the time is not sure, nor in the middle of a spoken approval. One of an earlier run that lies
    /// as far ahead was asked before the clock was set back: nobody knows how long ago. What was asked over the API
    /// lapses by itself and is told of once, where this run saw it open.
    pub fn lapsed<'a>(
        &mut self,
        open: impl Iterator<Item = (VisitorId, &'a VisitRow)>,
        spoken: &HashMap<VisitorId, Spoken>,
        now: UnixMs,
        sure: bool,
    ) -> Vec<VisitorId> {
        let mut before = std::mem::take(&mut self.0);
        let mut lapsed = Vec::new();
        for (ask, row) in open {
            let answered = row.answer.is_some();
            let known = before.remove(&ask);
            let is_new = known.is_none();
            let mut wait = known.unwrap_or(Wait { answered, since: None });
            if wait.answered != answered {
                wait = Wait { answered, since: Some(now) };
            }
            let may_lapse = sure && !spoken.contains_key(&ask);
            if may_lapse && row.awaited.is_some() && has_lapsed(row, now) {
                lapsed.extend((!is_new).then_some(ask));
                continue;
            }
            if may_lapse && row.awaited.is_none() && is_over(&wait, row, now) {
                lapsed.push(ask);
            }
            self.0.insert(ask, wait);
        }
        lapsed
    }

    /// Moves them along with a clock that was stepped.
    pub fn shift(&mut self, by: i64) {
        for since in self.0.values_mut().filter_map(|wait| wait.since.as_mut()) {
            *since = since.plus(by);
        }
    }
}

fn is_over(wait: &Wait, row: &VisitRow, now: UnixMs) -> bool {
    let (recorded, span_ms) = match &row.answer {
        None => (row.asked_at, WAITS_MS),
        Some(Answer::Approve) => (row.answered_at, APPROVED_MS),
        Some(_) => return false,
    };
    match wait.since {
        Some(since) => now.since(since) >= span_ms,
        None => recorded.is_some_and(|at| now.since(at).abs() >= span_ms),
    }
}
