//! Six digits for a unit, and a cab by the last four of its plate.

use gatehouse::{
    code::SixDigits,
    id::{PassId, UnitId},
    journal::{Act, AlertCode},
    time::{DAY, UnixMs},
    words::VisitorType,
};

use super::{Desk, DeskError, Judged, Outcome, State, append, judge::WRONG_CODE, passing::Plan};
use crate::{
    journal::Ledger,
    screen::{Alert, AlertKind, TouchError},
};

impl Desk {
    /// What six digits for a unit are worth now. Nothing is recorded.
    ///
    /// # Errors
    /// When a store fails.
    pub fn check_code(&self, unit: UnitId, digits: &SixDigits) -> Result<Judged, DeskError> {
        let state = self.state()?;
        self.judge(&state.known, &state.book, &*self.journal, self.time.read()).code(unit, digits)
    }

    /// What six digits for a unit are worth now. A right code records nothing; a wrong one is charged, so
    /// that looking is no way to guess; while codes rest none is looked at.
    ///
    /// # Errors
    /// As [`Desk::code`].
    pub fn verify_code(&self, unit: UnitId, digits: &SixDigits) -> Result<Judged, DeskError> {
        if let Some(until) = self.codes_rest_until()? {
            return Err(TouchError::Wait { until }.into());
        }
        let judged = self.check_code(unit, digits)?;
        if !judged.is_charged() {
            return Ok(judged);
        }
        match self.code(unit, digits)? {
            Outcome::In { judged, .. } | Outcome::Not { judged, .. } => Ok(*judged),
            _ => Ok(judged),
        }
    }

    /// Somebody has six digits for a unit. A wrong code is charged to the unit and to this kiosk; past the unit's limit
    /// each is, since none is looked at.
    ///
    /// # Errors
    /// [`TouchError::Wait`] while the keypad rests; else when a store fails, and then nothing was recorded.
    pub fn code(&self, unit: UnitId, digits: &SixDigits) -> Result<Outcome, DeskError> {
        self.code_said(&mut *self.state()?, unit, digits)
    }

    pub(super) fn code_said(
        &self,
        state: &mut State,
        unit: UnitId,
        digits: &SixDigits,
    ) -> Result<Outcome, DeskError> {
        let known = std::sync::Arc::clone(&state.known);
        let stamp = self.stamp_of(state);
        let reading = self.time.read();
        let book = &state.book;
        let (plan, event, written) = self.journal.write(|writing| {
            let judge = self.judge(&known, book, writing, reading);
            if let Some(until) = judge.tries(unit)?.rest_until {
                return Err(TouchError::Wait { until }.into());
            }
            let judged = judge.code(unit, digits)?;
            let mut acts = Vec::new();
            let charged = judged.is_charged();
            let plan = if charged {
                acts.push((Act::WrongCode { unit }, None));
                Plan::Not { judged: Box::new(judged) }
            } else {
                Self::plan(judged, None, book, stamp.at, writing, &mut acts)
            };
            let mut written = append(writing, &stamp, acts)?;
            let event = written.last().map(|recorded| recorded.event.id);
            // The alert is raised by the try that reaches the limit, not by each one after it.
            if charged && self.alerts_now(&known, book, writing, unit)? {
                let alert = Act::alert(AlertCode::CodeGuessing);
                written.extend(append(writing, &stamp, vec![(alert, None)])?);
            }
            Ok::<_, DeskError>((plan, event, written))
        })?;
        let last = self.enter(state, written).last().copied();
        if let Some(id) = last.filter(|last| Some(*last) != event) {
            state.show.alert(Alert { id, at: stamp.at, alarm: false, kind: AlertKind::WrongCodes });
        }
        Ok(plan.done(event))
    }

    fn alerts_now(
        &self,
        known: &super::Known,
        book: &super::Book,
        ledger: &impl Ledger,
        unit: UnitId,
    ) -> Result<bool, DeskError> {
        let reading = self.time.read();
        let tries = self.judge(known, book, ledger, reading).tries(unit)?;
        let raised = Act::alert(AlertCode::CodeGuessing).kind();
        let lately = ledger.tries_at_kiosk(raised, reading.at().plus(-ALERT_EVERY_MS))?;
        // One that lies ahead was raised before the clock was set back.
        Ok(tries.alert && lately.iter().all(|at| *at > reading.at()))
    }

    /// Until when codes are not taken at all, after too many wrong ones at this kiosk.
    ///
    /// # Errors
    /// When a store fails.
    pub fn codes_rest_until(&self) -> Result<Option<UnixMs>, DeskError> {
        let now = self.now();
        let wrong = self.journal.tries_at_kiosk(WRONG_CODE, now.plus(-DAY))?;
        let limits = gatehouse::code::TryLimits::STANDARD;
        Ok(gatehouse::code::tries(&[], &wrong, now, &limits).rest_until)
    }

    /// A cab is here whose plate ends in these four: the pass that expects it lets it in, and out again.
    ///
    /// # Errors
    /// [`TouchError::NoCabExpected`] when no pass that holds now expects it and it is not inside; else when a store
    /// fails.
    pub fn cab(&self, digits: &str) -> Result<Outcome, DeskError> {
        self.cab_said(&mut *self.state()?, digits)
    }

    pub(super) fn cab_said(&self, state: &mut State, digits: &str) -> Result<Outcome, DeskError> {
        let reading = self.time.read();
        let mut expected = self.cache.passes_of_plate(digits)?;
        expected.retain(|row| {
            // While nobody knows the time, whether it is theirs is asked of somebody.
            let in_time =
                !reading.is_sure() || (row.body.valid_from..row.body.valid_until).contains(&reading.at());
            let holds = row.body.revoked_at.is_none() && in_time;
            row.body.visitor_type == VisitorType::Taxi
                && (holds || !state.book.inside_on(PassId(row.id)).is_empty())
        });
        let known = std::sync::Arc::clone(&state.known);
        let stamp = self.stamp_of(state);
        let book = &state.book;
        let (plan, written) = self.journal.write(|writing| {
            // A plate is weaker than six digits, but binds pass, unit and hour as a day code does.
            let judged = self.judge(&known, book, writing, reading).cab(expected)?;
            let judged = judged.ok_or(TouchError::NoCabExpected)?;
            let mut acts = Vec::new();
            let plan = Self::plan(judged, None, book, stamp.at, writing, &mut acts);
            Ok::<_, DeskError>((plan, append(writing, &stamp, acts)?))
        })?;
        let event = self.enter(state, written).last().copied();
        Ok(plan.done(event))
    }
}

/// A kiosk's alert about guessed codes is raised once in so long.
const ALERT_EVERY_MS: i64 = 15 * gatehouse::time::MINUTE;
