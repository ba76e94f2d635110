//! Carrying an order out on a desk.

use std::{thread, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    code::SixDigits,
    id::VisitorId,
    journal::{ExportedEvent, Head},
    sync::{Contact, Failure},
    time::SECOND,
    words::Direction,
};
use serde_json::{Value, json};

use super::{Ending, Order, Said};
use crate::{
    camera::SNAPSHOT_BYTES,
    desk::{Desk, DeskError, Outcome},
    journal::{Exporting, JournalError},
    kiosk::Ended,
    screen::{AskState, TouchError},
    time::micros,
};

/// How long a sync may take, in milliseconds.
const SYNC_MS: u64 = 120_000;
/// Without a word of the server's for so long it is not there, in microseconds.
const SILENT_US: u64 = 15_000_000;
/// Where what fails is that there is no way to it, two or three tries are enough.
const NO_WAY_US: u64 = 2_000_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// What an order is carried out with.
pub struct Hands<'a> {
    /// The gate's desk.
    pub desk: &'a Desk,
    /// Tells the courier that something was recorded.
    pub recorded: &'a dyn Fn(),
    /// Tells the courier to try now. False where there is none.
    pub try_now: &'a dyn Fn() -> bool,
    /// Whether to stop waiting for a sync that has taken so many microseconds.
    pub gave_up: &'a dyn Fn(u64) -> bool,
    /// Whether the kiosk was ended meanwhile: then nothing of it is to be used any more.
    pub ended: &'a dyn Fn() -> Option<Ended>,
    /// What `status` says beside what the desk knows: as [`Gate::about`](crate::kiosk::Gate::about) has it.
    pub about: &'a dyn Fn() -> Value,
}

/// Whether a sync that has taken `waited` microseconds is to be given up, the server being out of reach.
pub fn is_out_of_reach(waited: u64, contact: &Contact) -> bool {
    match contact.trouble {
        Some(Failure::Unreachable) => waited > NO_WAY_US,
        _ => waited > SILENT_US && !contact.online,
    }
}

/// Carries `order` out. Each JSON object of the answer goes to `say`.
pub fn carry_out(hands: &Hands<'_>, order: &Order, say: &mut dyn FnMut(Value)) -> Ending {
    let done = match order {
        Order::Status => status(hands, say),
        Order::Check { text } => {
            let began = micros();
            judged(hands, hands.desk.check(text), began, say)
        }
        Order::Scan { text } => passed(hands, |desk| desk.scan(text), say),
        Order::Gravest { texts } => {
            say(json!({ "place": hands.desk.gravest(texts) }));
            Ok(Ending::Done)
        }
        Order::Admit { text } => passed(hands, |desk| desk.pass(text, Some(&Direction::Entry)), say),
        Order::Asks => asks(hands, say),
        Order::LetIn { visit } => let_in(hands, *visit, say),
        Order::Exit { text } => passed(hands, |desk| desk.pass(text, Some(&Direction::Exit)), say),
        Order::Leave { visit } => passed(hands, |desk| desk.out(*visit), say),
        Order::Code { unit, digits, admit } => code(hands, unit, digits, *admit, say),
        Order::Photo { visit, jpeg } => photo(hands, *visit, jpeg, say),
        Order::Sync => sync(hands, say),
        Order::JournalVerify => verify(hands, say),
        Order::JournalExport => export(hands, say),
    };
    done.unwrap_or_else(|error| failed(error, say))
}

/// Says what failed.
fn failed(error: DeskError, say: &mut dyn FnMut(Value)) -> Ending {
    let words = error.to_string();
    failed_by(&error.into_touch(), &words, say)
}

fn failed_by(touch: &TouchError, words: &str, say: &mut dyn FnMut(Value)) -> Ending {
    let ending = match touch {
        TouchError::Gone => Ending::Gone,
        TouchError::Wait { .. } => Ending::Resting,
        _ => Ending::Failed,
    };
    let mut said = serde_json::to_value(touch).unwrap_or(Value::Null);
    if let Value::Object(said) = &mut said {
        said.insert("error".into(), words.into());
    }
    say(said);
    ending
}

fn judged(
    hands: &Hands<'_>,
    judged: Result<crate::desk::Judged, DeskError>,
    began: u64,
    say: &mut dyn FnMut(Value),
) -> Result<Ending, DeskError> {
    let elapsed = micros() - began;
    let judged = judged?;
    say(Said::judged(&judged, &*hands.desk.known()?, elapsed).to_json());
    Ok(Ending::of(&judged.verdict))
}

fn passed(
    hands: &Hands<'_>,
    pass: impl FnOnce(&Desk) -> Result<Outcome, DeskError>,
    say: &mut dyn FnMut(Value),
) -> Result<Ending, DeskError> {
    let began = micros();
    let outcome = pass(hands.desk)?;
    let elapsed = micros() - began;
    (hands.recorded)();
    let (said, ending) = Said::outcome(&outcome, &*hands.desk.known()?, elapsed);
    say(said.to_json());
    Ok(ending)
}

/// Lets in whom the household approved; of others says what the household said.
fn let_in(hands: &Hands<'_>, visit: VisitorId, say: &mut dyn FnMut(Value)) -> Result<Ending, DeskError> {
    let done = passed(hands, |desk| desk.let_in(visit), say);
    let Err(DeskError::Touch(touch @ TouchError::NotNow)) = done else { return done };
    let asks = hands.desk.asks()?;
    let denied = asks.iter().any(|card| card.id == visit && matches!(card.state, AskState::Denied { .. }));
    let (words, ending) = if denied {
        ("the household said no", Ending::Refuse)
    } else {
        ("the household has not said yes yet", Ending::AskResident)
    };
    failed_by(&touch, words, say);
    Ok(ending)
}

fn code(
    hands: &Hands<'_>,
    unit: &str,
    digits: &str,
    admit: bool,
    say: &mut dyn FnMut(Value),
) -> Result<Ending, DeskError> {
    let Some(unit) = hands.desk.known()?.units.spoken(unit) else {
        return Ok(failed_by(&TouchError::Gone, &format!("there is no flat {unit}"), say));
    };
    let digits: SixDigits = digits.parse().map_err(|_| TouchError::Incomplete)?;
    if admit {
        return passed(hands, |desk| desk.submit_code(unit, &digits), say);
    }
    let began = micros();
    let verdict = hands.desk.verify_code(unit, &digits);
    (hands.recorded)();
    judged(hands, verdict, began, say)
}

fn photo(
    hands: &Hands<'_>,
    visit: VisitorId,
    jpeg: &str,
    say: &mut dyn FnMut(Value),
) -> Result<Ending, DeskError> {
    let jpeg = STANDARD.decode(jpeg).map_err(|_| TouchError::Incomplete)?;
    if jpeg.len() > SNAPSHOT_BYTES {
        return Err(TouchError::Incomplete.into());
    }
    let photo = hands.desk.add_photo(visit, &jpeg)?;
    (hands.recorded)();
    say(json!({ "visit": visit, "photo": photo, "bytes": jpeg.len() }));
    Ok(Ending::Done)
}

fn status(hands: &Hands<'_>, say: &mut dyn FnMut(Value)) -> Result<Ending, DeskError> {
    let desk = hands.desk;
    let known = desk.known()?;
    let outbox = desk.journal().outbox()?;
    let copy = desk.cache().copy()?;
    let head = desk.journal().head()?;
    let guard = desk.on_shift()?;
    let mut said = json!({
        "enrolled": true,
        "kiosk_id": known.kiosk,
        "kiosk_number": known.kiosk_number,
        "community_id": known.community,
        "community": known.community_name,
        "gate_id": known.gate,
        "gate": known.gate_name,
        "gate_kind": known.gate_kind,
        "guard": guard.map(|guard| guard.name),
        "time": desk.time_trust(),
        "now": desk.stamp().at,
        "list_as_of": desk.cache().whole_at(),
        "rows": desk.cache().count()?,
        "cursor": copy.cursor.map(|cursor| cursor.seq),
        "loading": copy.loading.is_some(),
        "inside": desk.inside("", crate::screen::InsideTab::Today, 0)?.total,
        "asks": desk.asks()?.len(),
        "waiting": outbox.waiting(),
        "photos_waiting": desk.journal().photos_waiting()?,
        "oldest_waiting": outbox.oldest_waiting,
        "acknowledged": acknowledged(&outbox),
        "head": head.as_ref().map(shown_head),
        "version": env!("CARGO_PKG_VERSION"),
    });
    if let (Value::Object(said), Value::Object(about)) = (&mut said, (hands.about)()) {
        said.extend(about);
    }
    say(said);
    Ok(Ending::Done)
}

fn asks(hands: &Hands<'_>, say: &mut dyn FnMut(Value)) -> Result<Ending, DeskError> {
    say(json!({ "asks": hands.desk.asks()? }));
    Ok(Ending::Done)
}

fn acknowledged(outbox: &gatehouse::journal::outbox::Outbox) -> u64 {
    outbox.lives.iter().map(|life| life.acknowledged.min(life.head.seq)).sum()
}

fn shown_head(head: &Head) -> Value {
    json!({ "incarnation": head.incarnation, "seq": head.seq, "hash": head.hash })
}

/// Waits until nothing is left to send and the copy was found whole once more.
fn sync(hands: &Hands<'_>, say: &mut dyn FnMut(Value)) -> Result<Ending, DeskError> {
    let desk = hands.desk;
    let before = desk.cache().whole_at();
    let began = micros();
    let waited = desk.journal().outbox()?.waiting();
    if !(hands.try_now)() {
        return Err(TouchError::NotNow.into());
    }
    let deadline = began + SYNC_MS * 1_000;
    let failed = loop {
        if let Some(ended) = (hands.ended)() {
            say(json!({ "ok": false, "ended": ended.word() }));
            return Ok(Ending::NotNow);
        }
        // What came may be something to record, such as a pass revoked while its holder is inside: that goes, too.
        let whole = desk.cache().whole_at() != before;
        desk.refresh()?;
        let waiting = desk.journal().outbox()?.waiting() + desk.journal().photos_waiting()?;
        if waiting == 0 && whole {
            break None;
        }
        if (hands.gave_up)(micros() - began) {
            break Some("the server cannot be reached");
        }
        if micros() > deadline {
            break Some("not everything could be sent and fetched in time");
        }
        thread::sleep(BETWEEN_LOOKS);
    };
    let outbox = desk.journal().outbox()?;
    let copy = desk.cache().copy()?;
    let mut said = json!({
        "ok": failed.is_none(),
        "sent": waited.saturating_sub(outbox.waiting()),
        "waiting": outbox.waiting(),
        "photos_waiting": desk.journal().photos_waiting()?,
        "acknowledged": acknowledged(&outbox),
        "cursor": copy.cursor.map(|cursor| cursor.seq),
        "rows": desk.cache().count()?,
        "list_as_of": desk.cache().whole_at(),
        "elapsed_ms": (micros() - began) / u64::try_from(SECOND).unwrap_or(1),
    });
    if let (Value::Object(said), Some(failed)) = (&mut said, failed) {
        said.insert("error".into(), failed.into());
    }
    say(said);
    Ok(if failed.is_none() { Ending::Done } else { Ending::Offline })
}

fn verify(hands: &Hands<'_>, say: &mut dyn FnMut(Value)) -> Result<Ending, DeskError> {
    let verified = hands.desk.journal().verify()?;
    // What verifies of one that was found damaged is what could be saved of it.
    let renewed = (hands.about)()["journal_renewed"] == true;
    let ok = verified.broken.is_none() && !renewed;
    let lives = hands.desk.journal().outbox()?.lives.len();
    let mut said = json!({
        "events": verified.events,
        "head": verified.head.as_ref().map(shown_head),
        "acknowledged": verified.acknowledged,
        "lives": lives,
        "journal_renewed": renewed,
        "ok": ok,
    });
    if let (Value::Object(said), Some((incarnation, words))) = (&mut said, verified.broken) {
        said.insert("broken".into(), json!({ "incarnation": incarnation, "error": words }));
    }
    say(said);
    Ok(if ok { Ending::Done } else { Ending::Broken })
}

fn export(hands: &Hands<'_>, say: &mut dyn FnMut(Value)) -> Result<Ending, DeskError> {
    hands.desk.journal().export(|piece| {
        say(match piece {
            Exporting::Life(header) => serde_json::to_value(header).unwrap_or(Value::Null),
            Exporting::Event(signed) => match ExportedEvent::of(&signed) {
                Ok(line) => serde_json::to_value(line).unwrap_or(Value::Null),
                Err(error) => json!({ "error": error.to_string() }),
            },
        });
        Ok::<_, JournalError>(())
    })?;
    Ok(Ending::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_way_a_sync_is_given_up_after_a_few_tries_and_else_later() {
        let of = |online, trouble| Contact { online, trouble, ..Contact::default() };
        let no_way = of(false, Some(Failure::Unreachable));
        assert!(!is_out_of_reach(NO_WAY_US, &no_way) && is_out_of_reach(NO_WAY_US + 1, &no_way));
        for trouble in [None, Some(Failure::TimedOut), Some(Failure::Busy)] {
            assert!(!is_out_of_reach(SILENT_US, &of(false, trouble)));
            assert!(is_out_of_reach(SILENT_US + 1, &of(false, trouble)));
            assert!(!is_out_of_reach(SILENT_US + 1, &of(true, trouble)), "it answers");
        }
    }
}
