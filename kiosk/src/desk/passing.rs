//! Somebody passes the gate with a pass, held up or known by its code: in, out, or not.

use gatehouse::{
    admission::{RULES_VERSION, Reason, Verdict},
    id::{PassId, UnitId, VisitorId},
    journal::{Act, AlertCode, Details},
    presence::{Inside, Way, assumed_exit},
    time::UnixMs,
    words::{Credential, Direction},
};

use super::{
    Book, Comer, Desk, DeskError, Judged, Outcome, State, append,
    judge::{Held, hold},
};
use crate::{journal::Writing, screen::TouchError};

impl Desk {
    /// What a scanned text is worth now. Nothing is recorded.
    ///
    /// # Errors
    /// When a store fails.
    pub fn check(&self, text: &str) -> Result<Judged, DeskError> {
        let known = self.known()?;
        let held = hold(text, &known);
        let state = self.state()?;
        self.judge(&state.known, &state.book, &*self.journal, self.time.read()).held(&held)
    }

    /// Somebody holds something before the camera. `direction` is the guard's word where there is one, else
    /// the gate's kind and the known stay decide. Whoever is inside is not let in a second time on that word.
    ///
    /// # Errors
    /// [`TouchError::ExitOnly`] for a word in at a gate for leaving; else when a store fails. Then nothing was recorded
    /// and nobody may pass on it.
    pub fn pass(&self, text: &str, direction: Option<&Direction>) -> Result<Outcome, DeskError> {
        let known = self.known()?;
        if direction == Some(&Direction::Entry) {
            known.may_enter()?;
        }
        let held = hold(text, &known);
        let mut state = self.state()?;
        self.pass_held(&mut state, &held, direction)
    }

    pub(super) fn pass_held(
        &self,
        state: &mut State,
        held: &Held,
        direction: Option<&Direction>,
    ) -> Result<Outcome, DeskError> {
        let known = std::sync::Arc::clone(&state.known);
        let stamp = self.stamp_of(state);
        let reading = self.time.read();
        let book = &state.book;
        // One transaction from the first look at the uses to the event: two admissions can never both count
        // on the same last use.
        let (plan, written) = self.journal.write(|writing| {
            let judged = self.judge(&known, book, writing, reading).held(held)?;
            let mut acts = Vec::new();
            let plan = Self::plan(judged, direction, book, stamp.at, writing, &mut acts);
            Ok::<_, DeskError>((plan, append(writing, &stamp, acts)?))
        })?;
        let events = self.enter(state, written);
        Ok(plan.done(events.last().copied()))
    }

    /// What is made of somebody who was judged, and what is recorded of it; the act that tells of them comes last.
    /// Whoever has no pass that is known wants in: leaving by none is the list's business.
    pub(super) fn plan(
        judged: Judged,
        direction: Option<&Direction>,
        book: &Book,
        at: UnixMs,
        writing: &mut Writing<'_>,
        acts: &mut Vec<(Act, Option<Details>)>,
    ) -> Plan {
        let pass = judged.comer.pass;
        let way = match (pass, direction) {
            (None, _) => Way::Entry,
            // The guard's word settles what is unclear. It lets nobody in who is known to be inside.
            (Some(_), Some(Direction::Entry)) => match judged.way {
                Way::Entry | Way::Unclear => Way::Entry,
                Way::AlreadyIn | Way::Exit => Way::AlreadyIn,
            },
            (Some(_), Some(Direction::Exit)) => Way::Exit,
            (Some(_), _) => judged.way,
        };
        let credential = shown_credential(&judged);
        let open = pass.and_then(|pass| {
            let (visit, row) = *book.inside_on(pass).last()?;
            Some((visit, row.entered_at?, Comer::of_visit(row)))
        });
        match (way, open) {
            (Way::AlreadyIn, Some((_, entered, comer))) if !is_ended(&judged.verdict) => {
                Plan::Nothing(Outcome::AlreadyIn { comer, entered })
            }
            (Way::Unclear, Some((visit, entered, comer))) => {
                let judged = Box::new(judged);
                Plan::Nothing(Outcome::Unclear { visit, comer, entered, judged })
            }
            (Way::Exit, open) => {
                acts.push((exit_act(open.as_ref().map(|open| open.0), pass, credential), None));
                let entered = open.as_ref().map(|open| open.1);
                Plan::Out { comer: open.map_or(judged.comer, |open| open.2), entered }
            }
            (_, open) => {
                if let Some((visit, since, _)) = open
                    && judged.verdict.admits()
                    && (judged.way == Way::Unclear
                        || assumed_exit(Inside { since }, at, &judged.facts.policy).is_some())
                {
                    acts.push((Act::Exited { visit, pass, credential, assumed: true }, None));
                }
                Self::plan_entry(judged, at, writing, acts)
            }
        }
    }

    /// What is recorded of somebody who wants in; the act that tells of them comes last.
    fn plan_entry(
        judged: Judged,
        at: UnixMs,
        writing: &mut Writing<'_>,
        acts: &mut Vec<(Act, Option<Details>)>,
    ) -> Plan {
        let details = judged.comer.details(Some(judged.facts.to_bytes()));
        match &judged.verdict {
            Verdict::Admit { pass, credential, live_step, .. } => {
                let visit = VisitorId::new(at, &mut &mut *writing.entropy());
                let act = admitted(visit, &judged.comer, *pass, credential.clone(), *live_step);
                acts.push((act, Some(details)));
                Plan::In { visit, judged: Box::new(judged) }
            }
            Verdict::Refuse { reason: Reason::NotAPass, .. } => {
                Plan::Nothing(Outcome::Not { event: None, judged: Box::new(judged) })
            }
            verdict => {
                let act = Act::Refused {
                    pass: judged.comer.pass,
                    units: judged.comer.units.clone(),
                    verdict: verdict.word().to_owned(),
                    reason: verdict.reason().map_or_else(String::new, |reason| reason.to_string()),
                    credential: shown_credential(&judged),
                    rules: RULES_VERSION,
                };
                if verdict.reason() == Some(Reason::WatchListed) {
                    acts.push((Act::alert(AlertCode::WatchListed), None));
                }
                acts.push((act, Some(details)));
                Plan::Not { judged: Box::new(judged) }
            }
        }
    }

    /// Somebody on the list of who is inside leaves.
    ///
    /// # Errors
    /// [`TouchError::Gone`] when they are not inside; else when the journal fails.
    pub fn leave(&self, visit: VisitorId) -> Result<Outcome, DeskError> {
        self.leaves(&mut *self.state()?, visit)
    }

    pub(super) fn leaves(&self, state: &mut State, visit: VisitorId) -> Result<Outcome, DeskError> {
        let row = state.book.get(visit).filter(|row| row.exited_at.is_none() && row.entered_at.is_some());
        let Some(row) = row else { return Err(TouchError::Gone.into()) };
        let (comer, entered) = (Comer::of_visit(row), row.entered_at);
        let act = Act::Exited { visit, pass: comer.pass, credential: Credential::List, assumed: false };
        let events = self.record(state, vec![(act, None)])?;
        Ok(Plan::Out { comer, entered }.done(events.last().copied()))
    }
}

/// Whether a pass is refused for more than that its holder came in on it.
const fn is_ended(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refuse { reason, .. } if !matches!(reason, Reason::UsedUp | Reason::LiveSpent))
}

/// What will have come of somebody once it is recorded.
pub(super) enum Plan {
    Nothing(Outcome),
    In { visit: VisitorId, judged: Box<Judged> },
    Out { comer: Comer, entered: Option<UnixMs> },
    Not { judged: Box<Judged> },
}

impl Plan {
    /// What came of it, once `event` is durable.
    pub(super) fn done(self, event: Option<gatehouse::id::EventId>) -> Outcome {
        match (self, event) {
            (Self::In { visit, judged }, Some(event)) => Outcome::In { event, visit, judged },
            (Self::Out { comer, entered }, Some(event)) => Outcome::Out { event, comer, entered },
            (Self::Nothing(outcome), _) => outcome,
            (Self::In { judged, .. } | Self::Not { judged }, event) => Outcome::Not { event, judged },
            (Self::Out { .. }, None) => unreachable!("an exit is always recorded before it is told"),
        }
    }
}

/// The act of letting somebody in.
pub(super) fn admitted(
    visit: VisitorId,
    comer: &Comer,
    pass: Option<PassId>,
    credential: Credential,
    live_step: Option<u64>,
) -> Act {
    let units: Vec<UnitId> = comer.units.clone();
    Act::Admitted {
        visit,
        pass,
        units,
        visitor_type: comer.visitor_type.clone(),
        credential,
        people: comer.people,
        subject: comer.subject.clone(),
        live_step,
        rules: RULES_VERSION,
    }
}

fn exit_act(visit: Option<VisitorId>, pass: Option<PassId>, credential: Credential) -> Act {
    match visit {
        Some(visit) => Act::Exited { visit, pass, credential, assumed: false },
        None => Act::ExitUnpaired { pass, credential },
    }
}

fn shown_credential(judged: &Judged) -> Credential {
    use gatehouse::admission::{CodeFound, LiveShown, Shown};
    match &judged.facts.shown {
        Shown::Pass { live: LiveShown::Absent, .. } | Shown::Flaw { .. } => Credential::Qr,
        Shown::Pass { .. } => Credential::LiveQr,
        Shown::Code { found: CodeFound::Live { .. }, .. } => Credential::LiveCode,
        Shown::Code { .. } => Credential::DayCode,
        Shown::WalkIn { .. } => Credential::Answer,
        Shown::Answered { credential, .. } => credential.clone(),
        Shown::Override { .. } => Credential::Override,
    }
}
