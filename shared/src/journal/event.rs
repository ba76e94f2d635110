//! One event: who recorded it, where it stands in the chain, and what happened.

use minicbor::{Decode, Encode};

use crate::{
    hash::Hash,
    id::{EventId, GateId, IncarnationId, KioskId, UserId},
    time::UnixMs,
};

/// An event's canonical content. Nothing in it names a person but by random id.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Event {
    /// Format of these bytes: 1.
    #[n(0)]
    pub format: u8,
    /// The kiosk that recorded it.
    #[n(1)]
    pub kiosk: KioskId,
    /// Which life of that kiosk's journal.
    #[n(2)]
    pub incarnation: IncarnationId,
    /// Place in that life, from 1, without gaps.
    #[n(3)]
    pub seq: u64,
    /// The event's own id.
    #[n(4)]
    pub id: EventId,
    /// When, by the kiosk's trusted time.
    #[n(5)]
    pub at: UnixMs,
    /// How well the kiosk knew the time.
    #[n(6)]
    pub time: TimeMark,
    /// At which gate.
    #[n(7)]
    pub gate: GateId,
    /// Who was on shift; absent when nobody was signed in.
    #[n(8)]
    pub guard: Option<UserId>,
    /// The kind of act: [`crate::journal::Act::kind`]. An unknown one is kept as it is.
    #[n(9)]
    pub kind: u16,
    /// The act's canonical CBOR, read by [`crate::journal::Act::read`].
    #[cbor(n(10), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Digest of the erasable details, where there are any.
    #[n(11)]
    pub details: Option<Hash>,
}

impl Event {
    /// The format this version writes.
    pub const FORMAT: u8 = 1;

    /// When it happened, as far as its kiosk's word can be believed: when it was received, where the kiosk did not know
    /// the time, or tells one at which it was not enrolled yet, or one to come.
    pub fn happened(&self, enrolled_at: UnixMs, received_at: UnixMs) -> UnixMs {
        let told = self.time != TimeMark::Unsure && (enrolled_at..=received_at).contains(&self.at);
        if told { self.at } else { received_at }
    }
}

/// How well the time of an event was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum TimeMark {
    /// Anchored to the server's time, within so many milliseconds.
    #[n(0)]
    Anchored(#[n(0)] u32),
    /// From the wall clock, which was plausible.
    #[n(1)]
    Wall,
    /// Not known: a guess, earlier than it was if anything.
    #[n(2)]
    Unsure,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_time_that_cannot_be_is_that_of_the_receipt() {
        let told = |at, time| Event {
            format: Event::FORMAT,
            kiosk: KioskId(Uuid::nil()),
            incarnation: IncarnationId(Uuid::nil()),
            seq: 1,
            id: EventId(Uuid::nil()),
            at: UnixMs(at),
            time,
            gate: GateId(Uuid::nil()),
            guard: None,
            kind: 1,
            body: Vec::new(),
            details: None,
        };
        let happened = |at, time| told(at, time).happened(UnixMs(100), UnixMs(200)).0;
        for (at, expected) in [(99, 200), (100, 100), (200, 200), (201, 200), (i64::MIN, 200)] {
            assert_eq!(happened(at, TimeMark::Wall), expected);
            assert_eq!(happened(at, TimeMark::Anchored(5)), expected);
        }
        assert_eq!(happened(150, TimeMark::Unsure), 200);
    }
}
