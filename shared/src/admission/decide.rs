//! The decision: every rule is asked, and the gravest finding is the verdict. A further restriction can
//! therefore only tighten a verdict, never loosen it.

use super::{
    Allowance, CodeFound, Facts, Gravity, LiveShown, Reason, RowFacts, Shown, SingleUse, Staleness, Verdict,
};
use crate::{
    feed::row::WeeklyWindow,
    hours::{Hours, Zone, hours},
    keys::KeyState,
    pass::{GateTag, PassClaims, PassFlaw, PassTerms},
    time::UnixMs,
    words::{Answer, Credential, PassMode, UnitState, VisitorType},
};

/// The version of these rules: it goes up with every change that could change a verdict.
pub const RULES_VERSION: u16 = 3;

/// The verdict that the facts call for.
pub fn decide(facts: &Facts) -> Verdict {
    let mut found = Findings::default();
    found.place(facts);
    match &facts.shown {
        Shown::Flaw { flaw } => return flawed(*flaw),
        Shown::Pass { claims, key, live } => found.pass(facts, claims, *key, *live),
        Shown::Code { pass, found: code } => found.code(facts, pass.is_some(), *code),
        Shown::WalkIn { .. } => found.add(Gravity::Ask, Reason::WalkIn, None),
        Shown::Answered { answer, .. } => found.answer(answer),
        Shown::Override { guard, .. } => {
            found.refuse_if(!facts.policy.override_allowed, Reason::OverrideBarred, None);
            found.refuse_if(guard.is_none(), Reason::NobodyOnShift, None);
        }
    }
    found.step_up(facts);
    found.verdict(facts)
}

fn flawed(flaw: PassFlaw) -> Verdict {
    let at = None;
    match flaw {
        PassFlaw::NotAPass => Verdict::Refuse { reason: Reason::NotAPass, at },
        PassFlaw::Unreadable => Verdict::Refuse { reason: Reason::Unreadable, at },
        PassFlaw::Newer => Verdict::StepUp { reason: Reason::NewerFormat, at },
        PassFlaw::IssuerUnknown(_) => Verdict::AskResident { reason: Reason::IssuerUnknown, at },
        PassFlaw::Forged(_) => Verdict::Refuse { reason: Reason::Forged, at },
    }
}

struct Finding {
    gravity: Gravity,
    reason: Reason,
    at: Option<UnixMs>,
}

/// What the rules found, in their order: of two findings of the same gravity the earlier one is named.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, gravity: Gravity, reason: Reason, at: Option<UnixMs>) {
        self.0.push(Finding { gravity, reason, at });
    }

    fn refuse_if(&mut self, wrong: bool, reason: Reason, at: Option<UnixMs>) {
        if wrong {
            self.add(Gravity::Refuse, reason, at);
        }
    }

    /// What holds for everybody who comes to this gate and goes to this unit.
    fn place(&mut self, facts: &Facts) {
        self.refuse_if(facts.gate.locked_down, Reason::LockedDown, None);
        match facts.unit.as_ref().map(|unit| &unit.state) {
            Some(UnitState::Barred) => self.add(Gravity::Refuse, Reason::UnitBarred, None),
            Some(UnitState::Unknown(_)) => self.add(Gravity::StepUp, Reason::UnknownRestriction, None),
            Some(UnitState::Occupied | UnitState::Vacant) | None => {}
        }
        if let Some(watch) = &facts.watch {
            let gravity = match (&facts.shown, watch.refuse) {
                (_, true) => Gravity::Refuse,
                // The household, or a guard who answers for it, knows whom they let in.
                (Shown::Answered { .. } | Shown::Override { .. }, false) => Gravity::Note,
                (_, false) => Gravity::StepUp,
            };
            self.add(gravity, Reason::WatchListed, None);
        }
    }

    fn pass(&mut self, facts: &Facts, claims: &PassClaims, key: KeyState, live: LiveShown) {
        self.key(facts, key);
        let row = facts.row.as_ref();
        let Some(terms) = claims.terms() else {
            self.add(Gravity::StepUp, Reason::NewerFormat, None);
            let token = Terms { valid: (claims.valid_from, claims.valid_until), ..Terms::default() };
            return self.terms(facts, &[token], row, Some(live));
        };
        self.kind(&terms.visitor_type);
        if terms.row_needed && row.is_none() {
            self.add(Gravity::Ask, Reason::RowNeeded, None);
        }
        self.terms(facts, &[Terms::of_token(claims, terms)], row, Some(live));
    }

    fn code(&mut self, facts: &Facts, matched: bool, code: CodeFound) {
        if let Some(until) = facts.tries.unit_spent_until {
            self.add(Gravity::StepUp, Reason::TooManyTries, Some(until));
        }
        let live = match code {
            CodeFound::Unchecked => return self.add(Gravity::Ask, Reason::NoDayKey, None),
            CodeFound::Nothing => return self.no_match(facts),
            CodeFound::Day => LiveShown::Absent,
            CodeFound::Live { step, spent } => LiveShown::Right { step, spent },
        };
        match &facts.row {
            Some(row) if matched => self.terms(facts, &[], Some(row), Some(live)),
            _ => self.add(Gravity::Ask, Reason::RowNeeded, None),
        }
    }

    fn no_match(&mut self, facts: &Facts) {
        if !facts.time.sure {
            self.add(Gravity::StepUp, Reason::TimeUnsure, None);
        } else if facts.staleness() == Staleness::Fresh {
            self.add(Gravity::Refuse, Reason::WrongCode, None);
        } else {
            self.add(Gravity::Ask, Reason::UnknownPass, list_from(facts));
        }
    }

    fn answer(&mut self, answer: &Answer) {
        match answer {
            Answer::Approve => {}
            Answer::Deny => self.add(Gravity::Refuse, Reason::Denied, None),
            Answer::Unknown(_) => self.add(Gravity::StepUp, Reason::UnknownRestriction, None),
        }
    }

    fn key(&mut self, facts: &Facts, key: KeyState) {
        if facts.time.sure && key != KeyState::Current {
            self.add(Gravity::Ask, Reason::IssuerNotInUse, None);
        }
    }

    fn kind(&mut self, visitor_type: &VisitorType) {
        if !visitor_type.is_known() {
            self.add(Gravity::StepUp, Reason::UnknownRestriction, None);
        }
    }

    /// Weighs token and row together: each of their restrictions must hold.
    fn terms(&mut self, facts: &Facts, token: &[Terms<'_>], row: Option<&RowFacts>, live: Option<LiveShown>) {
        let mut all: Vec<Terms<'_>> = token.to_vec();
        if let Some(row) = row {
            self.refuse_if(row.revoked_at.is_some(), Reason::Revoked, row.revoked_at);
            self.kind(&row.visitor_type);
            if row.newer || !row.mode.is_known() {
                self.add(Gravity::StepUp, Reason::UnknownRestriction, None);
            }
            all.push(Terms::of_row(row));
        }
        if facts.time.sure {
            self.validity(facts, &all);
            self.windows(facts, &all);
        } else {
            self.add(Gravity::StepUp, Reason::TimeUnsure, None);
        }
        self.gates_and_uses(facts, &all);
        if let Some(live) = live {
            self.live(facts, live, all.iter().any(|terms| terms.live));
        }
        self.list_age(facts);
    }

    fn validity(&mut self, facts: &Facts, all: &[Terms<'_>]) {
        let (early, late) = span(facts);
        let until = all.iter().map(|terms| terms.valid.1).min();
        let from = all.iter().map(|terms| terms.valid.0).max();
        self.refuse_if(until.is_some_and(|until| early >= until), Reason::Expired, until);
        self.refuse_if(from.is_some_and(|from| late < from), Reason::NotYetValid, from);
    }

    fn windows(&mut self, facts: &Facts, all: &[Terms<'_>]) {
        if all.iter().all(|terms| terms.windows.is_empty()) {
            return;
        }
        let Ok(zone) = Zone::named(&facts.time.zone) else {
            return self.add(Gravity::StepUp, Reason::TimeUnsure, None);
        };
        let (early, late) = span(facts);
        for terms in all {
            let moments = [facts.time.at, early, late].map(|at| hours(terms.windows, zone.local(at)));
            if moments.iter().any(|hours| matches!(hours, Hours::Within(_))) {
                continue;
            }
            let reason = if moments[0] == Hours::WrongHour { Reason::WrongHour } else { Reason::WrongDay };
            self.add(Gravity::Refuse, reason, None);
        }
    }

    fn gates_and_uses(&mut self, facts: &Facts, all: &[Terms<'_>]) {
        let home = GateTag::of(facts.gate.gate);
        let elsewhere = all.iter().any(|terms| terms.home_gate.is_some_and(|gate| gate != home));
        self.refuse_if(elsewhere, Reason::WrongGate, None);
        let Some(uses) = all.iter().filter_map(|terms| terms.uses).min() else { return };
        let used = u32::try_from(facts.uses.len()).unwrap_or(u32::MAX);
        self.refuse_if(used >= uses, Reason::UsedUp, None);
        let at_home = all.iter().any(|terms| terms.home_gate == Some(home));
        let cut_off = facts.staleness() != Staleness::Fresh;
        if cut_off && !at_home && facts.policy.single_use == SingleUse::HomeGateOnly {
            self.add(Gravity::Ask, Reason::WrongGate, None);
        }
    }

    fn live(&mut self, facts: &Facts, live: LiveShown, needed: bool) {
        match live {
            LiveShown::Absent => self.refuse_if(needed, Reason::LiveNeeded, None),
            LiveShown::Right { spent, .. } => self.refuse_if(spent, Reason::LiveSpent, None),
            LiveShown::Wrong => self.refuse_if(facts.time.sure, Reason::LiveWrong, None),
            LiveShown::Unchecked if needed => self.add(Gravity::Ask, Reason::NoDayKey, None),
            LiveShown::Unchecked => {}
        }
    }

    fn list_age(&mut self, facts: &Facts) {
        let staleness = facts.staleness();
        let gravity = match facts.policy.allows(staleness) {
            Allowance::Admit if staleness == Staleness::Fresh => return,
            Allowance::Admit => Gravity::Note,
            Allowance::AskResident => Gravity::Ask,
            Allowance::StepUp => Gravity::StepUp,
        };
        self.add(gravity, Reason::Stale, list_from(facts));
    }

    /// What met a step-up answers every finding that called for one; each stays as a note. It vouches for who
    /// came with a pass that was verified: anybody can write a text of a format that nobody knows.
    fn step_up(&mut self, facts: &Facts) {
        let Some(stepped_up) = &facts.stepped_up else { return };
        self.refuse_if(stepped_up.guard.is_none(), Reason::NobodyOnShift, None);
        if facts.pass().is_none() || !stepped_up.by.is_known() {
            return;
        }
        // Where nobody lives, what would be asked is a step-up too.
        let vacant = is_vacant(facts);
        for finding in &mut self.0 {
            if finding.gravity == Gravity::StepUp || (vacant && finding.gravity == Gravity::Ask) {
                finding.gravity = Gravity::Note;
            }
        }
    }

    fn verdict(self, facts: &Facts) -> Verdict {
        let mut gravest: Option<&Finding> = None;
        for finding in &self.0 {
            if gravest.is_none_or(|known| finding.gravity > known.gravity) {
                gravest = Some(finding);
            }
        }
        let vacant = is_vacant(facts);
        match gravest {
            Some(Finding { gravity: Gravity::Refuse, reason, at }) => {
                Verdict::Refuse { reason: *reason, at: *at }
            }
            Some(Finding { gravity: Gravity::StepUp, reason, at }) => {
                Verdict::StepUp { reason: *reason, at: *at }
            }
            Some(Finding { gravity: Gravity::Ask, .. }) if vacant => {
                Verdict::StepUp { reason: Reason::UnitVacant, at: None }
            }
            Some(Finding { gravity: Gravity::Ask, reason, at }) => {
                Verdict::AskResident { reason: *reason, at: *at }
            }
            Some(Finding { gravity: Gravity::Note, .. }) | None => {
                let (credential, live_step) = credential(&facts.shown);
                let notes = self.0.iter().map(|finding| finding.reason).collect();
                Verdict::Admit { pass: facts.pass(), credential, live_step, notes }
            }
        }
    }
}

/// What restricts a pass, from its token or from its row.
#[derive(Clone, Copy)]
struct Terms<'a> {
    valid: (UnixMs, UnixMs),
    uses: Option<u32>,
    windows: &'a [WeeklyWindow],
    home_gate: Option<GateTag>,
    live: bool,
}

impl Default for Terms<'_> {
    fn default() -> Self {
        Self {
            valid: (UnixMs(i64::MIN), UnixMs(i64::MAX)),
            uses: None,
            windows: &[],
            home_gate: None,
            live: false,
        }
    }
}

impl<'a> Terms<'a> {
    fn of_token(claims: &PassClaims, terms: &'a PassTerms) -> Self {
        Self {
            valid: (claims.valid_from, claims.valid_until),
            uses: terms.uses,
            windows: terms.window.as_slice(),
            home_gate: terms.home_gate,
            live: terms.mode != PassMode::Static,
        }
    }

    fn of_row(row: &'a RowFacts) -> Self {
        Self {
            valid: (row.valid_from, row.valid_until),
            uses: row.uses,
            windows: &row.windows,
            home_gate: row.home_gate.map(GateTag::of),
            live: row.mode != PassMode::Static,
        }
    }
}

fn is_vacant(facts: &Facts) -> bool {
    facts.unit.as_ref().is_some_and(|unit| unit.state == UnitState::Vacant)
}

/// The earliest and the latest it may be.
fn span(facts: &Facts) -> (UnixMs, UnixMs) {
    let doubt = facts.time.uncertainty_ms.max(0);
    (facts.time.at.plus(-doubt), facts.time.at.plus(doubt))
}

/// Since when the list is not known to be complete.
fn list_from(facts: &Facts) -> Option<UnixMs> {
    facts.list_age_ms.filter(|_| facts.time.sure).map(|age| facts.time.at.plus(-age))
}

fn credential(shown: &Shown) -> (Credential, Option<u64>) {
    match shown {
        Shown::Pass { live: LiveShown::Right { step, .. }, .. } => (Credential::LiveQr, Some(*step)),
        Shown::Pass { .. } | Shown::Flaw { .. } => (Credential::Qr, None),
        Shown::Code { found: CodeFound::Live { step, .. }, .. } => (Credential::LiveCode, Some(*step)),
        Shown::Code { .. } => (Credential::DayCode, None),
        Shown::Answered { credential, .. } => (credential.clone(), None),
        // A walk-in is never admitted as such: the answer or the override that follows is.
        Shown::WalkIn { .. } => (Credential::Answer, None),
        Shown::Override { .. } => (Credential::Override, None),
    }
}
