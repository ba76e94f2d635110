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
    Alert, AlertKind, Cue, LastEntry, Need, NotAPass, ShownVerdict, Sound, Strip, StripKind, Verdict, Who,
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

/// What is on the screen.
#[derive(Default)]
pub struct Shown {
    pub(super) verdict: Option<ShownVerdict>,
    /// What the verdict is about, for the touch that follows.
    pub(super) about: Option<About>,
    pub(super) strips: Vec<Strip>,
    pub(super) alerts: Vec<Alert>,
    pub(super) cue: Option<Cue>,
    pub(super) last: Option<LastEntry>,
    /// Asks that can still be taken back, and until when.
    pub(super) undo: HashMap<VisitorId, UnixMs>,
    /// Asks that are open, and how long they wait.
    pub(super) waits: Waits,
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

    pub(super) fn strip(&mut self, at: UnixMs, life_ms: i64, kind: StripKind) {
        self.count += 1;
        self.strips.retain(|strip| std::mem::discriminant(&strip.kind) != std::mem::discriminant(&kind));
        self.strips.insert(0, Strip { id: self.count, at, clears_at: Some(at.plus(life_ms)), kind });
    }

    /// Shows an alert in place of one that says the same. An alarm is seen by itself each time.
    pub(super) fn alert(&mut self, alert: Alert) {
        self.alerts.retain(|old| old.alarm || alert.alarm || !is_same(&old.kind, &alert.kind));
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

    fn put(&mut self, at: UnixMs, life_ms: i64, verdict: Verdict, about: Option<About>) {
        self.count += 1;
        self.verdict = Some(ShownVerdict { id: self.count, at, clears_at: Some(at.plus(life_ms)), verdict });
        self.about = about;
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
        if let Some(last) = self.last.as_mut().filter(|last| last.event == event) {
            last.who.people = people;
        }
    }

    /// Takes away what has ended.
    pub(super) fn end(&mut self, at: UnixMs) {
        if self.verdict.as_ref().is_some_and(|shown| shown.clears_at.is_some_and(|end| end <= at)) {
            self.clear_verdict();
        }
        self.strips.retain(|strip| strip.clears_at.is_none_or(|end| end > at));
        if let Some(last) = &mut self.last {
            last.undo_until = last.undo_until.filter(|end| *end > at);
        }
        self.last = self.last.take().filter(|last| at.since(last.at) < LAST_ENTRY_MS);
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
                state.show.last = Some(last(*event, Direction::Exit, at, who.clone()));
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
        state.show.last = Some(last(event, Direction::Entry, at, who.clone()));
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
                let next = next_touch(&known, judged);
                let strip = StripKind::Refused { reason: reason.clone(), who: who.clone() };
                state.show.strip(at, RED_STRIP_MS, strip);
                state.show.put(at, REFUSE_MS, Verdict::Refuse { reason, who, next }, about);
                state.show.sound(Sound::Refuse);
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

    /// Whether the alarm rings.
    pub fn rings(&self) -> bool {
        self.lock().show.alerts.iter().any(|alert| alert.alarm)
    }

    /// The alarms that nobody has seen yet.
    pub fn alarms(&self) -> Vec<Alert> {
        self.lock().show.alerts.iter().filter(|alert| alert.alarm).cloned().collect()
    }

    /// Goes on with the alarms of the desk before.
    pub fn go_on_with(&self, alarms: Vec<Alert>) {
        self.lock().show.alerts.extend(alarms);
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

fn last(event: EventId, direction: Direction, at: UnixMs, who: Who) -> LastEntry {
    LastEntry { event, direction, at, who, undo_until: Some(at.plus(UNDO_MS)) }
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
