//! Somebody who is not to come in unseen.

use minicbor::{Decode, Encode};

use crate::feed::row::{Body, RowKind};

/// Row id: the entry's own. Digests are HMAC-SHA-256 under the community's look-up key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WatchRow {
    /// Digest of the phone in E.164.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub phone: Option<[u8; 32]>,
    /// Digest of the plate, upper case without blanks.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub plate: Option<[u8; 32]>,
    /// True: refuse. False: step up.
    #[n(2)]
    pub refuse: bool,
}

impl Body for WatchRow {
    const KIND: RowKind = RowKind(10);
}
