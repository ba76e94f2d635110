//! Residents, as admins see them.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    id::{UnitId, UserId},
    time::UnixMs,
};

/// A resident made by an admin, approved from the start.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewResident {
    /// Full name, 1 to 100 characters.
    pub name: String,
    /// In E.164; ten digits without a country are taken as Indian.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// First password, at least 10 characters.
    pub password: String,
    /// Where they live.
    pub unit_ids: Vec<UnitId>,
}

impl fmt::Debug for NewResident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewResident")
    }
}

/// What an admin saw of a resident whom they approve.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approval {
    /// The units that the resident asked for by then: refused if there are others now. Absent: whichever there are.
    pub unit_ids: Option<Vec<UnitId>>,
}

/// A resident's membership.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resident {
    /// The membership: what lists are paged by.
    pub membership_id: Uuid,
    /// The account: the `resident_id` of other routes.
    pub id: UserId,
    /// Full name.
    pub name: String,
    /// Phone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// PENDING, ACTIVE or ENDED.
    pub status: String,
    /// Where they live.
    pub unit_ids: Vec<UnitId>,
    /// Since when.
    pub created_at: UnixMs,
}

impl fmt::Debug for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resident").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

/// An admin.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admin {
    /// The account.
    pub id: UserId,
    /// Full name.
    pub name: String,
    /// Phone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("id", &self.id).finish_non_exhaustive()
    }
}
