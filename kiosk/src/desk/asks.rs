//! Somebody came without a pass: the household is asked, answers or does not, and the guard acts on it.
//! Asks are events, so they survive a restart and a power cut; the tray is read out of them.
//!
//! What was asked over the API stands in the tray beside them at every kiosk of its gate, as the copy brings it. It is
//! nobody's own: any of them may see to it, and by its outcome it goes from the trays of all; of itself only the server
//! ends it.

use gatehouse::{
    admission::{Field, Reason as Why, Verdict},
    clock::Reading,
    feed::row::VisitRow,
    id::{UnitId, VisitorId},
    journal::{Act, AlertCode, AskClose, Details},
    presence::{MOST_PEOPLE, WAITS_MS, has_lapsed},
    time::{SECOND, UnixMs},
    words::{Answer, Credential, VisitorStatus},
};

use super::{
    Book, Comer, Desk, DeskError, Judged, Outcome, State, append,
    judge::{override_allowed, plain_plate},
    passing::admitted,
    photos,
    show::About,
};
use crate::screen::{AskCard, AskState, OverrideReason, Sound, TouchError, Walkin};

/// How long sending can be taken back.
pub(super) const UNDO_ASK_MS: i64 = 3 * SECOND;
const UNANSWERED_MS: i64 = 45 * SECOND;

impl Desk {
    /// Asks a household about somebody who came without a pass. Durable when it returns; nobody is asked for
    /// the three seconds in which it can be taken back.
    ///
    /// # Errors
    /// [`TouchError::Incomplete`] where policy asks for more, [`TouchError::UnitClosed`] for a unit that
    /// takes no visitors, [`TouchError::ExitOnly`] at a gate for leaving, [`TouchError::LockedDown`] while the community
    /// lets nobody in; else when a store fails.
    pub fn walk_in(&self, walkin: &Walkin) -> Result<VisitorId, DeskError> {
        let mut state = self.state()?;
        let mut comer = Comer::new(walkin.kind.clone());
        comer.company = said(walkin.company.as_ref());
        comer.name = said(walkin.name.as_ref());
        comer.phone = said(walkin.phone.as_ref());
        comer.plate = said(walkin.plate.as_ref()).map(|plate| plain_plate(&plate));
        comer.units.clone_from(&walkin.units);
        comer.people = walkin.people;
        comer.photo = walkin.photo;
        self.ask(&mut state, &comer)
    }

    /// Asks the household that a verdict names, with all that is known filled in: the pass that was shown is used by
    /// the entry that follows.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when the verdict no longer stands; else as [`Desk::walk_in`].
    pub fn ask_unit(&self, verdict: u32, unit: UnitId) -> Result<VisitorId, DeskError> {
        let mut state = self.state()?;
        if state.show.standing(verdict).is_none() {
            return Err(TouchError::Gone.into());
        }
        let Some(About::Judged(judged)) = &state.show.about else { return Err(TouchError::Gone.into()) };
        let mut comer = judged.comer.clone();
        comer.units.retain(|known| *known != unit);
        comer.units.insert(0, unit);
        let ask = self.ask_for(&mut state, &comer, false)?;
        state.show.clear_verdict();
        Ok(ask)
    }

    fn ask(&self, state: &mut State, comer: &Comer) -> Result<VisitorId, DeskError> {
        self.ask_for(state, comer, true)
    }

    fn ask_for(&self, state: &mut State, comer: &Comer, form: bool) -> Result<VisitorId, DeskError> {
        let known = std::sync::Arc::clone(&state.known);
        known.may_enter()?;
        if known.locked_down {
            return Err(TouchError::LockedDown.into());
        }
        if !comer.units.first().is_some_and(|unit| known.units.can_be_asked(*unit)) {
            return Err(TouchError::UnitClosed.into());
        }
        if !(1..=MOST_PEOPLE).contains(&comer.people) {
            return Err(TouchError::Incomplete.into());
        }
        let policy = known.policy.of(&comer.visitor_type);
        let missing: Vec<Field> =
            policy.missing(comer.name.is_some(), comer.phone.is_some(), comer.plate.is_some());
        if form && !missing.is_empty() {
            return Err(TouchError::Incomplete.into());
        }
        let photo = Self::named_photo(state, comer.photo.as_ref().filter(|_| form))?;
        let judged = self.judge(&known, &state.book, &*self.journal, self.time.read()).walk_in(comer);
        if let Verdict::Refuse { reason: Why::WatchListed | Why::UnitBarred, .. } = judged.verdict {
            return Err(TouchError::NotAllowed.into());
        }
        let stamp = self.stamp_of(state);
        let written = self.journal.write(|writing| {
            let visit = VisitorId::new(stamp.at, &mut &mut *writing.entropy());
            let from = writing.head().map_or(1, |head| head.seq + 1);
            let act = Act::Asked {
                visit,
                units: comer.units.clone(),
                visitor_type: comer.visitor_type.clone(),
                people: comer.people,
                subject: comer.subject.clone(),
                pass: comer.pass,
            };
            let details = comer.details(Some(judged.facts.to_bytes()));
            // Held before the commit lets the courier see it.
            self.journal.hold(from);
            let mut acts = vec![(act, Some(details))];
            if judged.facts.watch.is_some() {
                acts.push((Act::alert(AlertCode::WatchListed), None));
            }
            let mut written = append(writing, &stamp, acts)?;
            if let Some(photo) = &photo {
                written.extend(photos::keep(writing, &stamp, visit, photo)?);
            }
            Ok::<_, DeskError>((visit, written))
        });
        // What was not recorded is held for nobody.
        let (visit, written) = written.inspect_err(|_| self.release(state))?;
        self.enter(state, written);
        if let Some(photo) = comer.photo.filter(|_| form) {
            state.photos.belongs(visit, photo);
        }
        state.show.undo.insert(visit, stamp.at.plus(UNDO_ASK_MS));
        state.show.waits.asked(visit, stamp.at);
        Ok(visit)
    }

    /// Takes an ask back within its three seconds.
    ///
    /// # Errors
    /// [`TouchError::TooLate`] after them, [`TouchError::Gone`] when it is over; else when the journal fails.
    pub fn undo_walk_in(&self, ask: VisitorId) -> Result<(), DeskError> {
        let mut state = self.state()?;
        self.open_ask(&state, ask)?;
        if state.show.undo.get(&ask).is_none_or(|until| *until <= self.now()) {
            return Err(TouchError::TooLate.into());
        }
        self.close(&mut state, ask, AskClose::Undone)?;
        self.forget_photos(&mut state, ask)
    }

    /// The visitor went away, or was sent away: the card goes. So does one that lapsed.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when it is over; else when the journal fails.
    pub fn left(&self, ask: VisitorId) -> Result<(), DeskError> {
        let mut state = self.state()?;
        if self.open_ask(&state, ask).is_err() && state.show.forget_lapsed(ask) {
            return Ok(());
        }
        let denied = self.open_ask(&state, ask)?.status == VisitorStatus::Denied;
        let outcome = if denied { AskClose::Denied } else { AskClose::Left };
        self.close(&mut state, ask, outcome)
    }

    /// The guard rings the flat. Dialling is the guard's; that it rang stands on the card.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when the ask is over; else when a store fails.
    pub fn ring(&self, ask: VisitorId) -> Result<(), DeskError> {
        let mut state = self.state()?;
        self.open_ask(&state, ask)?;
        self.record(&mut state, vec![(Act::Rang { visit: ask }, None)])?;
        let now = self.now();
        state.show.rang.insert(ask, now);
        Ok(())
    }

    /// Lets in whom the household approved.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when the ask is over, [`TouchError::NotNow`] when it was not approved,
    /// [`TouchError::ExitOnly`] at a gate for leaving; else when a store fails.
    pub fn let_in(&self, ask: VisitorId) -> Result<Outcome, DeskError> {
        let mut state = self.state()?;
        let row = self.open_ask(&state, ask)?.clone();
        let Some(answer @ Answer::Approve) = &row.answer else { return Err(TouchError::NotNow.into()) };
        let comer = Comer { photo: state.photos.of(ask), ..Comer::of_visit(&row) };
        let spoken = state.book.is_spoken(ask);
        let credential = if spoken { Credential::Spoken } else { Credential::Answer };
        let judged = self
            .judge(&state.known, &state.book, &*self.journal, self.time.read())
            .answered(&comer, answer, credential);
        self.admit_ask(&mut state, ask, judged, None)
    }

    /// Lets somebody in on the guard's own word.
    ///
    /// # Errors
    /// [`TouchError::SignInFirst`] with nobody on shift, [`TouchError::NotAllowed`] where policy or the household
    /// says no, [`TouchError::Gone`] when the ask is over, [`TouchError::ExitOnly`] at a gate for leaving; else when a
    /// store fails.
    pub fn override_ask(&self, ask: VisitorId, reason: OverrideReason) -> Result<Outcome, DeskError> {
        let mut state = self.state()?;
        let row = self.open_ask(&state, ask)?.clone();
        let Some(shift) = &state.shift else { return Err(TouchError::SignInFirst.into()) };
        if row.answer == Some(Answer::Deny) {
            return Err(TouchError::NotAllowed.into());
        }
        let guard = Some(shift.guard);
        let judged = self
            .judge(&state.known, &state.book, &*self.journal, self.time.read())
            .overridden(&Comer { photo: state.photos.of(ask), ..Comer::of_visit(&row) }, guard);
        self.admit_ask(&mut state, ask, judged, Some(word(reason)))
    }

    fn admit_ask(
        &self,
        state: &mut State,
        ask: VisitorId,
        judged: Judged,
        note: Option<&str>,
    ) -> Result<Outcome, DeskError> {
        state.known.may_enter()?;
        let credential = match &judged.verdict {
            Verdict::Admit { credential, .. } => credential,
            verdict if verdict.reason() == Some(Why::LockedDown) => {
                return Err(TouchError::LockedDown.into());
            }
            _ => return Err(TouchError::NotAllowed.into()),
        };
        let act = admitted(ask, &judged.comer, judged.comer.pass, credential.clone(), None);
        let details =
            Details { note: note.map(str::to_owned), ..judged.comer.details(Some(judged.facts.to_bytes())) };
        let events = self.record(state, vec![(act, Some(details))])?;
        let Some(event) = events.first().copied() else { return Err(TouchError::NotRecorded.into()) };
        let at = self.now();
        let who = judged.comer.shown(&state.known.units);
        Self::show_in(state, at, event, who);
        self.over(state, ask);
        Ok(Outcome::In { event, visit: ask, judged: Box::new(judged) })
    }

    fn close(&self, state: &mut State, ask: VisitorId, outcome: AskClose) -> Result<(), DeskError> {
        self.record(state, vec![(Act::AskClosed { visit: ask, outcome }, None)])?;
        self.over(state, ask);
        Ok(())
    }

    fn over(&self, state: &mut State, ask: VisitorId) {
        state.show.undo.remove(&ask);
        state.show.waits.ended(ask);
        state.show.spoken.remove(&ask);
        state.show.rang.remove(&ask);
        self.release(state);
    }

    /// Lets the courier have everything, unless an ask can still be taken back.
    fn release(&self, state: &State) {
        if state.show.undo.is_empty() {
            self.journal.release();
        }
    }

    pub(super) fn open_ask<'a>(&self, state: &'a State, ask: VisitorId) -> Result<&'a VisitRow, DeskError> {
        let found = open(state, &self.time.read()).find(|(id, _)| *id == ask);
        Ok(found.map(|(_, row)| row).ok_or(TouchError::Gone)?)
    }

    /// Lets go of asks that can no longer be taken back. Answers whether the courier has something new.
    pub(super) fn let_go(&self, state: &mut State, now: UnixMs) -> bool {
        let held = !state.show.undo.is_empty();
        state.show.undo.retain(|_, until| *until > now);
        self.release(state);
        held && state.show.undo.is_empty()
    }

    /// Lapses asks that nobody answered, and those approved whom nobody let in: their cards say so until they are
    /// touched. Answers whether something was recorded, as it is of this kiosk's own.
    pub(super) fn lapse(&self, state: &mut State, now: UnixMs) -> Result<bool, DeskError> {
        let sure = self.time.read().is_sure();
        let asks = state.book.asks(state.known.kiosk, state.known.gate);
        let over = state.show.waits.lapsed(asks, &state.show.spoken, now, sure);
        let mut recorded = false;
        for ask in over {
            let Some(row) = state.book.get(ask) else { continue };
            let (own, card) = (row.awaited.is_none(), card(state, ask, row, now));
            if own {
                self.close(state, ask, AskClose::Lapsed)?;
                recorded = true;
            }
            state.show.lapsed.extend(card.map(|card| AskCard { lapses_at: now, ..card }));
        }
        Ok(recorded)
    }

    /// Sounds the chime for answers that came since `before`.
    pub(super) fn answered(&self, state: &mut State, before: &Book) {
        let news = open(state, &self.time.read()).any(|(ask, row)| {
            row.answer.is_some() && before.get(ask).is_some_and(|old| old.answer.is_none())
        });
        if news {
            state.show.sound(Sound::Chime);
        }
    }

    /// The asks that are open at this kiosk, oldest first.
    ///
    /// # Errors
    /// When a store fails.
    pub fn asks(&self) -> Result<Vec<AskCard>, DeskError> {
        let state = self.state()?;
        Ok(Self::tray(&state, &self.time.read()))
    }

    /// The tray, oldest first, and what lapsed behind it.
    pub(super) fn tray(state: &State, reading: &Reading) -> Vec<AskCard> {
        let now = reading.at();
        let mut cards: Vec<AskCard> =
            open(state, reading).filter_map(|(ask, row)| card(state, ask, row, now)).collect();
        cards.sort_by_key(|card| (card.asked_at, card.id));
        // The household's answer can open one again that was asked about over the API.
        let open: Vec<VisitorId> = cards.iter().map(|card| card.id).collect();
        cards.extend(state.show.lapsed.iter().filter(|card| !open.contains(&card.id)).map(lapsed));
        cards
    }
}

/// Asks that are not over. Those asked over the API lapse by themselves, though not in the middle of a spoken approval:
/// their end is told by the server alone, whom a kiosk may not hear for long. None does while the time is not sure: one
/// that the household approved would be lost.
fn open<'a>(
    state: &'a State,
    reading: &Reading,
) -> impl Iterator<Item = (VisitorId, &'a VisitRow)> + use<'a> {
    let (now, sure) = (reading.at(), reading.is_sure());
    let asks = state.book.asks(state.known.kiosk, state.known.gate);
    asks.filter(move |(ask, row)| {
        row.awaited.is_none() || !(sure && has_lapsed(row, now)) || state.show.spoken.contains_key(ask)
    })
}

fn card(state: &State, ask: VisitorId, row: &VisitRow, now: UnixMs) -> Option<AskCard> {
    let asked_at = row.asked_at?;
    let comer = Comer { photo: state.photos.of(ask), ..Comer::of_visit(row) };
    let unanswered_at = asked_at.plus(UNANSWERED_MS);
    let answered_at = row.answered_at.unwrap_or(now);
    let lapses_at = asked_at.plus(WAITS_MS);
    let spoken = state.show.spoken.get(&ask);
    let answer = match &row.answer {
        Some(Answer::Approve) => AskState::Approved { at: answered_at },
        Some(Answer::Deny) => AskState::Denied { at: answered_at },
        _ if now >= unanswered_at => AskState::Unanswered { since: unanswered_at },
        _ => AskState::Waiting { until: unanswered_at },
    };
    Some(AskCard {
        id: ask,
        who: comer.shown(&state.known.units),
        asked_at,
        lapses_at: spoken.map_or(lapses_at, |spoken| lapses_at.max(spoken.until())),
        undo_until: state.show.undo.get(&ask).copied(),
        sent: state.book.is_in_copy(ask),
        state: answer,
        spoken: spoken.map(|spoken| spoken.shown(state.known.kiosk_number)),
        rang_at: state.show.rang.get(&ask).copied(),
        override_allowed: row.answer != Some(Answer::Deny) && override_allowed(&state.known.policy, &comer),
    })
}

/// A card as it stands once its ask has lapsed.
fn lapsed(card: &AskCard) -> AskCard {
    let state = AskState::Lapsed { at: card.lapses_at };
    AskCard { state, undo_until: None, spoken: None, override_allowed: false, ..card.clone() }
}

fn said(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// An override's reason, as it stands in the event's details.
fn word(reason: OverrideReason) -> &'static str {
    match reason {
        OverrideReason::HouseholdByPhone => "HOUSEHOLD_BY_PHONE",
        OverrideReason::KnownToGuard => "KNOWN_TO_GUARD",
        OverrideReason::Accompanied => "ACCOMPANIED",
        OverrideReason::EmergencyService => "EMERGENCY_SERVICE",
        OverrideReason::ByOffice => "BY_OFFICE",
    }
}
