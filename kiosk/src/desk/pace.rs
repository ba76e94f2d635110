//! What stands on the screen until an instant, when the clock is corrected: it stands as long as it would have.

use gatehouse::time::{SECOND, UnixMs};

use super::show::Shown;
use crate::screen::Verdict;

impl Shown {
    /// Moves what is shown along with a clock that was stepped since this was asked last. What a clock is corrected by
    /// all the time is too little to be seen.
    pub(super) fn keep_pace(&mut self, now: UnixMs, boot: i64) {
        let ahead = now.0 - boot;
        let by = ahead - *self.ahead.get_or_insert(ahead);
        if by.abs() >= SECOND {
            self.ahead = Some(ahead);
            self.shift(by);
        }
    }

    fn shift(&mut self, by: i64) {
        let shift = |at: &mut UnixMs| *at = at.plus(by);
        if let Some(shown) = &mut self.verdict {
            shift(&mut shown.at);
            shown.clears_at.as_mut().map(shift);
            if let Verdict::Admit { undo_until, .. } | Verdict::Exit { undo_until, .. } = &mut shown.verdict {
                shift(undo_until);
            }
        }
        for strip in &mut self.strips {
            shift(&mut strip.at);
            strip.clears_at.as_mut().map(shift);
        }
        for entry in &mut self.passed {
            shift(&mut entry.at);
            entry.undo_until.as_mut().map(shift);
        }
        self.lapsed.iter_mut().for_each(|card| shift(&mut card.lapses_at));
        self.undo.values_mut().chain(self.rang.values_mut()).for_each(shift);
        self.waits.shift(by);
        self.spoken.values_mut().for_each(|spoken| spoken.shift(by));
    }
}
