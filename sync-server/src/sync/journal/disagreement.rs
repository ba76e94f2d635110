//! The kiosk's decisions weighed again: the same rules over the facts it sent, and the facts against what the server
//! knows. What differs is noted, never undone.

use std::collections::HashMap;

use gatehouse::{
    admission::{Facts, RULES_VERSION, RowFacts, Verdict, decide},
    feed::row::PassRow,
    id::PassId,
    journal::{Act, Recorded},
};

use super::store::cases::NewDisagreement;

/// A pass's row in the feed as it stands, and the number of its latest change.
pub(super) type Rows = HashMap<PassId, (u64, PassRow)>;

/// The pass that an event's facts speak of, where it brought facts.
pub(super) fn pass_of(recorded: &Recorded) -> Option<PassId> {
    facts(recorded)?.ok()?.pass()
}

/// In what server and kiosk differ about one event.
pub(super) fn weigh(recorded: &Recorded, rows: &Rows) -> Vec<NewDisagreement> {
    let differ = |found, theirs, ours| NewDisagreement {
        event: recorded.event.id,
        kiosk: recorded.event.kiosk,
        found,
        theirs,
        ours,
    };
    let facts = match facts(recorded) {
        None => return Vec::new(),
        Some(Ok(facts)) => facts,
        Some(Err(error)) => return vec![differ("UNREADABLE", error.to_string(), String::new())],
    };
    let mut found = Vec::new();
    if let Some(theirs) = decided(&recorded.act)
        && facts.rules == RULES_VERSION
    {
        let ours = say(&decide(&facts));
        if theirs != ours {
            found.push(differ("VERDICT", theirs, ours));
        }
    }
    if let Some((row, known)) = facts.row.as_ref().zip(facts.pass().and_then(|pass| rows.get(&pass)))
        && row.seq == known.0
        && *row != RowFacts::of(&known.1, known.0, row.newer)
    {
        found.push(differ(
            "FACTS",
            format!("pass row at {}", row.seq),
            "another row at that number".to_owned(),
        ));
    }
    found
}

fn facts(recorded: &Recorded) -> Option<Result<Facts, gatehouse::cbor::CborError>> {
    Some(Facts::read(recorded.details.as_ref()?.facts.as_deref()?))
}

/// What the kiosk decided, where the event tells of a decision under rules of a version.
fn decided(act: &Act) -> Option<String> {
    match act {
        Act::Admitted { .. } => Some("ADMIT".to_owned()),
        Act::Refused { verdict, reason, .. } => Some(format!("{verdict} {reason}")),
        _ => None,
    }
}

fn say(verdict: &Verdict) -> String {
    match verdict.reason() {
        None => verdict.word().to_owned(),
        Some(reason) => format!("{} {}", verdict.word(), reason.as_str()),
    }
}
