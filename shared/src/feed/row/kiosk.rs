//! An enrolled kiosk: its key for those who carry its events, and the order that ended it.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, KioskOrder, RowKind},
    id::GateId,
};

/// Row id: the kiosk's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KioskRow {
    /// Where it stands.
    #[n(0)]
    pub gate: GateId,
    /// Ed25519 public key of its journal and its assertions.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub public: [u8; 32],
    /// Short number that a guard reads out in a spoken approval; unique in the community.
    #[n(2)]
    pub number: u32,
    /// False once revoked.
    #[n(3)]
    pub active: bool,
    /// Retire or destroy.
    #[n(4)]
    pub order: Option<KioskOrder>,
}

impl Body for KioskRow {
    const KIND: RowKind = RowKind(11);
}
