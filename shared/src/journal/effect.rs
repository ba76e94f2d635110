//! What an event changes for others: the same mapping for the server that takes it in and for the kiosk that
//! lays its own acts over a copy which does not show them yet.
//!
//! Effects do not depend on the order in which events arrive. A use belongs to its event and vanishes when
//! the event is undone; a visit is folded anew from all events about it ([`crate::journal::visit`]). An event
//! that cannot be read here is kept, and its effects wait for a version that can.

use crate::{
    cbor::CborError,
    feed::row::UseRow,
    hash::Hash,
    id::{EventId, PassId, VisitorId},
    journal::{Act, ActError, AlertCode, Details, Event},
};

/// An event read as far as its effects need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The event.
    pub event: Event,
    /// What it says.
    pub act: Act,
    /// What it says of persons; absent where it says nothing or that was erased.
    pub details: Option<Details>,
}

/// Why an event's effects are parked.
#[derive(Debug, thiserror::Error)]
pub enum Parked {
    /// Not an act that this version knows.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The details match their digest but are not readable here.
    #[error("the details cannot be read")]
    Details(#[source] CborError),
    /// A text in it is of no use: too long, or with characters that no screen shows and no database keeps.
    #[error("a text in it cannot be kept")]
    Text,
    /// More than anybody does at a gate: every kiosk would have to hold it.
    #[error("it is of more than {units} units, or of more than {bytes} bytes", units = UNITS, bytes = Recorded::MOST_BYTES)]
    Size,
}

/// Something an event changes for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A visit's row changes: fold it anew.
    Visit(VisitorId),
    /// A use of a pass; the row's id is the event's.
    Use(UseRow),
    /// Somebody went out on a pass whose entry was not known at that gate: which visit of that pass it ends
    /// follows from all of them ([`crate::journal::visit::ended`]).
    Unpaired(PassId),
    /// The effects of that event, and whatever came of them, are taken back.
    Undo(EventId),
    /// Admins are told.
    Alert(AlertCode),
}

/// The most bytes of a text that somebody could have typed at a gate.
const TEXT: usize = 4096;
/// The most units that somebody comes to.
const UNITS: usize = 64;

fn is_text(text: &str) -> bool {
    text.len() <= TEXT && !text.chars().any(|char| char.is_control() && !char.is_whitespace())
}

impl Recorded {
    /// The most bytes of an act, and of what it says of persons.
    pub const MOST_BYTES: usize = 64 << 10;

    /// Reads an event. `details` are its canonical bytes; ones that do not match the event's digest count as
    /// erased.
    pub fn read(event: Event, details: Option<&[u8]>) -> Result<Self, Parked> {
        if event.body.len().max(details.map_or(0, <[u8]>::len)) > Self::MOST_BYTES {
            return Err(Parked::Size);
        }
        let act = Act::read(event.kind, &event.body)?;
        if act.units().len() > UNITS {
            return Err(Parked::Size);
        }
        let details = match (details, &event.details) {
            (Some(bytes), Some(digest)) if Hash::of(&[bytes]) == *digest => {
                Some(crate::cbor::from_slice(bytes).map_err(Parked::Details)?)
            }
            _ => None,
        };
        let said = details.iter().flat_map(Details::texts);
        if !said.chain(act.texts()).all(is_text) {
            return Err(Parked::Text);
        }
        Ok(Self { event, act, details })
    }

    /// The visit it is about, where it changes one or is to be forgotten with it.
    pub const fn visit(&self) -> Option<VisitorId> {
        match self.act {
            Act::Admitted { visit, .. }
            | Act::Asked { visit, .. }
            | Act::AskClosed { visit, .. }
            | Act::Exited { visit, .. }
            | Act::PeopleCounted { visit, .. }
            | Act::PhotoTaken { visit, .. }
            | Act::SteppedUp { visit, .. }
            | Act::SpokenAnswered { visit: Some(visit), .. }
            | Act::AlertRaised { visit: Some(visit), .. } => Some(visit),
            _ => None,
        }
    }

    /// The event it takes back.
    pub const fn undoes(&self) -> Option<EventId> {
        match self.act {
            Act::Undone { event } => Some(event),
            _ => None,
        }
    }

    /// All it changes.
    pub fn effects(&self) -> Vec<Effect> {
        let mut effects: Vec<Effect> = self.visit().map(Effect::Visit).into_iter().collect();
        match &self.act {
            Act::Admitted { pass: Some(pass), .. } => {
                effects.push(Effect::Use(UseRow { pass: *pass, at: self.event.at, kiosk: self.event.kiosk }));
            }
            Act::ExitUnpaired { pass: Some(pass), .. } => effects.push(Effect::Unpaired(*pass)),
            Act::Undone { event } => effects.push(Effect::Undo(*event)),
            Act::AlertRaised { alert, .. } => effects.push(Effect::Alert(*alert)),
            Act::ClockStepped { .. } => effects.push(Effect::Alert(AlertCode::ClockStepped)),
            _ => {}
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::{GateId, IncarnationId, KioskId, UnitId},
        journal::TimeMark,
        time::UnixMs,
        words::{Subject, VisitorType},
    };

    fn event(act: &Act, details: Option<&[u8]>) -> Event {
        Event {
            format: Event::FORMAT,
            kiosk: KioskId(Uuid::nil()),
            incarnation: IncarnationId(Uuid::nil()),
            seq: 1,
            id: EventId(Uuid::nil()),
            at: UnixMs(0),
            time: TimeMark::Wall,
            gate: GateId(Uuid::nil()),
            guard: None,
            kind: act.kind(),
            body: act.body(),
            details: details.map(|bytes| Hash::of(&[bytes])),
        }
    }

    fn asked(units: usize) -> Act {
        Act::Asked {
            visit: VisitorId(Uuid::nil()),
            units: vec![UnitId(Uuid::nil()); units],
            visitor_type: VisitorType::Guest,
            people: 1,
            subject: Subject::Visitor,
            pass: None,
        }
    }

    #[test]
    fn what_is_larger_than_anything_at_a_gate_is_parked() {
        assert!(Recorded::read(event(&asked(64), None), None).is_ok());
        assert!(matches!(Recorded::read(event(&asked(65), None), None), Err(Parked::Size)));
        let (details, _) =
            Details { facts: Some(vec![0; Recorded::MOST_BYTES]), ..Details::default() }.seal();
        let large = event(&asked(1), Some(&details));
        assert!(matches!(Recorded::read(large, Some(&details)), Err(Parked::Size)));
        let long = Event { body: vec![0; Recorded::MOST_BYTES + 1], ..event(&asked(1), None) };
        assert!(matches!(Recorded::read(long, None), Err(Parked::Size)));
    }
}
