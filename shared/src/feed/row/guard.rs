//! A guard who may sign in at the kiosk.

use minicbor::{Decode, Encode};

use crate::feed::row::{Body, RowKind};

/// Row id: the guard's user id. A kiosk stores an HMAC of `pin_hash` under its own pepper in its place.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GuardRow {
    /// Name on the tile.
    #[n(0)]
    pub name: String,
    /// Argon2id output of the six-digit PIN, as [`crate::pin`] has it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub pin_hash: Vec<u8>,
    /// Its salt.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub pin_salt: [u8; 16],
    /// JPEG of the tile, square, at most 12 KiB.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub photo: Option<Vec<u8>>,
    /// False once the guard has left.
    #[n(4)]
    pub active: bool,
}

impl std::fmt::Debug for GuardRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GuardRow").field("active", &self.active).finish_non_exhaustive()
    }
}

impl Body for GuardRow {
    const KIND: RowKind = RowKind(5);
}
