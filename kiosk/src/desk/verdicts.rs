//! Touches on what stands on the screen: a question answered, a verdict closed, an entry counted or undone.

use std::cmp::Reverse;

use gatehouse::{
    admission::{self, Gravity, Reason as Why, SteppedUp},
    hash::Hash,
    id::{EventId, VisitorId},
    journal::{Act, AlertCode, Details, Event},
    presence::MOST_PEOPLE,
    time::{SECOND, UnixMs},
    words::{Direction, StepUpBy},
};

use super::{
    Desk, DeskError, Outcome, State, append,
    judge::hold,
    passing::Plan,
    photos,
    show::{About, UNDO_MS},
};
use crate::{
    journal::{Kept, Ledger},
    screen::{Alert, AlertKind, EmergencyKind, TouchError},
};

/// What a guard gives for a step-up.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// A photo of who came, taken now: a small JPEG.
    Photo(&'a [u8]),
    /// Their vehicle's number plate.
    Plate(&'a str),
}

impl Desk {
    /// Somebody holds something before the camera, or a hand scanner typed it: decided, recorded, shown.
    ///
    /// # Errors
    /// When a store fails; then nothing was recorded and nobody may pass on it.
    pub fn scan(&self, text: &str) -> Result<Outcome, DeskError> {
        let known = self.known()?;
        let held = hold(text, &known);
        let mut state = self.state()?;
        let outcome = self.pass_held(&mut state, &held, None)?;
        if let Outcome::Not { judged, .. } = &outcome
            && judged.verdict.reason() == Some(Why::NotAPass)
        {
            self.show_not_a_pass(&mut state, text);
        }
        self.show(&mut state, &outcome)?;
        Ok(outcome)
    }

    /// Of several that are held up at once, the place of the one to decide first: whoever is refused, before others are
    /// let in.
    pub fn gravest(&self, texts: &[String]) -> usize {
        if texts.len() < 2 {
            return 0;
        }
        // Of one that cannot be judged nobody can say that it is harmless.
        let gravity =
            |text: &str| self.check(text).map_or(Gravity::Refuse, |judged| judged.verdict.gravity());
        let gravest = texts.iter().enumerate().min_by_key(|(_, text)| Reverse(gravity(text)));
        gravest.map_or(0, |(place, _)| place)
    }

    /// Six digits for a unit: decided, recorded, shown.
    ///
    /// # Errors
    /// As [`Desk::code`].
    pub fn submit_code(
        &self,
        unit: gatehouse::id::UnitId,
        digits: &gatehouse::code::SixDigits,
    ) -> Result<Outcome, DeskError> {
        let mut state = self.state()?;
        let outcome = self.code_said(&mut state, unit, digits)?;
        self.show(&mut state, &outcome)?;
        Ok(outcome)
    }

    /// A cab by its plate: decided, recorded, shown.
    ///
    /// # Errors
    /// As [`Desk::cab`].
    pub fn submit_cab(&self, digits: &str) -> Result<Outcome, DeskError> {
        let mut state = self.state()?;
        let outcome = self.cab_said(&mut state, digits)?;
        self.show(&mut state, &outcome)?;
        Ok(outcome)
    }

    /// Answers "in or out?".
    ///
    /// # Errors
    /// [`TouchError::Gone`] when the question no longer stands; else when a store fails.
    pub fn in_or_out(&self, verdict: u32, direction: &Direction) -> Result<Outcome, DeskError> {
        let mut state = self.state()?;
        if state.show.standing(verdict).is_none() {
            return Err(TouchError::Gone.into());
        }
        let Some(About::Unclear(before)) = &state.show.about else { return Err(TouchError::Gone.into()) };
        if *direction == Direction::Entry {
            state.known.may_enter()?;
        }
        let known = std::sync::Arc::clone(&state.known);
        let (stamp, reading, book) = (self.stamp_of(&state), self.time.read(), &state.book);
        let (plan, written) = self.journal.write(|writing| {
            let judge = self.judge(&known, book, writing, reading);
            let judged = judge.again(before, before.comer.clone(), None)?;
            let mut acts = Vec::new();
            let plan = Self::plan(judged, Some(direction), book, stamp.at, writing, &mut acts);
            Ok::<_, DeskError>((plan, append(writing, &stamp, acts)?))
        })?;
        let event = self.enter(&mut state, written).last().copied();
        let outcome = plan.done(event);
        self.show(&mut state, &outcome)?;
        Ok(outcome)
    }

    /// Gives what a step-up wants: the holder is judged anew with it, and the events say by what it was met.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when the step-up no longer stands, [`TouchError::Incomplete`] for a plate without
    /// letters, [`TouchError::SignInFirst`] with nobody on shift, [`TouchError::ExitOnly`] at a gate for leaving; else
    /// when a store fails.
    pub fn step_up(&self, verdict: u32, given: Given<'_>) -> Result<Outcome, DeskError> {
        let mut state = self.state()?;
        if state.show.standing(verdict).is_none() {
            return Err(TouchError::Gone.into());
        }
        let Some(About::Judged(before)) = &state.show.about else { return Err(TouchError::Gone.into()) };
        state.known.may_enter()?;
        let admission::Verdict::StepUp { reason, .. } = before.verdict else {
            return Err(TouchError::NotNow.into());
        };
        let before = before.clone();
        let mut comer = before.comer.clone();
        let (by, jpeg) = match given {
            Given::Photo(jpeg) => {
                comer.photo = Some(Hash::of(&[jpeg]));
                (StepUpBy::Photo, Some(jpeg))
            }
            Given::Plate(plate) => {
                let plate = Some(super::judge::plain_plate(plate)).filter(|plate| !plate.is_empty());
                comer.plate = Some(plate.ok_or(TouchError::Incomplete)?);
                (StepUpBy::Plate, None)
            }
        };
        let Some(shift) = &state.shift else { return Err(TouchError::SignInFirst.into()) };
        let stepped_up = SteppedUp { by: by.clone(), guard: Some(shift.guard) };
        let known = std::sync::Arc::clone(&state.known);
        let (stamp, reading, book) = (self.stamp_of(&state), self.time.read(), &state.book);
        // As with a scan: the uses are looked at in the transaction that adds one.
        let (plan, written) = self.journal.write(|writing| {
            let judged =
                self.judge(&known, book, writing, reading).again(&before, comer, Some(stepped_up))?;
            let mut entry = Vec::new();
            let plan = Self::plan(judged, Some(&Direction::Entry), book, stamp.at, writing, &mut entry);
            let mut written = Vec::new();
            if let Plan::In { visit, .. } = &plan {
                if let Some(jpeg) = jpeg {
                    written.extend(photos::keep(writing, &stamp, *visit, jpeg)?);
                }
                let met = Act::SteppedUp { visit: *visit, reason: reason.to_string(), by };
                written.extend(append(writing, &stamp, vec![(met, None)])?);
            }
            written.extend(append(writing, &stamp, entry)?);
            Ok::<_, DeskError>((plan, written))
        })?;
        let event = self.enter(&mut state, written).last().copied();
        if let (Plan::In { visit, .. }, Some(jpeg)) = (&plan, jpeg) {
            state.photos.belongs(*visit, Hash::of(&[jpeg]));
        }
        let outcome = plan.done(event);
        self.show(&mut state, &outcome)?;
        Ok(outcome)
    }

    /// Somebody is answering a question still: it does not go under their hands.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when it no longer stands; else when a store fails.
    pub fn still_here(&self, verdict: u32) -> Result<(), DeskError> {
        let now = self.now();
        let mut state = self.state()?;
        if state.show.standing(verdict).is_none() {
            return Err(TouchError::Gone.into());
        }
        state.show.keep_question(now);
        Ok(())
    }

    /// Closes a verdict.
    ///
    /// # Errors
    /// When a store fails.
    pub fn close_verdict(&self, verdict: u32) -> Result<(), DeskError> {
        let mut state = self.state()?;
        if state.show.standing(verdict).is_none() {
            return Err(TouchError::Gone.into());
        }
        state.show.clear_verdict();
        Ok(())
    }

    /// How many people went in with an entry.
    ///
    /// # Errors
    /// [`TouchError::Incomplete`] out of range, [`TouchError::Gone`] for no entry of this kiosk; else when
    /// the journal fails.
    pub fn people(&self, event: EventId, people: u16) -> Result<(), DeskError> {
        if !(1..=MOST_PEOPLE).contains(&people) {
            return Err(TouchError::Incomplete.into());
        }
        let mut state = self.state()?;
        let kept = self.journal.event(event)?.filter(|kept| !kept.undone);
        let Some(Act::Admitted { visit, .. }) = kept.map(|kept| kept.recorded.act) else {
            return Err(TouchError::Gone.into());
        };
        self.record(&mut state, vec![(Act::PeopleCounted { visit, people }, None)])?;
        let now = self.now();
        state.show.keep_verdict(now, event, people);
        Ok(())
    }

    /// Takes an entry or exit back within 60 seconds, and with an entry the exit that was assumed for it: events are
    /// added, none removed.
    ///
    /// # Errors
    /// [`TouchError::TooLate`] after them, [`TouchError::Gone`] for no such event; else when the journal
    /// fails.
    pub fn undo(&self, event: EventId) -> Result<(), DeskError> {
        let mut state = self.state()?;
        let Some(kept) = self.journal.event(event)?.filter(|kept| !kept.undone) else {
            return Err(TouchError::Gone.into());
        };
        let undoable =
            matches!(kept.recorded.act, Act::Admitted { .. } | Act::Exited { .. } | Act::ExitUnpaired { .. });
        if !undoable {
            return Err(TouchError::Gone.into());
        }
        if !in_time(&state, &kept.recorded.event, self.now()) {
            return Err(TouchError::TooLate.into());
        }
        let assumed = self.assumed_for(&kept)?;
        let undone = [event].into_iter().chain(assumed);
        self.record(&mut state, undone.map(|event| (Act::Undone { event }, None)).collect())?;
        state.show.undone(event);
        Ok(())
    }

    /// The end of a stay that nobody saw and that was assumed because of this entry.
    fn assumed_for(&self, entry: &Kept) -> Result<Option<EventId>, DeskError> {
        let Act::Admitted { pass: Some(entered), .. } = entry.recorded.act else { return Ok(None) };
        let Some(before) = self.journal.before(entry)?.filter(|before| !before.undone) else {
            return Ok(None);
        };
        let (exit, entry) = (&before.recorded.event, &entry.recorded.event);
        let together = (exit.incarnation, exit.seq + 1, exit.at) == (entry.incarnation, entry.seq, entry.at);
        let assumed = matches!(
            before.recorded.act,
            Act::Exited { pass: Some(left), assumed: true, .. } if left == entered
        );
        Ok((together && assumed).then_some(exit.id))
    }

    /// Somebody on the list of who is inside leaves: recorded, shown.
    ///
    /// # Errors
    /// As [`Desk::leave`].
    pub fn out(&self, visit: VisitorId) -> Result<Outcome, DeskError> {
        let mut state = self.state()?;
        let outcome = self.leaves(&mut state, visit)?;
        self.show(&mut state, &outcome)?;
        Ok(outcome)
    }

    /// Records an emergency that was raised at `raised`. One that is recorded later says when that was.
    ///
    /// # Errors
    /// When a store fails.
    pub fn emergency(&self, kind: EmergencyKind, raised: UnixMs) -> Result<(), DeskError> {
        let word = match kind {
            EmergencyKind::Fire => "FIRE",
            EmergencyKind::Medical => "MEDICAL",
            EmergencyKind::Threat => "THREAT",
            EmergencyKind::Other => "OTHER",
        };
        let at_once = self.now().since(raised) < SECOND;
        let note = if at_once { word.to_owned() } else { format!("{word} {raised}") };
        let details = Details { note: Some(note), ..Details::default() };
        let act = Act::alert(AlertCode::Emergency);
        self.record(&mut *self.state()?, vec![(act, Some(details))]).map(drop)
    }

    /// An alert was seen: it goes.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when it is not there.
    pub fn acknowledge(&self, alert: EventId) -> Result<(), DeskError> {
        let mut state = self.lock();
        let before = state.show.alerts.len();
        state.show.alerts.retain(|one| one.id != alert);
        if state.show.alerts.len() == before {
            return Err(TouchError::Gone.into());
        }
        Ok(())
    }

    /// Records and shows that trusted time was stepped.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn clock_stepped(&self, from: UnixMs, to: UnixMs) -> Result<(), DeskError> {
        let mut state = self.state()?;
        let events = self.record(&mut state, vec![(Act::ClockStepped { from, to }, None)])?;
        let by_seconds = i32::try_from(to.since(from) / 1000).unwrap_or(i32::MAX);
        let at = self.now();
        if let Some(id) = events.first().copied() {
            state.show.alert(Alert { id, at, alarm: false, kind: AlertKind::ClockStepped { by_seconds } });
        }
        Ok(())
    }
}

/// Whether an entry or exit can still be undone: what stands on the screen says so, which moves with a clock that is
/// stepped. Of an older one its own time is known; one that lies ahead was recorded before the clock was set back.
fn in_time(state: &State, event: &Event, now: UnixMs) -> bool {
    match state.show.passed.iter().find(|entry| entry.event == event.id) {
        Some(entry) => entry.undo_until.is_some_and(|until| until > now),
        None => now.since(event.at).abs() < UNDO_MS,
    }
}
