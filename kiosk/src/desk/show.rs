//! What is on the screen: the verdict, strips, alerts, the newest entry, the sound. It is the desk's, since
//! touches name what stands there, and goes with the process: nothing here is worth a restart.

use std::collections::HashMap;

use gatehouse::{
    admission::{self, Reason as Why, Verdict as Decided},
    id::{EventId, VisitorId},
    time::{MINUTE, SECOND, UnixMs},
    words::Direction,
};

use super::{
    Desk, DeskError, Judged, Outcome, State,
    reasons::{next_touch, unit_to_ask},
    spoken::Spoken,
    waits::Waits,
};
use crate::screen::{
    Alert, AlertKind, AskCard, Cue, LastEntry, Need, NextTouch, NotAPass, Reason, ShownVerdict, Sound, Strip,
    StripKind, Verdict, Who,
};

/// How long an entry or exit can be undone.
pub(super) const UNDO_MS: i64 = 60 * SECOND;
const ADMIT_MS: i64 = 2_500;
const PEOPLE_MS: i64 = 5 * SECOND;
const REFUSE_MS: i64 = 10 * SECOND;
const QUESTION_MS: i64 = 45 * SECOND;
const RED_STRIP_MS: i64 = 60 * SECOND;
const NOT_A_PASS_MS: i64 = 10 * SECOND;
const LAST_ENTRY_MS: i64 = 10 * MINUTE;
const LAPSED_MS: i64 = 10 * MINUTE;

/// What is on the screen.
#[derive(Default)]
pub struct Shown {
    pub(super) verdict: Option<ShownVerdict>,
    /// What the verdict is about, for the touch that follows.
    pub(super) about: Option<About>,
    pub(super) strips: Vec<Strip>,
    pub(super) alerts: Vec<Alert>,
    pub(super) cue: Option<Cue>,
    /// Entries and exits that were not undone, newest first, while they are worth showing.
    pub(super) passed: Vec<LastEntry>,
    /// Asks that can still be taken back, and until when.
    pub(super) undo: HashMap<VisitorId, UnixMs>,
    /// Asks that are open, and how long they wait.
    pub(super) waits: Waits,
    /// Asks that lapsed, as they stood then, until somebody has seen it.
    pub(super) lapsed: Vec<AskCard>,
    /// Spoken approvals under way.
    pub(super) spoken: HashMap<VisitorId, Spoken>,
    /// When a flat was last rung.
    pub(super) rang: HashMap<VisitorId, UnixMs>,
    /// By how much the time was ahead of the boot clock when it was looked at last.
    pub(super) ahead: Option<i64>,
    count: u32,
}

/// What a verdict is about.
pub(super) enum About {
    /// Somebody of whom the guard says which way they go.
    Unclear(Box<Judged>),
    /// Somebody who was judged, by whatever was shown.
    Judged(Box<Judged>),
}

impl Shown {
    pub(super) fn sound(&mut self, sound: Sound) {
        self.count += 1;
        self.cue = Some(Cue { id: self.count, sound });
    }

    /// Puts a line across the screen, in place of one that says the same.
    pub(super) fn strip(&mut self, at: UnixMs, life_ms: i64, kind: StripKind) {
        self.count += 1;
        self.strips.retain(|strip| !is_same_line(&strip.kind, &kind));
        self.strips.insert(0, Strip { id: self.count, at, clears_at: Some(at.plus(life_ms)), kind });
    }

    /// Shows an alert in place of one that says the same.
    pub(super) fn alert(&mut self, alert: Alert) {
        self.alerts.retain(|old| !is_same(&old.kind, &alert.kind));
        self.alerts.insert(0, alert);
    }

    /// The verdict of that number, if it still stands.
    pub(super) fn standing(&self, verdict: u32) -> Option<&ShownVerdict> {
        self.verdict.as_ref().filter(|shown| shown.id == verdict)
    }

    pub(super) fn clear_verdict(&mut self) {
        self.verdict = None;
        self.about = None;
    }

    /// Somebody has seen that an ask lapsed. Answers whether it had.
    pub(super) fn forget_lapsed(&mut self, ask: VisitorId) -> bool {
        let before = self.lapsed.len();
        self.lapsed.retain(|card| card.id != ask);
        self.lapsed.len() < before
    }

    fn put(&mut self, at: UnixMs, life_ms: i64, verdict: Verdict, about: Option<About>) {
        self.count += 1;
        self.verdict = Some(ShownVerdict { id: self.count, at, clears_at: Some(at.plus(life_ms)), verdict });
        self.about = about;
    }

    fn passed(&mut self, event: EventId, direction: Direction, at: UnixMs, who: Who) {
        let undo_until = Some(at.plus(UNDO_MS));
        self.passed.insert(0, LastEntry { event, direction, at, who, undo_until });
    }

    /// An entry or exit was undone. Its verdict goes with it, and nobody else's.
    pub(super) fn undone(&mut self, event: EventId) {
        self.passed.retain(|entry| entry.event != event);
        let shown = self.verdict.as_ref().map(|shown| &shown.verdict);
        if let Some(Verdict::Admit { event: shown, .. } | Verdict::Exit { event: shown, .. }) = shown
            && *shown == event
        {
            self.clear_verdict();
        }
    }

    fn refuse(
        &mut self,
        at: UnixMs,
        reason: Reason,
        who: Option<Who>,
        next: NextTouch,
        about: Option<About>,
    ) {
        let strip = StripKind::Refused { reason: reason.clone(), who: who.clone() };
        self.strip(at, REFUSE_MS + RED_STRIP_MS, strip);
        self.put(at, REFUSE_MS, Verdict::Refuse { reason, who, next }, about);
        self.sound(Sound::Refuse);
    }

    /// Lets the verdict of an entry stand longer: its count is being touched.
    pub(super) fn keep_verdict(&mut self, at: UnixMs, event: EventId, people: u16) {
        if let Some(shown) = &mut self.verdict
            && let Verdict::Admit { event: shown_event, who, .. } = &mut shown.verdict
            && *shown_event == event
        {
            who.people = people;
            shown.clears_at = Some(at.plus(PEOPLE_MS));
        }
        if let Some(entry) = self.passed.iter_mut().find(|entry| entry.event == event) {
            entry.who.people = people;
        }
    }

    /// Lets a question stand as long again. Other verdicts go when they go.
    pub(super) fn keep_question(&mut self, at: UnixMs) {
        if let Some(shown) = &mut self.verdict
            && matches!(
                shown.verdict,
                Verdict::InOrOut { .. } | Verdict::AskResident { .. } | Verdict::StepUp { .. }
            )
        {
            shown.clears_at = Some(at.plus(QUESTION_MS));
        }
    }

    /// Takes away what has ended.
    pub(super) fn end(&mut self, at: UnixMs) {
        if self.verdict.as_ref().is_some_and(|shown| shown.clears_at.is_some_and(|end| end <= at)) {
            self.clear_verdict();
        }
        self.strips.retain(|strip| strip.clears_at.is_none_or(|end| end > at));
        for entry in &mut self.passed {
            entry.undo_until = entry.undo_until.filter(|end| *end > at);
        }
        self.passed.retain(|entry| at.since(entry.at) < LAST_ENTRY_MS);
        self.lapsed.retain(|card| at.since(card.lapses_at) < LAPSED_MS);
        self.spoken.retain(|_, spoken| spoken.until() > at);
    }
}

impl Desk {
    /// Puts on the screen what came of somebody.
    pub(super) fn show(&self, state: &mut State, outcome: &Outcome) -> Result<(), DeskError> {
        let at = self.now();
        let known = std::sync::Arc::clone(&state.known);
        match outcome {
            Outcome::In { event, judged, .. } => {
                state.photos.shown(&judged.comer);
                let who = judged.comer.shown(&known.units);
                Self::show_in(state, at, *event, who);
            }
            Outcome::Out { event, comer, entered } => {
                let who = comer.shown(&known.units);
                let undo_until = at.plus(UNDO_MS);
                state.show.passed(*event, Direction::Exit, at, who.clone());
                let verdict = Verdict::Exit { event: *event, who, entered: *entered, undo_until };
                state.show.put(at, ADMIT_MS, verdict, None);
                state.show.sound(Sound::Exit);
            }
            Outcome::AlreadyIn { comer, entered } => {
                let verdict = Verdict::AlreadyIn { who: comer.shown(&known.units), entered: *entered };
                state.show.put(at, REFUSE_MS, verdict, None);
            }
            Outcome::Unclear { visit, comer, entered, judged } => {
                let who = comer.shown(&known.units);
                let verdict = Verdict::InOrOut { who, entered: *entered, visit: *visit };
                state.show.put(at, QUESTION_MS, verdict, Some(About::Unclear(judged.clone())));
                state.show.sound(Sound::Question);
            }
            Outcome::Not { judged, .. } => {
                if judged.verdict.reason() != Some(Why::NotAPass) {
                    self.show_not(state, at, judged)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn show_in(state: &mut State, at: UnixMs, event: EventId, who: Who) {
        state.show.passed(event, Direction::Entry, at, who.clone());
        let verdict = Verdict::Admit { event, who, undo_until: at.plus(UNDO_MS) };
        state.show.put(at, ADMIT_MS, verdict, None);
        state.show.sound(Sound::Admit);
    }

    fn show_not(&self, state: &mut State, at: UnixMs, judged: &Judged) -> Result<(), DeskError> {
        let known = std::sync::Arc::clone(&state.known);
        state.photos.shown(&judged.comer);
        let reason = self.reason(&known, judged)?;
        let has_who = judged.comer.pass.is_some() || !judged.comer.units.is_empty();
        let who = has_who.then(|| judged.comer.shown(&known.units));
        let about = Some(About::Judged(Box::new(judged.clone())));
        // A gate for leaving asks nobody.
        if known.may_enter().is_err() {
            state.show.refuse(at, reason, who, next_touch(&known, judged), about);
            return Ok(());
        }
        let is_flaw = matches!(judged.facts.shown, admission::Shown::Flaw { .. });
        match &judged.verdict {
            Decided::StepUp { .. } if !is_flaw => {
                let unit = unit_to_ask(&known, judged);
                let spoken = unit.is_some().then_some(Need::Spoken);
                // A code that is no pass's has nobody for whom photo or plate could vouch.
                let vouched = judged.facts.pass().is_some();
                let by_sight = vouched.then_some([Need::Photo, Need::Plate]).into_iter().flatten();
                let needs = by_sight.chain(spoken).collect();
                state.show.put(at, QUESTION_MS, Verdict::StepUp { reason, who, needs, unit }, about);
                state.show.sound(Sound::Question);
            }
            // Of a text that nobody verified a household has to say that it expects who came.
            Decided::AskResident { .. } | Decided::StepUp { .. } => {
                let verdict = Verdict::AskResident { reason, who, next: next_touch(&known, judged) };
                state.show.put(at, QUESTION_MS, verdict, about);
                state.show.sound(Sound::Question);
            }
            Decided::Refuse { .. } | Decided::Admit { .. } => {
                state.show.refuse(at, reason, who, next_touch(&known, judged), about);
            }
        }
        Ok(())
    }

    /// What was held before the camera could not be judged or recorded: nobody may pass on it.
    pub fn show_not_recorded(&self) {
        let at = self.now();
        let mut state = self.lock();
        state.show.keep_pace(at, self.time.boot().ms);
        state.show.clear_verdict();
        state.show.strip(at, RED_STRIP_MS, StripKind::NotRecorded);
        state.show.sound(Sound::Refuse);
    }

    /// Whether a verdict stands.
    pub fn shows_verdict(&self) -> bool {
        self.lock().show.verdict.is_some()
    }

    /// What was held before the camera is no pass: a strip, no siren, no event.
    pub(super) fn show_not_a_pass(&self, state: &mut State, text: &str) {
        let at = self.now();
        state.show.strip(at, NOT_A_PASS_MS, StripKind::NotAPass { what: not_a_pass(text) });
    }
}

/// Whether two alerts call for the same: of somebody who is inside, for the same person.
fn is_same(one: &AlertKind, other: &AlertKind) -> bool {
    match (one, other) {
        (AlertKind::RevokedInside { who }, AlertKind::RevokedInside { who: other })
        | (AlertKind::DoubleUse { who }, AlertKind::DoubleUse { who: other }) => who == other,
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

/// Whether two strips say the same: of somebody who was refused, of the same person.
fn is_same_line(one: &StripKind, other: &StripKind) -> bool {
    match (one, other) {
        (StripKind::Refused { who: Some(who), .. }, StripKind::Refused { who: Some(other), .. }) => {
            who == other
        }
        (StripKind::Refused { .. }, StripKind::Refused { .. }) => one == other,
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

/// What a text that is no pass is.
pub(super) fn not_a_pass(text: &str) -> NotAPass {
    if crate::enrol::Invited::scanned(text).is_ok() {
        return NotAPass::Invitation;
    }
    let text = text.trim().to_ascii_lowercase();
    let begins = |schemes: &[&str]| schemes.iter().any(|scheme| text.starts_with(scheme));
    if begins(&["upi:", "paytm", "phonepe:", "gpay:", "bharatqr", "000201", "bitcoin:", "lightning:"]) {
        NotAPass::Payment
    } else if begins(&["http:", "https:", "www."]) {
        NotAPass::Link
    } else {
        NotAPass::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pass_is_told_apart() {
        assert_eq!(not_a_pass("upi://pay?pa=shop@bank"), NotAPass::Payment);
        assert_eq!(not_a_pass("00020101021126"), NotAPass::Payment);
        assert_eq!(not_a_pass("HTTPS://example.org"), NotAPass::Link);
        assert_eq!(not_a_pass("WIFI:S:home;;"), NotAPass::Other);
    }
}
