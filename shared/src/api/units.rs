//! Units: towers and apartment numbers.

use serde::{Deserialize, Serialize};

use crate::{id::UnitId, words::UnitState};

/// A unit to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewUnit {
    /// At most 10 characters; empty where there are no towers.
    #[serde(default)]
    pub tower: String,
    /// The ground floor is 0.
    #[serde(default)]
    pub floor: i16,
    /// Apartment number, 1 to 10 characters.
    pub number: String,
    /// What to dial on the intercom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intercom: Option<String>,
}

/// A unit's changeable parts; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitChange {
    /// Whether somebody is there to be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<UnitState>,
    /// What to dial on the intercom; empty for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intercom: Option<String>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Tower; empty where there are none.
    pub tower: String,
    /// The ground floor is 0.
    pub floor: i16,
    /// Apartment number.
    pub number: String,
    /// Tower and number as they are said: `A-1203`.
    pub label: String,
    /// Whether somebody is there to be asked.
    pub state: UnitState,
    /// What to dial on the intercom.
    pub intercom: Option<String>,
}
