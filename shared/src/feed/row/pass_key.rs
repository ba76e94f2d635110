//! A public key that passes are signed with.

use minicbor::{Decode, Encode};

use crate::{
    feed::row::{Body, RowKind},
    time::UnixMs,
};

/// Row id: a UUID of the key's own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PassKeyRow {
    /// Ed25519 public key; its kid is the first four bytes of its SHA-256.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub public: [u8; 32],
    /// First used not before.
    #[n(1)]
    pub not_before: UnixMs,
    /// Passes signed with it end before.
    #[n(2)]
    pub not_after: Option<UnixMs>,
}

impl Body for PassKeyRow {
    const KIND: RowKind = RowKind(2);
}
