//! Passes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::{GateId, PassId, UnitId, UserId},
    time::UnixMs,
    words::{PassMode, VisitorType},
};

/// Hours of a week in which a pass holds, in the community's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Window {
    /// The days on which the window begins: MON, TUE, WED, THU, FRI, SAT, SUN.
    pub weekdays: Vec<String>,
    /// When it begins: `07:30`.
    pub from: String,
    /// When it ends, exclusive; not after `from` means past midnight.
    pub to: String,
}

/// A pass to be made.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPass {
    /// Where it leads; a resident may leave it out who lives in one unit alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
    /// Why its holder comes.
    pub visitor_type: VisitorType,
    /// Its holder, 1 to 100 characters; cut to 20 bytes in the token.
    pub name: String,
    /// The holder's phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Number plate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle_number: Option<String>,
    /// The company that sends the holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// How many people it is for; 1 if absent.
    #[serde(default = "one")]
    pub people: u16,
    /// Holds from; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<UnixMs>,
    /// Holds until, exclusive; at most a year after its start.
    pub valid_until: UnixMs,
    /// How many entries it is good for, 1 to 255; absent for any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Weekly hours; empty for always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// STATIC (a code that may be printed; the default) or LIVE (a code that changes each half minute).
    #[serde(default = "stays")]
    pub mode: PassMode,
    /// The only gate it is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_gate_id: Option<GateId>,
}

fn one() -> u16 {
    1
}

fn stays() -> PassMode {
    PassMode::Static
}

/// A pass.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pass {
    /// Its id.
    pub id: PassId,
    /// Where it leads.
    pub unit_id: UnitId,
    /// That unit's tower and number: `A-1203`.
    pub unit: String,
    /// Who made it.
    pub created_by: UserId,
    /// Why its holder comes.
    pub visitor_type: VisitorType,
    /// What it needs shown.
    pub mode: PassMode,
    /// Its holder.
    pub name: String,
    /// The holder's phone.
    pub phone: Option<String>,
    /// Number plate.
    pub vehicle_number: Option<String>,
    /// The company that sends the holder.
    pub company: Option<String>,
    /// How many people it is for.
    pub people: u16,
    /// Holds from.
    pub valid_from: UnixMs,
    /// Holds until, exclusive.
    pub valid_until: UnixMs,
    /// How many entries it is good for; absent for any number.
    pub uses: Option<u32>,
    /// Weekly hours; empty for always.
    pub windows: Vec<Window>,
    /// The only gate it is good for.
    pub home_gate_id: Option<GateId>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMs>,
    /// Whether `GET /passes/{pass_id}/photo` has one to show.
    pub has_photo: bool,
    /// When it was made.
    pub created_at: UnixMs,
}

/// The code of one day.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayCode {
    /// The local date, `2026-11-23`.
    pub date: String,
    /// Six digits.
    pub code: String,
}

/// A pass with all that its holder needs.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PassCard {
    /// The pass.
    pub pass: Pass,
    /// The token as text: what a static QR holds.
    pub token: String,
    /// What the QR below holds: the token, or for a live pass the live form of this half minute.
    pub qr_text: String,
    /// The QR as SVG.
    pub qr_svg: String,
    /// The QR as PNG, base64.
    pub qr_png: String,
    /// The code of the first day on which the pass holds from now on; absent for a live pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_code: Option<String>,
    /// The codes of the coming days on which the pass holds, at most 14; empty for a live pass.
    pub day_codes: Vec<DayCode>,
    /// A live pass's code of this half minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_code: Option<String>,
    /// When the live code and the QR change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_until: Option<UnixMs>,
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
hidden!(NewPass, Pass, DayCode, PassCard);
