//! The key of one local day, from which that day's codes follow.

use minicbor::{Decode, Encode};

use crate::feed::row::{Body, RowKind};

/// Row id: bytes 0 to 3 the key epoch, 4 to 7 the date, both big-endian, the rest zero.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DayKeyRow {
    /// Days since 1970-01-01 of the local date.
    #[n(0)]
    pub date: i32,
    /// Epoch of the root it was derived from.
    #[n(1)]
    pub epoch: u32,
    /// The key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub key: [u8; 32],
}

impl std::fmt::Debug for DayKeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DayKeyRow")
            .field("date", &self.date)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

impl DayKeyRow {
    /// The row's id.
    pub fn row_id(&self) -> super::RowId {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&self.epoch.to_be_bytes());
        id[4..8].copy_from_slice(&self.date.to_be_bytes());
        super::RowId(id)
    }
}

impl Body for DayKeyRow {
    const KIND: RowKind = RowKind(7);
}
