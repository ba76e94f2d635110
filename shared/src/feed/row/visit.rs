//! A request to come in, or somebody inside, as far as other gates need it.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, RowKind},
    id::{GateId, KioskId, PassId, UnitId},
    time::UnixMs,
    words::{Answer, Subject, VisitorStatus, VisitorType},
};

/// Row id: the visitor's. Gone (a tombstone) some time after it ended.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct VisitRow {
    /// Whom they visit.
    #[n(0)]
    pub units: Vec<UnitId>,
    /// Why they come.
    #[n(1)]
    pub visitor_type: VisitorType,
    /// Where the visit stands.
    #[n(2)]
    pub status: VisitorStatus,
    /// Who or what.
    #[n(3)]
    pub subject: Subject,
    /// How many people.
    #[n(4)]
    pub people: u16,
    /// The name the guard or the resident gave.
    #[n(5)]
    pub name: Option<String>,
    /// The company.
    #[n(6)]
    pub company: Option<String>,
    /// Number plate.
    #[n(7)]
    pub plate: Option<String>,
    /// Last four digits of the phone.
    #[n(8)]
    pub phone4: Option<String>,
    /// The pass, where one was used.
    #[n(9)]
    pub pass: Option<PassId>,
    /// When asked.
    #[n(10)]
    pub asked_at: Option<UnixMs>,
    /// The kiosk that asked or admitted.
    #[n(11)]
    pub kiosk: Option<KioskId>,
    /// The household's answer.
    #[n(12)]
    pub answer: Option<Answer>,
    /// When it came.
    #[n(13)]
    pub answered_at: Option<UnixMs>,
    /// When let in.
    #[n(14)]
    pub entered_at: Option<UnixMs>,
    /// At which gate.
    #[n(15)]
    pub entered_gate: Option<GateId>,
    /// When gone out.
    #[n(16)]
    pub exited_at: Option<UnixMs>,
    /// Whether nobody saw them go: an overlong stay was closed.
    #[n(17)]
    pub exit_assumed: Option<bool>,
    /// Who waits for them, from the moment that somebody asked over the API until they came in, left or were sent away.
    /// Absent where a kiosk asked: it waits alone.
    #[n(18)]
    pub awaited: Option<Awaited>,
}

/// Which kiosks wait for a visitor of whom none of them asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Awaited {
    /// The one gate whose kiosks wait; absent for those of every gate.
    #[n(0)]
    pub gate: Option<GateId>,
}

impl Awaited {
    /// Whether a gate's kiosks wait.
    pub fn is_at(&self, gate: GateId) -> bool {
        self.gate.is_none_or(|named| named == gate)
    }
}

impl std::fmt::Debug for VisitRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VisitRow")
            .field("status", &self.status)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

impl Body for VisitRow {
    const KIND: RowKind = RowKind(9);
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::cbor;

    #[test]
    fn a_gate_that_is_named_waits_alone_and_none_named_is_every_one() {
        let [one, other] = [1, 2].map(|number| GateId(Uuid::from_u128(number)));
        assert!(Awaited { gate: Some(one) }.is_at(one));
        assert!(!Awaited { gate: Some(one) }.is_at(other));
        assert!(Awaited { gate: None }.is_at(other));
    }

    /// What a version reads that knows neither this field nor what may come behind it.
    #[derive(Encode, Decode)]
    #[cbor(map)]
    struct Other {
        #[n(0)]
        units: Vec<UnitId>,
        #[n(1)]
        visitor_type: VisitorType,
        #[n(2)]
        status: VisitorStatus,
        #[n(3)]
        subject: Subject,
        #[n(4)]
        people: u16,
        #[n(19)]
        later: Option<u8>,
    }

    #[test]
    fn older_and_newer_versions_read_each_others_rows() {
        let other = Other {
            units: vec![UnitId(Uuid::nil())],
            visitor_type: VisitorType::Delivery,
            status: VisitorStatus::Pending,
            subject: Subject::Visitor,
            people: 1,
            later: Some(7),
        };
        let read = VisitRow::from_body(&cbor::to_vec(&other)).unwrap();
        assert_eq!((&read.status, read.awaited), (&VisitorStatus::Pending, None));
        let awaited = VisitRow { awaited: Some(Awaited { gate: None }), ..read };
        let other: Other = cbor::from_slice(&awaited.to_body()).unwrap();
        assert_eq!((other.status, other.people), (VisitorStatus::Pending, 1));
        assert_eq!(VisitRow::from_body(&awaited.to_body()).unwrap(), awaited);
    }
}
