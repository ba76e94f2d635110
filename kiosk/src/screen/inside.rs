//! The list of who is inside.

use gatehouse::{id::VisitorId, time::UnixMs};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Who;

/// A tab of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InsideTab {
    /// All who are inside, newest first.
    Today,
    /// Deliveries only.
    Delivery,
    /// Those inside for longer than is usual for their kind, longest first.
    Overstay,
}

/// Seven rows of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct InsidePage {
    /// At most seven.
    pub rows: Vec<InsideRow>,
    /// Which page this is, from 0.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// How many rows there are in all.
    pub total: u32,
}

/// Somebody inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct InsideRow {
    /// The visit, for [`super::Touch::Out`].
    pub visit: VisitorId,
    /// Who.
    pub who: Who,
    /// When they came in.
    pub entered: UnixMs,
    /// The gate they came in by, if it is another one.
    pub other_gate: Option<String>,
    /// Whether they are in for longer than is usual.
    pub overstay: bool,
    /// Whether their pass was revoked meanwhile.
    pub revoked: bool,
}
