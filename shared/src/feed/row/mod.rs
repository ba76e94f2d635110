//! The rows of the feed: one for each entity that kiosks need, with integer-key bodies.

mod community;
mod day_key;
mod erasure;
mod gate;
mod guard;
mod kiosk;
mod order;
mod pass;
mod pass_key;
mod pass_photo;
mod unit;
mod usage;
mod visit;
mod watch;

use minicbor::{Decode, Encode};
use uuid::Uuid;

use crate::cbor::{self, CborError};

pub use community::CommunityRow;
pub use day_key::DayKeyRow;
pub use erasure::ErasureRow;
pub use gate::GateRow;
pub use guard::GuardRow;
pub use kiosk::KioskRow;
pub use order::KioskOrder;
pub use pass::{PassRow, WeeklyWindow};
pub use pass_key::PassKeyRow;
pub use pass_photo::PassPhotoRow;
pub use unit::UnitRow;
pub use usage::UseRow;
pub use visit::{Awaited, VisitRow};
pub use watch::WatchRow;

/// What kind of entity a row is of. Unknown numbers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct RowKind(#[n(0)] pub u16);

/// An entity's id within its kind: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct RowId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl From<Uuid> for RowId {
    fn from(id: Uuid) -> Self {
        Self(id.into_bytes())
    }
}

impl From<RowId> for Uuid {
    fn from(id: RowId) -> Self {
        Self::from_bytes(id.0)
    }
}

/// An entity's latest state, or that it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Row {
    /// Kind of entity.
    #[n(0)]
    pub kind: RowKind,
    /// Version of the body's schema.
    #[n(1)]
    pub schema: u16,
    /// Which entity.
    #[n(2)]
    pub id: RowId,
    /// Number of its latest change.
    #[n(3)]
    pub seq: u64,
    /// Integer-key map; absent for a tombstone.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub body: Option<Vec<u8>>,
}

/// A body with a kind of its own.
pub trait Body: Encode<()> + for<'b> Decode<'b, ()> {
    /// The kind's number.
    const KIND: RowKind;
    /// The schema version this code writes. A body of a newer schema may hold restrictions that this
    /// code does not know: who reads one steps up.
    const SCHEMA: u16 = 1;

    /// The row's body bytes.
    fn to_body(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Reads a body of this kind.
    fn from_body(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::from_slice(bytes)
    }
}
