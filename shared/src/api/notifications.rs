//! What the server tells a web hook, so that a household's phones can be rung.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    id::{CommunityId, GateId, UnitId, UserId, VisitorId},
    time::UnixMs,
    words::VisitorType,
};

/// The body of a web hook's request. No name, phone or plate is in it: whoever is rung asks the API who came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The same however often it is sent: what was handled under it before is to be passed over.
    pub id: Uuid,
    /// What happened: `visitor.pending`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When.
    pub at: UnixMs,
    /// Until when it is worth anything.
    pub expires_at: UnixMs,
    /// In which community.
    pub community_id: CommunityId,
    /// The visit: `GET /visitors/pending` tells who it is, `PUT /visitors/{visitor_id}/approve` lets them in.
    pub visitor_id: VisitorId,
    /// Why they come.
    pub visitor_type: VisitorType,
    /// At which gate they stand, if that is known.
    pub gate_id: Option<GateId>,
    /// To whom they want.
    pub unit_ids: Vec<UnitId>,
    /// The residents of those units: whose phones are to ring.
    pub resident_ids: Vec<UserId>,
}

impl Notification {
    /// Somebody waits at a gate for a household's answer.
    pub const VISITOR_PENDING: &'static str = "visitor.pending";
}
