//! The community itself, its alerts, and what households fetch ahead.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    id::{CommunityId, GateId, KioskId, PassId, UnitId, UserId, VisitorId},
    time::UnixMs,
};

/// A community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Community {
    /// Its id.
    pub id: CommunityId,
    /// Its name.
    pub name: String,
    /// IANA zone in which its days and hours are meant.
    pub zone: String,
    /// Nobody comes in while this is set.
    pub locked_down: bool,
    /// Companies that deliver, most frequent first.
    pub companies: Vec<String>,
}

/// A community's changeable parts; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommunityChange {
    /// Nobody comes in while this is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_down: Option<bool>,
    /// Companies that deliver, most frequent first; at most 50 of 1 to 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companies: Option<Vec<String>>,
}

/// Something that an admin should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alert {
    /// Its id.
    pub id: Uuid,
    /// What happened.
    pub kind: String,
    /// When.
    pub at: UnixMs,
    /// At which kiosk.
    pub kiosk_id: Option<KioskId>,
    /// At which gate.
    pub gate_id: Option<GateId>,
    /// About which unit.
    pub unit_id: Option<UnitId>,
    /// About which pass.
    pub pass_id: Option<PassId>,
    /// About which visitor.
    pub visitor_id: Option<VisitorId>,
    /// When an admin took note.
    pub acknowledged_at: Option<UnixMs>,
    /// Which admin.
    pub acknowledged_by: Option<UserId>,
}

/// Which of a community's keys are to be replaced before their time.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotateKeys {
    /// The key that signs passes: its successor is published now and signs from two weeks on.
    #[serde(default)]
    pub pass: bool,
    /// The key that signs the server's time.
    #[serde(default)]
    pub anchor: bool,
    /// The key that kiosks seal to.
    #[serde(default)]
    pub seal: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotatedKeys {
    /// From when passes are signed with the next key, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_from: Option<UnixMs>,
}

/// What a household's app answers challenges with on one day, with no network: see the spoken approval.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpokenSecret {
    /// For which unit.
    pub unit_id: UnitId,
    /// That unit's tower and number.
    pub unit: String,
    /// The local date, `2026-11-23`.
    pub date: String,
    /// 32 bytes, base64 (standard, padded).
    pub secret: String,
}

/// The secrets of the coming days.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpokenSecrets {
    /// One for each unit and day.
    pub secrets: Vec<SpokenSecret>,
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
hidden!(SpokenSecret, SpokenSecrets);
