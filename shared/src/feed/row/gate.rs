//! A gate.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, RowKind},
    words::GateKind,
};

/// Row id: the gate's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GateRow {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// What it is for.
    #[n(1)]
    pub kind: GateKind,
}

impl Body for GateRow {
    const KIND: RowKind = RowKind(3);
}
