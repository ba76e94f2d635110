//! Why somebody is not simply let in, with what the window says beside it.

use gatehouse::{
    admission::{self, Facts, Shown, Verdict},
    code::{self, TryLimits},
    feed::row::WeeklyWindow,
    time::{DAY, UnixMs},
    words::UnitState,
};

use super::{Desk, DeskError, Judged, Known, judge::WRONG_CODE};
use crate::{
    journal::Ledger,
    screen::{NextTouch, Reason, UnitRef, Weekday},
};

impl Desk {
    /// The window's reason for a verdict that is no admission.
    pub(super) fn reason(&self, known: &Known, judged: &Judged) -> Result<Reason, DeskError> {
        use admission::Reason as Why;
        let facts = &judged.facts;
        let at = judged.verdict.at();
        let Some(why) = judged.verdict.reason() else { return Ok(Reason::ByPolicy) };
        // Where nobody is asked and nothing more is wanted: whoever leaves by no pass that is known leaves by the list.
        if !matches!(judged.verdict, Verdict::Refuse { .. }) && known.may_enter().is_err() {
            return Ok(Reason::ExitOnly);
        }
        Ok(match why {
            Why::NotAPass | Why::Unreadable => Reason::Damaged,
            Why::NewerFormat | Why::UnknownRestriction => Reason::UnknownRestriction,
            Why::IssuerUnknown | Why::IssuerNotInUse => Reason::IssuerUnknown,
            Why::Forged => Reason::Forged,
            Why::Revoked => Reason::Revoked { at },
            Why::Expired => Reason::Expired { at: at.unwrap_or(facts.time.at) },
            Why::NotYetValid => Reason::NotYet { from: at.unwrap_or(facts.time.at) },
            Why::WrongDay => Reason::WrongDay { weekdays: weekdays(&windows(facts)) },
            Why::WrongHour => wrong_hour(&windows(facts)),
            Why::UsedUp => self.used_up(facts)?,
            Why::WrongGate => Reason::OtherGate { gate: home_gate(known, facts) },
            Why::LiveNeeded => Reason::LiveNeeded,
            Why::LiveWrong => Reason::LiveStale,
            Why::LiveSpent => Reason::CodeUsed,
            Why::RowNeeded => Reason::RowNeeded,
            Why::WrongCode => Reason::WrongCode { tries_left: self.tries_left(judged)? },
            Why::UnknownPass => Reason::NotOnList { as_of: at },
            Why::TooManyTries => Reason::TooManyTries { until: at },
            Why::Stale => Reason::KnowledgeTooOld { as_of: at },
            Why::NoDayKey => Reason::KnowledgeTooOld { as_of: self.cache.whole_at() },
            Why::TimeUnsure => Reason::TimeUnsure,
            Why::WatchListed => Reason::WatchList,
            Why::LockedDown => Reason::LockDown,
            Why::UnitBarred => Reason::UnitBarred,
            Why::UnitVacant => Reason::UnitVacant,
            Why::WalkIn => Reason::AskAlways,
            Why::Denied => Reason::Denied,
            Why::OverrideBarred | Why::NobodyOnShift => Reason::ByPolicy,
        })
    }

    fn used_up(&self, facts: &Facts) -> Result<Reason, DeskError> {
        let by_token = match &facts.shown {
            Shown::Pass { claims, .. } => claims.terms().and_then(|terms| terms.uses),
            _ => None,
        };
        let by_row = facts.row.as_ref().and_then(|row| row.uses);
        let uses = by_token.into_iter().chain(by_row).min().unwrap_or(1);
        let mut times: Vec<UnixMs> = Vec::new();
        if let Some(pass) = facts.pass() {
            times.extend(self.journal.uses(pass)?.into_iter().map(|(_, at)| at));
            times.extend(self.cache.uses_of(pass)?.into_iter().map(|(_, at)| at));
        }
        Ok(Reason::UsedUp { uses, last: times.into_iter().max() })
    }

    fn tries_left(&self, judged: &Judged) -> Result<u32, DeskError> {
        let Some(unit) = judged.comer.units.first() else { return Ok(0) };
        let at = judged.facts.time.at;
        let wrong = self.journal.tries(WRONG_CODE, unit.0, at.plus(-DAY))?;
        Ok(u32::try_from(code::tries_left(&wrong, at, &TryLimits::STANDARD)).unwrap_or(0))
    }
}

/// The one touch a verdict offers.
pub(super) fn next_touch(known: &Known, judged: &Judged) -> NextTouch {
    use admission::Reason as Why;
    let barred = judged.facts.unit.as_ref().is_some_and(|unit| unit.state == UnitState::Barred);
    let unit = first_unit(known, judged);
    match (&judged.verdict, unit) {
        (Verdict::Refuse { reason: Why::WrongCode, .. }, Some(unit)) => NextTouch::CodeAgain { unit },
        (
            Verdict::Refuse {
                reason: Why::LockedDown | Why::UnitBarred | Why::WatchListed | Why::Denied,
                ..
            },
            _,
        ) => NextTouch::Close,
        _ if barred || known.may_enter().is_err() => NextTouch::Close,
        (_, None) => NextTouch::ChooseUnit,
        (_, Some(_)) => unit_to_ask(known, judged).map_or(NextTouch::Close, |unit| NextTouch::Ask { unit }),
    }
}

/// The household that can be asked.
pub(super) fn unit_to_ask(known: &Known, judged: &Judged) -> Option<UnitRef> {
    first_unit(known, judged).filter(|unit| known.units.can_be_asked(unit.id))
}

fn first_unit(known: &Known, judged: &Judged) -> Option<UnitRef> {
    let unit = *judged.comer.units.first()?;
    known.units.get(unit).map(|_| known.units.shown(unit))
}

fn windows(facts: &Facts) -> Vec<WeeklyWindow> {
    let row = facts.row.as_ref().map(|row| row.windows.clone()).filter(|windows| !windows.is_empty());
    row.unwrap_or_else(|| match &facts.shown {
        Shown::Pass { claims, .. } => claims.terms().and_then(|terms| terms.window).into_iter().collect(),
        _ => Vec::new(),
    })
}

fn weekdays(windows: &[WeeklyWindow]) -> Vec<Weekday> {
    const DAYS: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let days = windows.iter().fold(0, |days, window| days | window.weekdays);
    DAYS.into_iter().enumerate().filter(|(day, _)| days >> day & 1 == 1).map(|(_, name)| name).collect()
}

fn wrong_hour(windows: &[WeeklyWindow]) -> Reason {
    let first = windows.first();
    Reason::WrongHour {
        from_min: first.map_or(0, |window| window.from),
        to_min: first.map_or(0, |window| window.to),
    }
}

fn home_gate(known: &Known, facts: &Facts) -> Option<String> {
    let by_row = facts.row.as_ref().and_then(|row| row.home_gate);
    if let Some(gate) = by_row {
        return known.gate_name(gate).map(str::to_owned);
    }
    let Shown::Pass { claims, .. } = &facts.shown else { return None };
    let tag = claims.terms()?.home_gate?;
    let gate = known.gates.iter().find(|(gate, _)| gatehouse::pass::GateTag::of(**gate) == tag);
    gate.map(|(_, name)| name.clone())
}
