//! Spoken approval: the gate reads out its number and four digits, the household answers six, no network on
//! either side. Challenges are journaled before they are shown; limits are counted from the journal.

use gatehouse::{
    code::SixDigits,
    id::VisitorId,
    journal::Act,
    spoken::{
        CHALLENGE_LIFE_MS, Challenge, SpokenAnswer, SpokenBar, TRIES_PER_CHALLENGE, may_challenge, may_try,
    },
    time::{DAY, HOUR, UnixMs},
    words::Answer,
};

use super::{Desk, DeskError, Known, append};
use crate::{
    journal::Ledger,
    screen::{Sound, SpokenChallenge, TouchError},
};

const CHALLENGE_SHOWN: u16 = 9;
const SPOKEN_WRONG: u16 = 11;

/// A spoken approval under way.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    challenge: Challenge,
    shown_at: UnixMs,
    wrong: usize,
}

impl Spoken {
    /// When the challenge dies.
    pub fn until(&self) -> UnixMs {
        self.shown_at.plus(CHALLENGE_LIFE_MS)
    }

    /// Moves it along with a clock that was stepped.
    pub(super) fn shift(&mut self, by: i64) {
        self.shown_at = self.shown_at.plus(by);
    }

    /// How many tries are left.
    fn tries_left(&self) -> u8 {
        u8::try_from(TRIES_PER_CHALLENGE.saturating_sub(self.wrong)).unwrap_or(0)
    }

    /// As the window shows it.
    pub(super) fn shown(&self, kiosk: u32) -> SpokenChallenge {
        SpokenChallenge {
            kiosk_number: kiosk.to_string(),
            challenge: self.challenge.to_string(),
            until: self.until(),
            tries_left: self.tries_left(),
        }
    }
}

impl Desk {
    /// Begins a spoken approval for an ask: the card then carries the challenge.
    ///
    /// # Errors
    /// [`TouchError::SpokenUnavailable`] where a limit or a missing key of the day forbids it,
    /// [`TouchError::Gone`] when the ask is over; else when a store fails.
    pub fn spoken_start(&self, ask: VisitorId) -> Result<SpokenChallenge, DeskError> {
        let mut state = self.state()?;
        let unit = *self.open_ask(&state, ask)?.units.first().ok_or(TouchError::Gone)?;
        let known = std::sync::Arc::clone(&state.known);
        let (stamp, now) = (self.stamp_of(&state), self.now());
        if secrets(&known, unit, now).is_empty() {
            return Err(TouchError::SpokenUnavailable.into());
        }
        let (challenge, written) = self.journal.write(|writing| {
            let hour: Vec<UnixMs> = writing.tries(CHALLENGE_SHOWN, unit.0, now.plus(-HOUR))?;
            let wrong = writing.tries_at_kiosk(SPOKEN_WRONG, now.plus(-HOUR))?;
            may_challenge(&hour, &wrong, now).map_err(|_| TouchError::SpokenUnavailable)?;
            let today: Vec<Challenge> = writing
                .challenges(unit.0, now.plus(-DAY))?
                .into_iter()
                .filter_map(|(number, _)| Challenge::new(number).ok())
                .collect();
            let challenge =
                Challenge::draw(&today, &mut &mut *writing.entropy()).ok_or(TouchError::SpokenUnavailable)?;
            let act = Act::ChallengeShown { unit, challenge: challenge.number(), visit: Some(ask) };
            let written = append(writing, &stamp, vec![(act, None)])?;
            Ok::<_, DeskError>((challenge, written))
        })?;
        self.enter(&mut state, written);
        let spoken = Spoken { challenge, shown_at: now, wrong: 0 };
        state.show.spoken.insert(ask, spoken);
        Ok(spoken.shown(known.kiosk_number))
    }

    /// Takes the six digits the household answered. Whatever they mean beyond approval or denial is sealed
    /// to the server and shows nowhere at the gate.
    ///
    /// # Errors
    /// [`TouchError::WrongAnswer`] when they are no answer to the challenge, [`TouchError::Gone`] when the
    /// challenge is over, [`TouchError::SpokenUnavailable`] when its tries are; else when a store fails.
    pub fn spoken_answer(&self, ask: VisitorId, digits: &SixDigits) -> Result<Answer, DeskError> {
        let mut state = self.state()?;
        let unit = *self.open_ask(&state, ask)?.units.first().ok_or(TouchError::Gone)?;
        let spoken = *state.show.spoken.get(&ask).ok_or(TouchError::Gone)?;
        let known = std::sync::Arc::clone(&state.known);
        let (stamp, now) = (self.stamp_of(&state), self.now());
        let secrets = secrets(&known, unit, spoken.shown_at);
        let (answer, written) = self.journal.write(|writing| {
            let wrong = writing.tries_at_kiosk(SPOKEN_WRONG, now.plus(-HOUR))?;
            may_try(spoken.shown_at, spoken.wrong, &wrong, now).map_err(|bar| match bar {
                SpokenBar::Over => TouchError::Gone,
                SpokenBar::TriesSpent | SpokenBar::UnitSpent { .. } | SpokenBar::KioskSpent { .. } => {
                    TouchError::SpokenUnavailable
                }
            })?;
            let read =
                secrets.iter().find_map(|secret| secret.read(known.kiosk_number, spoken.challenge, digits));
            let challenge = spoken.challenge.number();
            let act = match read {
                None => Act::SpokenWrong { unit, challenge },
                Some(answer) => Act::SpokenAnswered {
                    unit,
                    challenge,
                    visit: Some(ask),
                    approved: answer.seen() == Answer::Approve,
                    // Only a server key of small order cannot be sealed to: then no answer can be taken.
                    sealed: answer
                        .seal(
                            &known.seal_key,
                            known.kiosk,
                            unit,
                            spoken.challenge,
                            &mut &mut *writing.entropy(),
                        )
                        .map_err(|_| TouchError::SpokenUnavailable)?,
                },
            };
            let written = append(writing, &stamp, vec![(act, None)])?;
            Ok::<_, DeskError>((read.map(SpokenAnswer::seen), written))
        })?;
        self.enter(&mut state, written);
        if let Some(answer) = answer {
            state.show.spoken.remove(&ask);
            state.show.sound(Sound::Chime);
            return Ok(answer);
        }
        let spoken = Spoken { wrong: spoken.wrong + 1, ..spoken };
        let tries_left = spoken.tries_left();
        if tries_left == 0 {
            state.show.spoken.remove(&ask);
        } else {
            state.show.spoken.insert(ask, spoken);
        }
        Err(TouchError::WrongAnswer { tries_left }.into())
    }
}

/// What a unit's answers are made from on the local day of `at`, under every epoch's key that is here.
fn secrets(known: &Known, unit: gatehouse::id::UnitId, at: UnixMs) -> Vec<gatehouse::spoken::SpokenSecret> {
    let epoch = known.units.get(unit).map_or(0, |row| row.epoch);
    let date = known.zone.local(at).date;
    known.day_keys(date).iter().map(|key| key.spoken_secret(unit, epoch)).collect()
}
