//! Who is on shift.

use gatehouse::{
    hash::Hash,
    id::UserId,
    journal::{Act, AlertCode},
    time::UnixMs,
};

use super::{Desk, DeskError, Guard, Known, append};
use crate::{
    guards::{is_pin, locked_until, tries_left},
    journal::Ledger,
    screen::{GuardOnShift, GuardTile, TouchError},
};

/// The guard on shift.
pub(super) struct Shift {
    pub(super) guard: UserId,
    name: String,
    photo: Option<Hash>,
    since: UnixMs,
}

impl Shift {
    /// Who was on shift when the program ended: a power cut signs nobody out.
    pub(super) fn restore(ledger: &impl Ledger, known: &Known) -> Result<Option<Self>, DeskError> {
        let nobody = UserId(uuid::Uuid::nil());
        let signed_in = ledger.latest(Act::SignedIn { guard: nobody }.kind(), 1)?;
        let signed_out = ledger.latest(Act::SignedOut { guard: nobody }.kind(), 1)?;
        let Some(signed_in) = signed_in.first() else { return Ok(None) };
        if signed_out.first().is_some_and(|out| out.ordinal > signed_in.ordinal) {
            return Ok(None);
        }
        let Act::SignedIn { guard } = signed_in.recorded.act else { return Ok(None) };
        let since = signed_in.recorded.event.at;
        Ok(known.guards.iter().find(|one| one.id == guard).map(|one| Self::of(one, since)))
    }

    fn of(guard: &Guard, since: UnixMs) -> Self {
        let photo = guard.photo.as_ref().map(|photo| photo.name);
        Self { guard: guard.id, name: guard.name.clone(), photo, since }
    }

    /// The same shift, the guard as the list says now.
    pub(super) fn renewed(&self, known: &Known) -> Option<Self> {
        known.guards.iter().find(|one| one.id == self.guard).map(|one| Self::of(one, self.since))
    }

    /// As the window shows it.
    pub(super) fn shown(&self) -> GuardOnShift {
        GuardOnShift { id: self.guard, name: self.name.clone(), photo: self.photo, since: self.since }
    }
}

impl Desk {
    /// Signs a guard in; whoever was signed in is signed out.
    ///
    /// # Errors
    /// [`TouchError::WrongPin`], [`TouchError::GuardLocked`], [`TouchError::PinsNotHere`] while only the trust
    /// statement names the guards, [`TouchError::Gone`] for a guard who is not on the list; else when a store fails.
    pub fn sign_in(&self, guard: UserId, pin: &str) -> Result<(), DeskError> {
        let known = self.known()?;
        let Some(one) = known.guards.iter().find(|one| one.id == guard) else {
            return Err(TouchError::Gone.into());
        };
        // Of a PIN that cannot be checked nobody can say that it is wrong.
        let Some(kept) = &one.pin else { return Err(TouchError::PinsNotHere.into()) };
        if let Some(until) = locked_until(&self.journal.wrong_pins(guard)?, self.now()) {
            return Err(TouchError::GuardLocked { until }.into());
        }
        // Before any lock is taken: it is slow on purpose.
        let right = is_pin(pin, &kept.salt, &kept.hash, &self.pepper);
        let mut state = self.state()?;
        let stamp = self.stamp_of(&state);
        let before = state.shift.as_ref().map(|shift| shift.guard).or(state.dismissed);
        let refused = self.journal.write(|writing| {
            let wrong = writing.wrong_pins(guard)?;
            if let Some(until) = locked_until(&wrong, stamp.at) {
                return Err(TouchError::GuardLocked { until }.into());
            }
            if right {
                let out =
                    before.filter(|before| *before != guard).map(|guard| (Act::SignedOut { guard }, None));
                let acts = out.into_iter().chain([(Act::SignedIn { guard }, None)]).collect();
                append(writing, &stamp, acts)?;
                return Ok::<_, DeskError>(None);
            }
            let mut acts = vec![(Act::PinWrong { guard }, None)];
            let wrong = wrong.len() + 1;
            if wrong.is_multiple_of(crate::guards::TRIES) {
                acts.push((Act::alert(AlertCode::PinGuessing), None));
            }
            append(writing, &stamp, acts)?;
            Ok(Some(wrong))
        })?;
        if let Some(wrong) = refused {
            let locked = locked_until(&self.journal.wrong_pins(guard)?, stamp.at);
            return Err(match locked {
                Some(until) => TouchError::GuardLocked { until },
                None => TouchError::WrongPin { tries_left: tries_left(wrong) },
            }
            .into());
        }
        state.shift = Some(Shift::of(one, stamp.at));
        state.dismissed = None;
        Ok(())
    }

    /// Signs out whoever is signed in.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn sign_out(&self) -> Result<(), DeskError> {
        let mut state = self.state()?;
        let Some(guard) = state.shift.as_ref().map(|shift| shift.guard) else { return Ok(()) };
        self.record(&mut state, vec![(Act::SignedOut { guard }, None)])?;
        state.shift = None;
        Ok(())
    }

    /// Who is on shift.
    ///
    /// # Errors
    /// When a store fails.
    pub fn on_shift(&self) -> Result<Option<GuardOnShift>, DeskError> {
        Ok(self.state()?.shift.as_ref().map(Shift::shown))
    }

    /// The guards who may sign in here, by name.
    ///
    /// # Errors
    /// When a store fails.
    pub fn guards(&self) -> Result<Vec<GuardTile>, DeskError> {
        let now = self.now();
        let known = self.known()?;
        known
            .guards
            .iter()
            .map(|guard| {
                let locked_until = locked_until(&self.journal.wrong_pins(guard.id)?, now);
                let photo = guard.photo.as_ref().map(|photo| photo.name);
                Ok(GuardTile { id: guard.id, name: guard.name.clone(), photo, locked_until })
            })
            .collect()
    }
}
