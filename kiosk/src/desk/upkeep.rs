//! What passing time and a changed copy bring without anybody's touch.

use gatehouse::{
    id::VisitorId,
    journal::{Act, AlertCode, TimeMark, outbox::KEEP_MS},
    presence::{Inside, assumed_exit},
    time::{DAY, HOUR, MINUTE, UnixMs},
    words::Credential,
};

use super::{Desk, DeskError, State};
use crate::{
    enrol::Trusted,
    journal::Ledger,
    screen::{Alert, AlertKind},
};

/// How often events that were acknowledged long ago are dropped.
const PRUNE_EVERY_MS: i64 = HOUR;
/// How often overlong stays are closed.
const CLOSE_EVERY_MS: i64 = MINUTE;
/// Without contact for so long, a kiosk forgets the keys of the days and whom it knows.
const FORGET_AFTER_MS: i64 = 14 * DAY;

/// When something was last done, by the boot clock.
#[derive(Default)]
pub(super) struct Done {
    pruned: i64,
    closed: i64,
}

impl Done {
    pub(super) fn at(boot: i64) -> Self {
        Self { pruned: boot, closed: boot }
    }
}

impl Desk {
    /// Takes away what has ended, lapses asks nobody answered, closes overlong stays, drops what is kept no
    /// longer. Called several times a second. Answers whether something new waits to be sent.
    ///
    /// # Errors
    /// When a store fails.
    pub fn tick(&self) -> Result<bool, DeskError> {
        let mut state = self.state()?;
        let now = self.now();
        let released = self.let_go(&mut state, now);
        state.show.end(now);
        let lapsed = self.lapse(&mut state, now);
        let lapsed = match lapsed.and_then(|lapsed| Ok(self.record_dismissed(&mut state)? || lapsed)) {
            // The next tick tries again, and tells what failed; what is released now is sent now.
            Err(_) if released => return Ok(true),
            lapsed => lapsed?,
        };
        let mut news = released || lapsed;
        self.forget_when_cut_off()?;
        if !self.time.read().is_sure() {
            return Ok(news);
        }
        let boot = self.time.boot().ms;
        if boot - state.done.closed >= CLOSE_EVERY_MS {
            state.done.closed = boot;
            news |= self.close_overlong(&mut state, now)?;
        }
        if boot - state.done.pruned >= PRUNE_EVERY_MS {
            state.done.pruned = boot;
            self.journal.prune(now.plus(-KEEP_MS), self.cache.copy()?.whole)?;
            if self.journal.prune_photos(now)? > 0 {
                state.photos.reload(&self.journal)?;
            }
        }
        Ok(news)
    }

    /// Closes stays that began here and are beyond the longest of their kind: assumed, never seen.
    fn close_overlong(&self, state: &mut State, now: UnixMs) -> Result<bool, DeskError> {
        let known = std::sync::Arc::clone(&state.known);
        let overlong = state.book.inside().filter(|(_, row)| {
            let policy = known.policy.of(&row.visitor_type);
            row.kiosk == Some(known.kiosk)
                && row.entered_at.is_some_and(|since| assumed_exit(Inside { since }, now, policy).is_some())
        });
        let mut over = Vec::new();
        for (visit, row) in overlong {
            if !self.began_unsure(visit)? {
                let act = Act::Exited { visit, pass: row.pass, credential: Credential::List, assumed: true };
                over.push((act, None));
            }
        }
        let any = !over.is_empty();
        if any {
            self.record(state, over)?;
        }
        Ok(any)
    }

    /// Whether a stay began while nobody here knew the time: nobody knows how long it is.
    fn began_unsure(&self, visit: VisitorId) -> Result<bool, DeskError> {
        let entries = self.journal.entries(visit)?;
        Ok(entries.iter().any(|kept| !kept.undone && kept.recorded.event.time == TimeMark::Unsure))
    }

    /// A kiosk that has not heard its server for 14 days may be in anybody's hands, whatever its wall clock says.
    fn forget_when_cut_off(&self) -> Result<(), DeskError> {
        let cut_off = self.time.silent_ms().is_some_and(|silent| silent >= FORGET_AFTER_MS);
        if cut_off && self.cache.copy()?.cursor.is_some() {
            tracing::warn!("14 days without contact: the keys of the days and all persons are forgotten");
            self.cache.forget_persons()?;
        }
        Ok(())
    }

    /// Signs a guard out who is no longer on the list, also where that cannot be recorded yet.
    pub(super) fn dismiss(&self, state: &mut State) -> Result<(), DeskError> {
        let Some(shift) = &state.shift else { return Ok(()) };
        let (guard, renewed) = (shift.guard, shift.renewed(&state.known));
        if renewed.is_none() {
            state.dismissed = Some(guard);
        }
        state.shift = renewed;
        self.record_dismissed(state).map(drop)
    }

    /// Records the end of a shift that ended before it could be recorded. Answers whether there was one.
    fn record_dismissed(&self, state: &mut State) -> Result<bool, DeskError> {
        let Some(guard) = state.dismissed else { return Ok(false) };
        self.record(state, vec![(Act::SignedOut { guard }, None)])?;
        state.dismissed = None;
        Ok(true)
    }

    /// Shows that the journal or the copy had to be begun anew. What became of the journal is an event
    /// already; of the copy nobody else needs to know.
    ///
    /// # Errors
    /// When a store fails.
    pub fn show_renewed(&self, journal: bool, cache: bool) -> Result<(), DeskError> {
        let mut state = self.state()?;
        let at = self.now();
        if cache {
            let id = gatehouse::id::EventId(uuid::Uuid::nil());
            state.show.alert(Alert { id, at, alarm: false, kind: AlertKind::CacheRenewed });
        }
        if journal {
            let raised = Act::alert(AlertCode::JournalDamaged);
            if let Some(kept) = self.journal.latest(raised.kind(), 1)?.first() {
                let id = kept.recorded.event.id;
                state.show.alert(Alert { id, at, alarm: false, kind: AlertKind::JournalRenewed });
            }
        }
        Ok(())
    }

    /// What this kiosk is, by the newest word of the community root.
    pub fn trusted(&self) -> Trusted {
        self.lock().trusted.clone()
    }

    /// Takes a newer word of the community root.
    ///
    /// # Errors
    /// When the copy fails.
    pub fn renew(&self, trusted: Trusted) -> Result<(), DeskError> {
        let mut state = self.state()?;
        state.known = std::sync::Arc::new(super::Known::load(&self.cache, &trusted)?);
        state.trusted = trusted;
        Ok(())
    }
}
