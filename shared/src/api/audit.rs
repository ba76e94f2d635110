//! Who did what to people's and kiosks' access, to the community's keys and rules, and to what is kept of visitors, as
//! admins see it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    id::{EventId, KioskId, UnitId, UserId, VisitorId},
    time::UnixMs,
    words::Deed,
};

/// One entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// What lists are paged by.
    pub id: Uuid,
    /// When.
    pub at: UnixMs,
    /// What.
    pub deed: Deed,
    /// Who; absent for the server's owner at its command line, and for who held a link or a code.
    pub by: Option<UserId>,
    /// To whom or for whom, where somebody is concerned.
    pub about: Option<UserId>,
    /// Which kiosk, where one is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_kiosk: Option<KioskId>,
    /// Which unit, where one is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_unit: Option<UnitId>,
    /// Which event of a journal, where one is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_event: Option<EventId>,
    /// Which visitor, where one is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_visitor: Option<VisitorId>,
}
