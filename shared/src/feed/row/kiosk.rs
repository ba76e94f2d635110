//! An enrolled kiosk: its key for those who carry its events, and orders to it.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, RowKind},
    id::GateId,
};

/// An order that ends a kiosk, signed by the community root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KioskOrder {
    /// True: destroy keys and cache at once. False: upload first, then wipe.
    #[n(0)]
    pub stolen: bool,
    /// Ed25519 by the root over `"gatehouse/order/1" ‖ kiosk id ‖ kiosk public key ‖ stolen as one byte`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

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
