//! What journals bring to light, for those who look into it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    id::{EventId, GateId, KioskId, PassId, UnitId, VisitorId},
    time::UnixMs,
};

/// A pass that was used more often than it is good for, at gates that could not know of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoubleUse {
    /// The case.
    pub id: Uuid,
    /// The pass.
    pub pass_id: PassId,
    /// Where it leads.
    pub unit_id: Option<UnitId>,
    /// The use that was one too many, by time: the admitting event.
    pub event_id: EventId,
    /// The visit it began. Nobody who is inside is turned away afterwards.
    pub visitor_id: VisitorId,
    /// At which kiosk.
    pub kiosk_id: KioskId,
    /// At which gate.
    pub gate_id: GateId,
    /// When.
    pub at: UnixMs,
    /// When the server came to know of it.
    pub found_at: UnixMs,
}

/// Something in which the server, weighing again what a kiosk sent, differs from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disagreement {
    /// The event.
    pub event_id: EventId,
    /// The kiosk.
    pub kiosk_id: KioskId,
    /// In what: `VERDICT` (the same facts call for another), `FACTS` (they are not what the server had sent),
    /// `UNREADABLE` (they cannot be read), `DETAILS` (they do not match the event's digest).
    pub found: String,
    /// What the kiosk said.
    pub theirs: String,
    /// What the server says.
    pub ours: String,
    /// When the server came to know of it.
    pub at: UnixMs,
}
