//! A use of a pass that has a number of them.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, RowKind},
    id::{KioskId, PassId},
    time::UnixMs,
};

/// Row id: the admitting event's. Gone (a tombstone) when that event was undone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UseRow {
    /// The pass.
    #[n(0)]
    pub pass: PassId,
    /// When.
    #[n(1)]
    pub at: UnixMs,
    /// Where.
    #[n(2)]
    pub kiosk: KioskId,
}

impl Body for UseRow {
    const KIND: RowKind = RowKind(8);
}
