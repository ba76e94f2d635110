//! The first minutes: an invitation is waited for, taken, tried.

use std::sync::Arc;

use gatehouse::sync::Failure;

use crate::{
    enrol::{self, EnrolError, Invited, NotInvited, Trusted},
    keys::{KeysError, Wish},
    kiosk::{
        Ground,
        life::{Happened, Life, State},
        opening::Opening,
    },
    screen::{Check, Enrolment, Rung, RungState, TouchError, Trouble},
};

const LADDER: [Check; 6] =
    [Check::Network, Check::Name, Check::Secure, Check::Clock, Check::Code, Check::Loading];

/// Where enrolment stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Enrolling {
    invited: Option<Invited>,
    rungs: Vec<RungState>,
    trouble: Option<Trouble>,
}

impl Enrolling {
    /// Takes what was scanned or typed; the invitation to try, if it is one and none is being tried.
    pub(super) fn take(&mut self, invited: Result<Invited, NotInvited>) -> Option<Invited> {
        if self.is_busy() {
            return None;
        }
        match invited {
            Ok(invited) => {
                self.invited = Some(invited);
                self.retry()
            }
            Err(error) => {
                let trouble = trouble(error);
                // What merely hangs in view of the camera takes nobody's failed ladder away, and RETRY with it.
                if self.invited.is_none() || trouble != Trouble::NotAnInvitation {
                    *self = Self { trouble: Some(trouble), ..Self::default() };
                }
                None
            }
        }
    }

    /// Tries the invitation again from the bottom; nothing where there is none or it is being tried.
    pub(super) fn retry(&mut self) -> Option<Invited> {
        if self.is_busy() {
            return None;
        }
        let invited = self.invited.clone()?;
        self.rungs = LADDER.map(|_| RungState::Waiting).into();
        self.rungs[0] = RungState::Busy { percent: None };
        self.trouble = None;
        Some(invited)
    }

    /// Gives the invitation up.
    pub(super) fn cancel(&mut self) {
        *self = Self::default();
    }

    /// A rung held: the next one is under way.
    pub(super) fn passed(&mut self, check: Check) {
        let Some(place) = place(check) else { return };
        for rung in self.rungs.iter_mut().take(place + 1) {
            *rung = RungState::Passed;
        }
        if let Some(next) = self.rungs.get_mut(place + 1) {
            *next = RungState::Busy { percent: None };
        }
    }

    /// A rung failed, and with it all above.
    pub(super) fn failed(&mut self, check: Check, trouble: &Trouble) {
        let Some(place) = place(check) else { return };
        for (at, rung) in self.rungs.iter_mut().enumerate() {
            *rung = match at {
                at if at < place => RungState::Passed,
                at if at == place => RungState::Failed { trouble: trouble.clone() },
                _ => RungState::Waiting,
            };
        }
    }

    /// How loading the community goes on.
    pub(super) fn loading(&mut self, failure: Option<Failure>) {
        if let Some(rung) = self.rungs.last_mut() {
            *rung = match failure {
                Some(_) => RungState::Failed { trouble: Trouble::LoadingCut },
                None => RungState::Busy { percent: None },
            };
        }
    }

    /// What the window draws.
    pub(super) fn shown(&self) -> Enrolment {
        match &self.invited {
            None => Enrolment::Waiting { trouble: self.trouble.clone() },
            Some(invited) => Enrolment::Checking {
                server: invited.server.to_string(),
                gate: invited.gate.clone(),
                ladder: LADDER
                    .iter()
                    .zip(&self.rungs)
                    .map(|(check, state)| Rung { check: *check, state: state.clone() })
                    .collect(),
            },
        }
    }

    /// The invitation that is being tried.
    pub(super) fn invited(&self) -> Option<&Invited> {
        self.invited.as_ref()
    }

    fn is_busy(&self) -> bool {
        let failed = self.rungs.iter().any(|rung| matches!(rung, RungState::Failed { .. }));
        self.invited.is_some() && !self.rungs.is_empty() && !failed
    }
}

impl State {
    pub(super) fn invited(&mut self, invited: Result<Invited, NotInvited>) -> Result<(), TouchError> {
        let Life::Enrolling(enrolling) = &mut self.life else { return Err(TouchError::NotNow) };
        if let Some(invited) = enrolling.take(invited) {
            self.enrol(invited);
        }
        Ok(())
    }

    pub(super) fn enrol_again(&mut self) -> Result<(), TouchError> {
        match &mut self.life {
            Life::Enrolling(enrolling) => {
                let invited = enrolling.retry().ok_or(TouchError::NotNow)?;
                self.enrol(invited);
                Ok(())
            }
            Life::Open(work) if work.is_loading_first() => {
                work.courier.try_now();
                Ok(())
            }
            Life::Opening(opening) if opening.is_first() => {
                self.open_now();
                Ok(())
            }
            Life::Open(_) | Life::Opening(_) | Life::Ended(_) => Err(TouchError::NotNow),
        }
    }

    pub(super) fn enrol_cancel(&mut self) -> Result<(), TouchError> {
        let Life::Enrolling(enrolling) = &mut self.life else { return Err(TouchError::NotNow) };
        enrolling.cancel();
        Ok(())
    }

    fn enrol(&mut self, invited: Invited) {
        let (ground, wish) = (self.ground(), self.wish);
        let happened = self.happened.clone();
        self.runtime.spawn(async move {
            // Whoever listened has gone when sending fails: the kiosk is being closed.
            let passed = |check| drop(happened.send(Happened::Passed(check)));
            let enrolled = enrolled(&invited, ground, wish, passed).await;
            drop(happened.send(Happened::Enrolled(Box::new(enrolled))));
        });
    }

    pub(super) fn enrolled(&mut self, enrolled: Result<Trusted, EnrolError>) {
        let Life::Enrolling(enrolling) = &mut self.life else { return };
        let trusted = match enrolled {
            Ok(trusted) => trusted,
            Err(error) => {
                tracing::warn!(%error, "this kiosk was not enrolled");
                if let Some(invited) = enrolling.invited() {
                    let (check, trouble) = error.rung(invited);
                    enrolling.failed(check, &trouble);
                }
                return;
            }
        };
        let ladder = std::mem::take(enrolling);
        self.open(Opening::enrolled(trusted, ladder));
    }
}

/// Has the keys held, then tries the invitation with them.
async fn enrolled(
    invited: &Invited,
    ground: Result<Ground, KeysError>,
    wish: Wish,
    passed: impl Fn(Check),
) -> Result<Trusted, EnrolError> {
    let ground = ground?;
    let (key, time) = (ground.device(), Arc::clone(&ground.time));
    let held = tokio::task::spawn_blocking(move || ground.hold(wish)).await;
    held.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
    enrol::enrol(invited, &key, &time, passed).await
}

fn place(check: Check) -> Option<usize> {
    LADDER.iter().position(|one| *one == check)
}

fn trouble(error: NotInvited) -> Trouble {
    use gatehouse::enrol::{AddressError, InvitationError};
    match error {
        NotInvited::Text(InvitationError::Newer) => Trouble::VersionMismatch,
        NotInvited::Text(InvitationError::Address(AddressError::PlainHttp))
        | NotInvited::Address(AddressError::PlainHttp) => Trouble::NotSecure,
        NotInvited::Text(_) => Trouble::NotAnInvitation,
        NotInvited::Address(_) => Trouble::AddressWrong,
        NotInvited::Code(_) => Trouble::CodeWrong,
    }
}

#[cfg(test)]
mod tests {
    use gatehouse::enrol::EnrolCode;

    use super::*;
    use crate::entropy::SystemEntropy;

    fn invited() -> Invited {
        Invited::typed("gate.example", &EnrolCode::draw(&mut SystemEntropy).to_string()).unwrap()
    }

    #[test]
    fn what_is_no_invitation_leaves_the_kiosk_waiting_and_says_why() {
        let mut enrolling = Enrolling::default();
        assert!(enrolling.take(Invited::scanned("upi://pay")).is_none());
        assert_eq!(enrolling.shown(), Enrolment::Waiting { trouble: Some(Trouble::NotAnInvitation) });
        assert!(enrolling.take(Invited::typed("http://gate.example", "x")).is_none());
        assert_eq!(enrolling.shown(), Enrolment::Waiting { trouble: Some(Trouble::NotSecure) });
        assert!(enrolling.take(Invited::typed("gate example", "x")).is_none());
        assert_eq!(enrolling.shown(), Enrolment::Waiting { trouble: Some(Trouble::AddressWrong) });
    }

    #[test]
    fn the_ladder_is_climbed_rung_by_rung_and_tried_again_from_where_it_failed() {
        let mut enrolling = Enrolling::default();
        assert!(enrolling.take(Ok(invited())).is_some());
        assert!(enrolling.take(Ok(invited())).is_none(), "one at a time");
        enrolling.passed(Check::Secure);
        enrolling.failed(Check::Code, &Trouble::CodeExpired);
        let Enrolment::Checking { ladder, .. } = enrolling.shown() else { panic!() };
        assert_eq!(ladder[3].state, RungState::Passed);
        assert_eq!(ladder[4].state, RungState::Failed { trouble: Trouble::CodeExpired });
        assert_eq!(ladder[5].state, RungState::Waiting);
        let failed = enrolling.shown();
        assert!(enrolling.take(Invited::scanned("upi://pay")).is_none());
        assert_eq!(enrolling.shown(), failed, "a payment code hangs beside the camera");
        assert!(enrolling.retry().is_some());
        assert!(enrolling.retry().is_none());
        enrolling.cancel();
        assert_eq!(enrolling.shown(), Enrolment::Waiting { trouble: None });
    }
}
