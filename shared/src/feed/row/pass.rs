//! A pass, as far as a gate needs it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    feed::row::{Body, RowKind},
    id::{GateId, UnitId},
    time::UnixMs,
    words::{PassMode, VisitorType},
};

/// Hours of a week in which a pass holds, in the community's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WeeklyWindow {
    /// Bit 0 is Monday, bit 6 Sunday: the days on which the window begins.
    #[n(0)]
    pub weekdays: u8,
    /// Minutes after midnight at which it begins.
    #[n(1)]
    pub from: u16,
    /// Minutes after midnight at which it ends, exclusive; not after `from` means past midnight.
    #[n(2)]
    pub to: u16,
}

/// Row id: the pass's. A revoked pass stays a row until 30 days after its end.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PassRow {
    /// Where it leads.
    #[n(0)]
    pub unit: UnitId,
    /// Why its holder comes.
    #[n(1)]
    pub visitor_type: VisitorType,
    /// What it needs shown.
    #[n(2)]
    pub mode: PassMode,
    /// Holds from.
    #[n(3)]
    pub valid_from: UnixMs,
    /// Holds until, exclusive.
    #[n(4)]
    pub valid_until: UnixMs,
    /// How many entries it is good for; absent for any number.
    #[n(5)]
    pub uses: Option<u32>,
    /// Weekly hours; empty for always.
    #[n(6)]
    pub windows: Vec<WeeklyWindow>,
    /// When it was revoked.
    #[n(7)]
    pub revoked_at: Option<UnixMs>,
    /// Holder's name as the resident gave it, cut as in the token.
    #[n(8)]
    pub name: String,
    /// The only gate it is good for.
    #[n(9)]
    pub home_gate: Option<GateId>,
    /// Last four digits of the holder's number plate, for a cab.
    #[n(10)]
    pub plate4: Option<String>,
    /// The company that sends the holder.
    #[n(11)]
    pub company: Option<String>,
    /// How many people it is for.
    #[n(12)]
    pub people: u16,
}

impl std::fmt::Debug for PassRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassRow").field("unit", &self.unit).field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl Body for PassRow {
    const KIND: RowKind = RowKind(6);
}
