//! An entry that was asked over the API: what is known of a visit before any gate tells of it.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Awaited, VisitRow},
    id::{GateId, UnitId},
    time::UnixMs,
    words::{Subject, VisitorType},
};

/// What was asked, ids only. A server keeps it as it was said: whatever kiosks tell of the visit is told over it, and
/// taken back again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Requested {
    /// When.
    #[n(0)]
    pub at: UnixMs,
    /// At which gate they stand, where that was said.
    #[n(1)]
    pub gate: Option<GateId>,
    /// Whom they visit.
    #[n(2)]
    pub units: Vec<UnitId>,
    /// Why they come.
    #[n(3)]
    pub visitor_type: VisitorType,
    /// Who or what.
    #[n(4)]
    pub subject: Subject,
    /// How many people.
    #[n(5)]
    pub people: u16,
}

impl Requested {
    /// The kiosks that wait while it is open.
    pub const fn awaited(&self) -> Awaited {
        Awaited { gate: self.gate }
    }

    /// The visit of which nothing else is known.
    pub(super) fn onto(&self, blank: VisitRow) -> VisitRow {
        VisitRow {
            units: self.units.clone(),
            visitor_type: self.visitor_type.clone(),
            subject: self.subject.clone(),
            people: self.people,
            asked_at: Some(self.at),
            awaited: Some(self.awaited()),
            ..blank
        }
    }
}
