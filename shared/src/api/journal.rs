//! What journals bring to light, for those who look into it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    hash::Hash,
    id::{EventId, GateId, IncarnationId, KioskId, PassId, UnitId, UserId, VisitorId},
    journal::Act,
    time::UnixMs,
};

/// An event with its place in its kiosk's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalEvent {
    /// The event.
    pub id: EventId,
    /// The kiosk that recorded it.
    pub kiosk_id: KioskId,
    /// Which life of that kiosk's journal.
    pub incarnation_id: IncarnationId,
    /// Place in that life, from 1, without gaps.
    pub seq: u64,
    /// Its hash, which chains the next event to it: 64 hex digits.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub hash: Hash,
    /// False: another event holds this place, as after a disk was cloned or restored. Both happened.
    pub in_chain: bool,
    /// True: this version of the server does not know what it means yet.
    pub parked: bool,
    /// At which gate.
    pub gate_id: GateId,
    /// Who was on shift; absent when nobody was signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard_id: Option<UserId>,
    /// When, by the kiosk's trusted time.
    pub at: UnixMs,
    /// True: the kiosk did not know the time, and `at` is a guess.
    pub time_unsure: bool,
    /// When the server had it.
    pub received_at: UnixMs,
    /// The act's number.
    pub kind: u16,
    /// What happened, by ids; absent where this version does not know the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub act: Option<Act>,
}

/// A piece of what happened at the gates, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalEvents {
    /// The events of this piece.
    pub items: Vec<JournalEvent>,
    /// What to pass as `cursor` for the next piece; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

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
    /// `UNREADABLE` (they cannot be read), `DETAILS` (they do not match the event's digest), `EVENT_ID` (another event has
    /// its id), `VISIT_FULL` (its visit has very many events), `REVOKED_ADMITTED` (the pass that let somebody in was revoked
    /// by then, as a gate that was cut off could not know).
    pub found: String,
    /// What the kiosk said.
    pub theirs: String,
    /// What the server says.
    pub ours: String,
    /// When the server came to know of it.
    pub at: UnixMs,
}
