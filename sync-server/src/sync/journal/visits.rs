//! A visit as events and tables together tell it.

use std::collections::HashMap;

use gatehouse::{
    feed::row::VisitRow,
    id::PassId,
    journal::{
        Act, Recorded,
        visit::{self, Answered},
    },
    phone::last_four,
    time::UnixMs,
    words::VisitorStatus,
};

use super::store::{
    uses::Pass,
    visits::{Held, Told},
};

/// The visit `id`, from all events about it that count and what is held of it; nothing when nothing is left of it.
pub(super) fn tell(
    id: gatehouse::id::VisitorId,
    events: &[Recorded],
    held: Option<&Held>,
    passes: &HashMap<PassId, Pass>,
) -> Option<Told> {
    let requested = held.and_then(|held| held.request.as_ref());
    let mut row = visit::fold(events, requested, held.and_then(answered).as_ref())?;
    let mut phone = phone(events, held);
    if let Some(held) = held {
        if row.awaited.is_some() && lapsed(held, events) {
            row.status = VisitorStatus::Lapsed;
            row.awaited = None;
        }
        row.asked_at = row.asked_at.or(held.asked_at);
        row.pass = row.pass.or(held.pass);
        fill(&mut row, [&held.name, &held.company, &held.vehicle_number].map(Option::as_deref));
    }
    if let Some(pass) = row.pass.and_then(|pass| passes.get(&pass)) {
        fill(&mut row, [Some(pass.name.as_str()), pass.company.as_deref(), pass.plate.as_deref()]);
        phone = phone.or_else(|| pass.phone.clone());
    }
    row.phone4 = row.phone4.or_else(|| phone.as_deref().map(last_four));
    let admitted = first(events, row.entered_at, |act| matches!(act, Act::Admitted { .. }));
    let asked = first(events, row.asked_at, |act| matches!(act, Act::Asked { .. }));
    let exited =
        first(events, row.exited_at, |act| matches!(act, Act::Exited { .. } | Act::ExitUnpaired { .. }));
    let at_gate = admitted.or(asked);
    let gate = asked.map(|recorded| recorded.event.gate).or(requested.and_then(|requested| requested.gate));
    Some(Told {
        id,
        phone,
        gate: gate.or(admitted.map(|recorded| recorded.event.gate)),
        guard: at_gate.and_then(|recorded| recorded.event.guard),
        exited_gate: exited.map(|recorded| recorded.event.gate),
        row,
    })
}

fn answered(held: &Held) -> Option<Answered> {
    Some(Answered { answer: held.answer.clone()?, at: held.answered_at? })
}

/// Whether a question that was asked over the API had lapsed, unanswered as far as was known here. What a household said
/// at a gate that was cut off, it said in time: gates take no answer later.
fn lapsed(held: &Held, events: &[Recorded]) -> bool {
    let spoken = |recorded: &Recorded| matches!(recorded.act, Act::SpokenAnswered { .. });
    held.status == VisitorStatus::Lapsed && !events.iter().any(spoken)
}

/// The visitor's phone as it was told last. A gate that lets in whom it did not ask about knows its end alone.
fn phone(events: &[Recorded], held: Option<&Held>) -> Option<String> {
    let at_gates = events.iter().rev().filter_map(|recorded| recorded.details.as_ref()?.phone.as_ref());
    let told: Vec<&String> = at_gates.chain(held.and_then(|held| held.phone.as_ref())).collect();
    let whole = told.iter().find(|phone| last_four(phone) != ***phone);
    whole.or(told.first()).map(|phone| (*phone).clone())
}

/// Fills the gaps of name, company and plate with what is known from elsewhere.
fn fill(row: &mut VisitRow, known: [Option<&str>; 3]) {
    for (gap, known) in [&mut row.name, &mut row.company, &mut row.plate].into_iter().zip(known) {
        if gap.is_none() {
            *gap = known.map(str::to_owned);
        }
    }
}

fn first(events: &[Recorded], at: Option<UnixMs>, of: impl Fn(&Act) -> bool) -> Option<&Recorded> {
    events.iter().find(|recorded| Some(recorded.event.at) == at && of(&recorded.act))
}
