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
