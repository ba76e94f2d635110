//! Who did what to people's access and to the community's keys, as admins see it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    id::{KioskId, UserId},
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
}
