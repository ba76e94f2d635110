//! How long asks wait already: by the boot clock where this run saw it begin, else by their events.

use std::collections::HashMap;

use gatehouse::{
    feed::row::VisitRow,
    id::VisitorId,
    presence::WAITS_MS,
    time::{MINUTE, UnixMs},
    words::Answer,
};

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
    /// let in. None while the time is not sure. One of an earlier run that lies as far ahead was asked before the clock
    /// was set back: nobody knows how long ago.
    pub fn lapsed<'a>(
        &mut self,
        open: impl Iterator<Item = (VisitorId, &'a VisitRow)>,
        now: UnixMs,
        sure: bool,
    ) -> Vec<VisitorId> {
        let mut before = std::mem::take(&mut self.0);
        let mut lapsed = Vec::new();
        for (ask, row) in open {
            let answered = row.answer.is_some();
            let mut wait = before.remove(&ask).unwrap_or(Wait { answered, since: None });
            if wait.answered != answered {
                wait = Wait { answered, since: Some(now) };
            }
            let over = match &row.answer {
                None => is_over(&wait, row.asked_at, WAITS_MS, now),
                Some(Answer::Approve) => is_over(&wait, row.answered_at, APPROVED_MS, now),
                Some(_) => false,
            };
            if over && sure {
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

fn is_over(wait: &Wait, recorded: Option<UnixMs>, span_ms: i64, now: UnixMs) -> bool {
    match wait.since {
        Some(since) => now.since(since) >= span_ms,
        None => recorded.is_some_and(|at| now.since(at).abs() >= span_ms),
    }
}
