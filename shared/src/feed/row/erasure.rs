//! An order to forget the details of an event.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, RowKind},
    time::UnixMs,
};

/// Row id: the event's whose details are erased.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ErasureRow {
    /// When.
    #[n(0)]
    pub at: UnixMs,
}

impl Body for ErasureRow {
    const KIND: RowKind = RowKind(12);
}
