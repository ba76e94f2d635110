//! Gates and guards.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::{GateId, UserId},
    time::UnixMs,
    words::GateKind,
};

/// A gate to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewGate {
    /// 1 to 40 characters, unique in the community.
    pub name: String,
    /// What it is for.
    #[serde(default = "both")]
    pub kind: GateKind,
}

fn both() -> GateKind {
    GateKind::Both
}

/// A gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gate {
    /// Its id.
    pub id: GateId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: GateKind,
}

/// A guard to be made.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewGuard {
    /// Name on the kiosk's tile, 1 to 100 characters.
    pub name: String,
    /// In E.164; ten digits without a country are taken as Indian.
    pub phone: String,
    /// E-mail, where the guard is to use the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Password for the API, at least 10 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Six digits for the kiosk.
    pub pin: String,
    /// Photo on the tile: base64 of a PNG or JPEG; `PUT /guards/{guard_id}/photo` takes larger ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

/// A guard's changeable parts; what is absent stays.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuardChange {
    /// A new PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Whether the guard may sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// A guard.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guard {
    /// The account.
    pub id: UserId,
    /// Name on the tile.
    pub name: String,
    /// Phone.
    pub phone: Option<String>,
    /// Whether the guard may sign in.
    pub active: bool,
    /// Whether `GET /guards/{guard_id}/photo` has one to show.
    pub has_photo: bool,
    /// Since when.
    pub created_at: UnixMs,
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
hidden!(NewGuard, GuardChange, Guard);
