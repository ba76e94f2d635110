//! A visit as a fold over the events about it.
//!
//! The server folds all of them ([`fold`]); a kiosk lays those of its own that the feed does not show yet over
//! the feed's row ([`lay_over`]). Both go through one join, so that they agree. The join does not care which
//! event came first: an exit that arrives before its entry is fine.
//!
//! An entry that was asked over the API has no event of its own: the fold begins with it.
//!
//! An exit whose entry was not known where it was recorded names no visit; [`ended`] finds the one it ends, and
//! both the fold and the overlay take it as one more event about that visit.

use std::collections::BTreeMap;

use crate::{
    feed::row::VisitRow,
    id::{EventId, VisitorId},
    journal::{Act, AskClose, Details, Recorded, Requested},
    phone::last_four,
    presence::{Passage, visits},
    time::UnixMs,
    words::{Answer, Subject, VisitorStatus, VisitorType},
};

/// A household's answer over the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What they said.
    pub answer: Answer,
    /// When.
    pub at: UnixMs,
}

/// One of a kiosk's own events about a visit.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The event.
    pub recorded: &'a Recorded,
    /// Whether a later event took it back.
    pub undone: bool,
}

/// The visits that exits without a known entry ended, from all that is known of the passes they were made on:
/// each visit with that exit's event.
pub fn ended<'a>(of_passes: impl IntoIterator<Item = &'a Recorded>) -> BTreeMap<VisitorId, EventId> {
    let mut unpaired = Vec::new();
    let mut passages = Vec::new();
    for recorded in of_passes {
        if matches!(recorded.act, Act::ExitUnpaired { .. }) {
            unpaired.push(recorded.event.id);
        }
        passages.extend(Passage::of(&recorded.event, &recorded.act));
    }
    unpaired.sort_unstable();
    visits(&passages)
        .into_iter()
        .filter_map(|visit| Some((visit.visit?, visit.left?.event)))
        .filter(|(_, left)| unpaired.binary_search(left).is_ok())
        .collect()
}

/// The visit's row from all events about it that were not undone, in whatever order, what was asked over the API, and
/// the household's answer; nothing when nothing is left of it. Among the events may be the one by which it [`ended`].
pub fn fold<'a>(
    events: impl IntoIterator<Item = &'a Recorded>,
    requested: Option<&Requested>,
    answered: Option<&Answered>,
) -> Option<VisitRow> {
    let mut events: Vec<&Recorded> = events.into_iter().filter(|recorded| is_about(recorded)).collect();
    if requested.is_none() && events.iter().all(|recorded| recorded.visit().is_none()) {
        return None;
    }
    events.sort_by_key(|recorded| (recorded.event.at, recorded.event.kiosk, recorded.event.id));
    events.dedup_by_key(|recorded| recorded.event.id);
    events.into_iter().fold(begun(requested, answered), onto)
}

/// The visit before any event.
fn begun(requested: Option<&Requested>, answered: Option<&Answered>) -> Option<VisitRow> {
    if requested.is_none() && answered.is_none() {
        return None;
    }
    let mut row = requested.map_or_else(blank, |requested| requested.onto(blank()));
    if let Some(answered) = answered {
        answer(&mut row, answered);
    }
    row.status = status(&row, None);
    Some(row)
}

/// The feed's row with the kiosk's own acts on top: those that the feed does not show yet, and those taken
/// back by an event that it does not show yet.
pub fn lay_over<'a>(base: Option<VisitRow>, own: impl IntoIterator<Item = Own<'a>>) -> Option<VisitRow> {
    let mut own: Vec<Own<'a>> = own.into_iter().collect();
    own.sort_by_key(|own| (own.recorded.event.at, own.recorded.event.seq));
    let (undone, done): (Vec<_>, Vec<_>) = own.into_iter().partition(|own| own.undone);
    let row = undone.iter().fold(base, |row, own| row.and_then(|row| retract(row, own.recorded)));
    done.iter().fold(row, |row, own| onto(row, own.recorded))
}

/// A count of people, a photo or a step-up says nothing where nobody asked or came in: what it belonged to was taken
/// back.
fn onto(row: Option<VisitRow>, recorded: &Recorded) -> Option<VisitRow> {
    let beside =
        matches!(recorded.act, Act::PeopleCounted { .. } | Act::PhotoTaken { .. } | Act::SteppedUp { .. });
    if row.is_none() && beside {
        return None;
    }
    Some(join(row, recorded))
}

fn is_about(recorded: &Recorded) -> bool {
    recorded.visit().is_some() || matches!(recorded.act, Act::ExitUnpaired { .. })
}

fn blank() -> VisitRow {
    VisitRow {
        units: Vec::new(),
        visitor_type: VisitorType::Guest,
        status: VisitorStatus::Pending,
        subject: Subject::Visitor,
        people: 0,
        name: None,
        company: None,
        plate: None,
        phone4: None,
        pass: None,
        asked_at: None,
        kiosk: None,
        answer: None,
        answered_at: None,
        entered_at: None,
        entered_gate: None,
        exited_at: None,
        exit_assumed: None,
        awaited: None,
    }
}

/// The row with one more event. An event that is in it already changes nothing.
fn join(row: Option<VisitRow>, recorded: &Recorded) -> VisitRow {
    let mut row = row.unwrap_or_else(blank);
    let closed = is_closed(&row);
    let Recorded { event, act, details } = recorded;
    let mut closes = None;
    match act {
        Act::Asked { units, visitor_type, people, subject, pass, .. } => {
            let first = row.asked_at.is_none_or(|asked| event.at < asked);
            if row.entered_at.is_none() && first {
                row.units.clone_from(units);
                row.visitor_type = visitor_type.clone();
                row.subject = subject.clone();
                row.people = *people;
                row.pass = *pass;
                row.kiosk = Some(event.kiosk);
            }
            row.asked_at = Some(row.asked_at.map_or(event.at, |asked| asked.min(event.at)));
            describe(&mut row, details.as_ref(), false);
        }
        Act::Admitted { units, visitor_type, people, subject, pass, .. } => {
            let first =
                row.entered_at.is_none_or(|entered| (event.at, Some(event.kiosk)) < (entered, row.kiosk));
            if first {
                row.units.clone_from(units);
                row.visitor_type = visitor_type.clone();
                row.subject = subject.clone();
                row.people = *people;
                row.pass = *pass;
                row.kiosk = Some(event.kiosk);
                row.entered_at = Some(event.at);
                row.entered_gate = Some(event.gate);
            }
            describe(&mut row, details.as_ref(), first);
        }
        Act::Exited { assumed, .. } => exit(&mut row, event.at, *assumed),
        Act::ExitUnpaired { .. } => exit(&mut row, event.at, false),
        Act::AskClosed { outcome, .. } => closes = Some(outcome),
        Act::PeopleCounted { people, .. } => row.people = *people,
        Act::SpokenAnswered { approved, .. } => {
            let said = if *approved { Answer::Approve } else { Answer::Deny };
            answer(&mut row, &Answered { answer: said, at: event.at });
        }
        _ => {}
    }
    row.status = match closes {
        Some(AskClose::Denied) => status(&row, Some(VisitorStatus::Denied)),
        Some(AskClose::Undone | AskClose::Left | AskClose::Lapsed) => {
            status(&row, Some(VisitorStatus::Lapsed))
        }
        None => status(&row, closed),
    };
    if closes.is_some() || row.entered_at.is_some() || row.exited_at.is_some() {
        row.awaited = None;
    }
    row
}

/// The row without one of its events; nothing when nothing else is left of it.
fn retract(mut row: VisitRow, recorded: &Recorded) -> Option<VisitRow> {
    let event = &recorded.event;
    let mut closed = is_closed(&row);
    match recorded.act {
        Act::Admitted { .. } if row.entered_at == Some(event.at) && row.kiosk == Some(event.kiosk) => {
            row.entered_at = None;
            row.entered_gate = None;
        }
        Act::Exited { .. } | Act::ExitUnpaired { .. } if row.exited_at == Some(event.at) => {
            row.exited_at = None;
            row.exit_assumed = None;
        }
        Act::AskClosed { .. } => closed = None,
        _ => return Some(row),
    }
    if row.asked_at.is_none() && row.entered_at.is_none() && row.exited_at.is_none() {
        return None;
    }
    row.status = status(&row, closed);
    Some(row)
}

/// What people said of the visitor: an entry's own words replace an ask's, others only fill gaps.
fn describe(row: &mut VisitRow, details: Option<&Details>, replace: bool) {
    let Some(details) = details else { return };
    let put = |field: &mut Option<String>, said: Option<String>| {
        if said.is_some() && (replace || field.is_none()) {
            *field = said;
        }
    };
    put(&mut row.name, details.name.clone());
    put(&mut row.company, details.company.clone());
    put(&mut row.plate, details.plate.clone());
    put(&mut row.phone4, details.phone.as_deref().map(last_four));
}

/// The first answer stands.
fn answer(row: &mut VisitRow, answered: &Answered) {
    let (said, at) = (&answered.answer, answered.at);
    let first = row.answered_at.is_none_or(|before| at < before || (at == before && *said == Answer::Deny));
    if first {
        row.answer = Some(said.clone());
        row.answered_at = Some(at);
    }
}

/// The first exit that was seen stands; where none was, the first that was assumed.
fn exit(row: &mut VisitRow, at: UnixMs, assumed: bool) {
    let stands = row.exited_at.map(|exited| (row.exit_assumed == Some(true), exited));
    if stands.is_none_or(|stands| (assumed, at) < stands) {
        row.exited_at = Some(at);
        row.exit_assumed = assumed.then_some(true);
    }
}

/// How the ask ended, where the row says that it ended without an entry, or a word this version does not know.
fn is_closed(row: &VisitRow) -> Option<VisitorStatus> {
    match &row.status {
        VisitorStatus::Denied if row.answer == Some(Answer::Deny) => None,
        status @ (VisitorStatus::Lapsed | VisitorStatus::Denied | VisitorStatus::Unknown(_)) => {
            Some(status.clone())
        }
        _ => None,
    }
}

/// Where the visit stands: what happened at the gate outweighs how the ask ended, and that the answer.
fn status(row: &VisitRow, closed: Option<VisitorStatus>) -> VisitorStatus {
    if row.exited_at.is_some() {
        return VisitorStatus::Exited;
    }
    if row.entered_at.is_some() {
        return VisitorStatus::Inside;
    }
    closed.unwrap_or(match row.answer {
        Some(Answer::Approve) => VisitorStatus::Approved,
        Some(Answer::Deny) => VisitorStatus::Denied,
        Some(Answer::Unknown(_)) | None => VisitorStatus::Pending,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::{GateId, IncarnationId, KioskId, PassId},
        journal::{Event, TimeMark},
        words::Credential,
    };

    const PASS: PassId = PassId(Uuid::from_u128(1));

    fn recorded(number: u128, at: i64, act: Act) -> Recorded {
        let event = Event {
            format: Event::FORMAT,
            kiosk: KioskId(Uuid::from_u128(number)),
            incarnation: IncarnationId(Uuid::from_u128(number)),
            seq: 1,
            id: EventId(Uuid::from_u128(number)),
            at: UnixMs(at),
            time: TimeMark::Wall,
            gate: GateId(Uuid::from_u128(number)),
            guard: None,
            kind: act.kind(),
            body: act.body(),
            details: None,
        };
        Recorded { event, act, details: None }
    }

    fn admitted(number: u128, at: i64, visit: VisitorId) -> Recorded {
        let act = Act::Admitted {
            visit,
            pass: Some(PASS),
            units: vec![],
            visitor_type: VisitorType::Guest,
            credential: Credential::Qr,
            people: 1,
            subject: Subject::Visitor,
            live_step: None,
            rules: 1,
        };
        recorded(number, at, act)
    }

    fn went_out(number: u128, at: i64) -> Recorded {
        recorded(number, at, Act::ExitUnpaired { pass: Some(PASS), credential: Credential::Qr })
    }

    #[test]
    fn an_exit_that_names_only_the_pass_ends_the_visit_whichever_is_told_first() {
        let visit = VisitorId(Uuid::from_u128(9));
        let (came, went) = (admitted(5, 10, visit), went_out(6, 20));
        assert!(ended([&went]).is_empty());
        assert_eq!(ended([&went, &came]), BTreeMap::from([(visit, went.event.id)]));
        for events in [[&came, &went], [&went, &came]] {
            let row = fold(events, None, None).unwrap();
            assert_eq!((row.status, row.exited_at), (VisitorStatus::Exited, Some(UnixMs(20))));
        }
        assert_eq!(fold([&went], None, None), None, "it tells of no visit by itself");
    }

    #[test]
    fn an_exit_that_was_taken_back_leaves_them_inside() {
        let (came, went) = (admitted(5, 10, VisitorId(Uuid::from_u128(9))), went_out(6, 20));
        let out = fold([&came, &went], None, None);
        let own = Own { recorded: &went, undone: true };
        let row = lay_over(out, [own]).unwrap();
        assert_eq!((row.status, row.exited_at), (VisitorStatus::Inside, None));
    }
}
