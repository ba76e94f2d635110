//! Gathering the facts and asking for the verdict. Nothing is recorded here: the same judging serves a check
//! that only looks and, inside the journal's transaction, the admission that counts.

use std::collections::BTreeSet;

use gatehouse::{
    admission::{
        CodeFound, Facts, GateFacts, LiveShown, Policy, RULES_VERSION, RowFacts, Shown, SteppedUp, TimeFacts,
        UnitFacts, Verdict, WatchFacts, decide,
    },
    clock::Reading,
    code::{CodeMatch, LIVE_STEP_MS, MAX_LIVE_STEPS, SixDigits, Tries, TryLimits, tries},
    feed::row::{PassPhotoRow, PassRow, WeeklyWindow},
    hash::Hash,
    hours::code_dates,
    id::{EventId, PassId, UnitId},
    keys::KeyState,
    pass::{PassFlaw, PassText, VerifiedPass},
    phone::Phone,
    presence::{Inside, Way, way},
    time::{DAY, UnixMs},
    words::{Answer, Credential, UnitState},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Comer, DeskError, book::Book, known::Known};
use crate::{
    cache::{Cache, Found, Holding},
    journal::Ledger,
};

/// The kind of a wrong code, as a journal event.
pub(super) const WRONG_CODE: u16 = 8;
/// Passes that ended longer ago are not tried for a code.
const CODES_AFTER_END_MS: i64 = 7 * DAY;

/// What was shown, its signature checked.
pub enum Held {
    /// A pass whose signature holds.
    Pass(Box<VerifiedPass>),
    /// Something that is no good pass.
    Flaw(PassFlaw),
}

/// What the desk makes of somebody.
#[derive(Clone, Debug)]
pub struct Judged {
    /// All that was weighed.
    pub facts: Facts,
    /// What follows.
    pub verdict: Verdict,
    /// Who it is.
    pub comer: Comer,
    /// Which way they go; entry where there is no pass to tell by.
    pub way: Way,
}

impl Judged {
    /// Whether a code is charged to its unit and to this kiosk: a wrong one, and past the limit any. Where the time is
    /// unsure so is the day whose codes are right: none lets anybody in, and none is called wrong.
    pub(super) fn is_charged(&self) -> bool {
        let matches_none = matches!(self.facts.shown, Shown::Code { found: CodeFound::Nothing, .. });
        matches_none && self.facts.time.sure || self.facts.tries.unit_spent_until.is_some()
    }
}

/// What judging reads.
pub struct Judge<'a, L> {
    /// What is at hand.
    pub known: &'a Known,
    /// The copy.
    pub cache: &'a Cache,
    /// Visits that are not over.
    pub book: &'a Book,
    /// What was recorded here.
    pub ledger: &'a L,
    /// The time.
    pub reading: Reading,
    /// When the copy was last known to be whole.
    pub whole_at: Option<UnixMs>,
}

/// Checks the signature of what was scanned: the costliest step, and one that needs no transaction.
pub fn hold(text: &str, known: &Known) -> Held {
    let verified = text.parse::<PassText>().and_then(|pass| pass.verify(known.community, &known.keys));
    match verified {
        Ok(pass) => Held::Pass(Box::new(pass)),
        Err(flaw) => Held::Flaw(flaw),
    }
}

impl<L: Ledger> Judge<'_, L> {
    /// Judges what was held before the camera.
    ///
    /// # Errors
    /// When a store fails.
    pub fn held(&self, held: &Held) -> Result<Judged, DeskError> {
        match held {
            Held::Pass(pass) => self.pass(pass),
            Held::Flaw(flaw) => {
                let comer = Comer::new(gatehouse::words::VisitorType::Guest);
                Ok(self.judged(Shown::Flaw { flaw: *flaw }, None, comer, Vec::new(), Tries::default()))
            }
        }
    }

    fn pass(&self, pass: &VerifiedPass) -> Result<Judged, DeskError> {
        let id = pass.claims.id;
        let listed = self.cache.look_up(id.0)?;
        let row = listed.row().map(|row| &row.body);
        let mut comer = Comer::of_pass(id, Some(&pass.claims), row, &self.known.units);
        comer.photo = self.photo(id)?;
        let windows: Vec<WeeklyWindow> = row.map_or_else(
            || pass.claims.terms().and_then(|terms| terms.window).into_iter().collect(),
            |row| row.windows.clone(),
        );
        let live = match &pass.live {
            None => LiveShown::Absent,
            Some(digits) => self.live(id, digits, &windows)?,
        };
        let (at, doubt) = self.time();
        let key = if self.reading.is_sure() { pass.key.state(at, doubt) } else { KeyState::Current };
        let shown = Shown::Pass { claims: pass.claims.clone(), key, live };
        let row = row_facts(&listed);
        let uses = self.counted(id, &shown, row.as_ref())?;
        Ok(self.judged(shown, row, comer, uses, Tries::default()))
    }

    /// Judges six digits for a unit.
    ///
    /// # Errors
    /// When a store fails.
    pub fn code(&self, unit: UnitId, digits: &SixDigits) -> Result<Judged, DeskError> {
        let (at, _) = self.time();
        let tries = self.tries(unit)?;
        // Past the limit a code is not looked at: what is answered, or recorded, would tell a right one from a wrong one.
        if tries.unit_spent_until.is_some() {
            return Ok(self.no_pass(unit, CodeFound::Unchecked, tries));
        }
        let mut passes = self.cache.passes_of(unit)?;
        passes.retain(|row| row.body.valid_until.plus(CODES_AFTER_END_MS) > at);
        let mut any_key = false;
        let mut said = Vec::new();
        for row in passes {
            let found = self.code_of(&row, digits, &mut any_key)?;
            said.extend(found.map(|found| (row, found)));
        }
        if let Some(judged) = self.meant(&said, tries)? {
            return Ok(judged);
        }
        any_key |= code_dates(&[], &self.known.zone, at, 0)
            .iter()
            .any(|date| !self.known.day_keys(*date).is_empty());
        let found = if any_key { CodeFound::Nothing } else { CodeFound::Unchecked };
        Ok(self.no_pass(unit, found, tries))
    }

    /// Judges somebody whose six digits for a unit are no pass's that is known.
    fn no_pass(&self, unit: UnitId, found: CodeFound, tries: Tries) -> Judged {
        let mut comer = Comer::new(gatehouse::words::VisitorType::Guest);
        comer.units = vec![unit];
        self.judged(Shown::Code { pass: None, found }, None, comer, Vec::new(), tries)
    }

    /// Judges a cab by its plate, which these passes expect: weighed as if the day code had been said. Nothing where
    /// none does.
    ///
    /// # Errors
    /// When a store fails.
    pub fn cab(&self, expected: Vec<Found<PassRow>>) -> Result<Option<Judged>, DeskError> {
        let said: Vec<_> = expected.into_iter().map(|row| (row, CodeFound::Day)).collect();
        self.meant(&said, Tries::default())
    }

    /// Of passes that have the same digits the one is meant whose holder comes in, before one whose holder is inside,
    /// before one that lets nobody pass as it stands.
    fn meant(&self, said: &[(Found<PassRow>, CodeFound)], tries: Tries) -> Result<Option<Judged>, DeskError> {
        let judged = said.iter().map(|(row, found)| self.said(row, *found, tries));
        let judged = judged.collect::<Result<Vec<_>, _>>()?;
        Ok(judged.into_iter().min_by_key(|judged| {
            let inside = judged.comer.pass.is_some_and(|pass| !self.book.inside_on(pass).is_empty());
            let comes_in = judged.way == Way::Entry && judged.verdict.admits();
            let is_known = inside && judged.way != Way::Entry;
            (!comes_in, !is_known, judged.verdict.gravity(), inside)
        }))
    }

    fn said(&self, row: &Found<PassRow>, found: CodeFound, tries: Tries) -> Result<Judged, DeskError> {
        let id = PassId(row.id);
        let mut comer = Comer::of_pass(id, None, Some(&row.body), &self.known.units);
        comer.photo = self.photo(id)?;
        let shown = Shown::Code { pass: Some(id), found };
        let row = RowFacts::of(&row.body, row.seq, row.newer);
        let uses = self.counted(id, &shown, Some(&row))?;
        Ok(self.judged(shown, Some(row), comer, uses, tries))
    }

    /// The name of the photo of a pass's holder.
    fn photo(&self, pass: PassId) -> Result<Option<Hash>, DeskError> {
        let photo = self.cache.look_up::<PassPhotoRow>(pass.0)?.into_row();
        Ok(photo.map(|row| Hash::of(&[&row.body.jpeg])))
    }

    fn code_of(
        &self,
        row: &Found<PassRow>,
        digits: &SixDigits,
        any_key: &mut bool,
    ) -> Result<Option<CodeFound>, DeskError> {
        let id = PassId(row.id);
        let (at, doubt) = self.time();
        for date in code_dates(&row.body.windows, &self.known.zone, at, doubt) {
            for key in self.known.day_keys(date) {
                *any_key = true;
                let found = match key.pass_secret(id).check(digits, &row.body.mode, at, doubt) {
                    None => continue,
                    Some(CodeMatch::Day) => CodeFound::Day,
                    Some(CodeMatch::Live(step)) => CodeFound::Live { step, spent: self.spent(id, step)? },
                };
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn live(
        &self,
        pass: PassId,
        digits: &SixDigits,
        windows: &[WeeklyWindow],
    ) -> Result<LiveShown, DeskError> {
        let (at, doubt) = self.time();
        let mut checked = false;
        for date in code_dates(windows, &self.known.zone, at, doubt) {
            for key in self.known.day_keys(date) {
                checked = true;
                if let Some(step) = key.pass_secret(pass).check_live(digits, at, doubt) {
                    return Ok(LiveShown::Right { step, spent: self.spent(pass, step)? });
                }
            }
        }
        Ok(if checked { LiveShown::Wrong } else { LiveShown::Unchecked })
    }

    fn spent(&self, pass: PassId, step: u64) -> Result<bool, DeskError> {
        let from = step.saturating_sub(2 * MAX_LIVE_STEPS);
        Ok(self.ledger.burnt(pass, from)?.contains(&step))
    }

    /// Judges the household's answer to an ask.
    pub fn answered(&self, comer: &Comer, answer: &Answer, credential: Credential) -> Judged {
        let visitor_type = comer.visitor_type.clone();
        let shown = Shown::Answered { visitor_type, answer: answer.clone(), credential };
        self.judged(shown, None, comer.clone(), Vec::new(), Tries::default())
    }

    /// Judges a guard's own word.
    pub fn overridden(&self, comer: &Comer, guard: Option<gatehouse::id::UserId>) -> Judged {
        let shown = Shown::Override { visitor_type: comer.visitor_type.clone(), guard };
        self.judged(shown, None, comer.clone(), Vec::new(), Tries::default())
    }

    /// Judges anew somebody whom the guard was asked about, with what was given for a step-up and what is known now.
    ///
    /// # Errors
    /// When a store fails.
    pub fn again(
        &self,
        before: &Judged,
        comer: Comer,
        stepped_up: Option<SteppedUp>,
    ) -> Result<Judged, DeskError> {
        let mut facts = before.facts.clone();
        // Between the question and its answer the pass may have ended, or the list grown old.
        (facts.time, facts.list_age_ms) = self.timed();
        if let Some(pass) = facts.pass() {
            facts.row = row_facts(&self.cache.look_up(pass.0)?).or(facts.row);
            facts.uses = self.counted(pass, &facts.shown, facts.row.as_ref())?;
            match &mut facts.shown {
                Shown::Pass { live: LiveShown::Right { step, spent }, .. }
                | Shown::Code { found: CodeFound::Live { step, spent }, .. } => {
                    *spent = self.spent(pass, *step)?;
                }
                _ => {}
            }
        }
        facts.gate.locked_down = self.known.locked_down;
        facts.unit = self.unit(&comer);
        facts.watch = self.watch(&comer);
        facts.stepped_up = stepped_up;
        Ok(Judged { verdict: decide(&facts), facts, comer, way: before.way })
    }

    /// Judges somebody who came without a pass.
    pub fn walk_in(&self, comer: &Comer) -> Judged {
        let shown = Shown::WalkIn { visitor_type: comer.visitor_type.clone() };
        self.judged(shown, None, comer.clone(), Vec::new(), Tries::default())
    }

    /// Earlier wrong codes.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn tries(&self, unit: UnitId) -> Result<Tries, DeskError> {
        let (at, _) = self.time();
        let of_unit = self.ledger.tries(WRONG_CODE, unit.0, at.plus(-DAY))?;
        let of_kiosk = self.ledger.tries_at_kiosk(WRONG_CODE, at.plus(-DAY))?;
        Ok(tries(&of_unit, &of_kiosk, at, &TryLimits::STANDARD))
    }

    /// The uses of a pass that is good for so many, by its token or its row. Of another nobody counts them, and years
    /// of them would fill each event.
    fn counted(
        &self,
        pass: PassId,
        shown: &Shown,
        row: Option<&RowFacts>,
    ) -> Result<Vec<EventId>, DeskError> {
        let by_token = match shown {
            Shown::Pass { claims, .. } => claims.terms().and_then(|terms| terms.uses),
            _ => None,
        };
        if by_token.is_some() || row.is_some_and(|row| row.uses.is_some()) {
            self.uses(pass)
        } else {
            Ok(Vec::new())
        }
    }

    /// The events that used a pass, here or anywhere, those taken back here left out.
    pub(super) fn uses(&self, pass: PassId) -> Result<Vec<EventId>, DeskError> {
        let mut uses: BTreeSet<EventId> =
            self.ledger.uses(pass)?.into_iter().map(|(event, _)| event).collect();
        for (event, _) in self.cache.uses_of(pass)? {
            if !self.ledger.is_undone(event)? {
                uses.insert(event);
            }
        }
        Ok(uses.into_iter().collect())
    }

    fn time(&self) -> (UnixMs, i64) {
        match self.reading {
            Reading::Sure { at, uncertainty_ms, .. } => (at, uncertainty_ms),
            // How far off is not known: as many live steps as are ever accepted.
            Reading::Unsure { at } => (at, LIVE_STEP_MS * i64::try_from(MAX_LIVE_STEPS).unwrap_or(0)),
        }
    }

    fn judged(
        &self,
        shown: Shown,
        row: Option<RowFacts>,
        comer: Comer,
        uses: Vec<EventId>,
        tries: Tries,
    ) -> Judged {
        let (time, list_age_ms) = self.timed();
        let at = time.at;
        let policy = self.known.policy.of(&comer.visitor_type).clone();
        let way = comer.pass.map_or(Way::Entry, |pass| {
            let since = self.book.inside_on(pass).last().and_then(|(_, row)| row.entered_at);
            way(&self.known.gate_kind, since.map(|since| Inside { since }), at, &policy)
        });
        let facts = Facts {
            rules: RULES_VERSION,
            gate: GateFacts { gate: self.known.gate, locked_down: self.known.locked_down },
            row,
            unit: self.unit(&comer),
            uses,
            watch: self.watch(&comer),
            list_age_ms,
            tries,
            policy,
            time,
            shown,
            stepped_up: None,
        };
        Judged { verdict: decide(&facts), facts, comer, way }
    }

    /// The time, and how old the list is by it.
    fn timed(&self) -> (TimeFacts, Option<i64>) {
        let time = TimeFacts::of(self.reading, &self.known.zone_name);
        let age = self.whole_at.filter(|_| time.sure).map(|whole| time.at.since(whole).max(0));
        (time, age)
    }

    /// Of several units the one whose state bars most.
    fn unit(&self, comer: &Comer) -> Option<UnitFacts> {
        let states =
            comer.units.iter().filter_map(|unit| Some((*unit, self.known.units.get(*unit)?.state.clone())));
        states
            .max_by_key(|(_, state)| match state {
                UnitState::Occupied => 0,
                UnitState::Vacant => 1,
                UnitState::Unknown(_) => 2,
                UnitState::Barred => 3,
            })
            .map(|(unit, state)| UnitFacts { unit, state })
    }

    fn watch(&self, comer: &Comer) -> Option<WatchFacts> {
        let key = self.known.lookup_key.as_ref()?;
        // What is no whole number, such as the end of one, is nobody's.
        let phone = comer.phone.as_deref().and_then(|phone| phone.parse::<Phone>().ok());
        let phone = phone.map(|phone| digest(key, phone.as_str()));
        let plate = comer.plate.as_deref().map(|plate| digest(key, &plain_plate(plate)));
        self.known
            .watch
            .iter()
            .filter(|row| {
                (row.phone.is_some() && row.phone == phone) || (row.plate.is_some() && row.plate == plate)
            })
            .map(|row| WatchFacts { refuse: row.refuse })
            .max_by_key(|watch| watch.refuse)
    }
}

/// What the list says of a pass. A row that cannot be read is one with restrictions that are not known here.
fn row_facts(listed: &Holding<PassRow>) -> Option<RowFacts> {
    match listed {
        Holding::Nothing => None,
        Holding::Row(row) => Some(RowFacts::of(&row.body, row.seq, row.newer)),
        Holding::Unreadable => Some(RowFacts::unreadable()),
    }
}

/// A plate in upper case without blanks, as it is looked up.
pub fn plain_plate(plate: &str) -> String {
    plate.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

pub(super) fn digest(key: &[u8; 32], text: &str) -> [u8; 32] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Whether policy lets a guard let such a visitor in on the guard's own word.
pub fn override_allowed(policy: &Policy, comer: &Comer) -> bool {
    policy.of(&comer.visitor_type).override_allowed
}
