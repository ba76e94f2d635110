//! The community itself.

use minicbor::{Decode, Encode};

use crate::feed::row::{Body, RowKind};

/// One row a community; its id is the community's.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct CommunityRow {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// IANA zone in which its days and hours are meant.
    #[n(1)]
    pub zone: String,
    /// What its gates allow: canonical CBOR of the admission policy, raw so that a policy of a newer
    /// version survives an older kiosk.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub policy: Vec<u8>,
    /// Nobody comes in while this is set.
    #[n(3)]
    pub locked_down: bool,
    /// Key of the digests by which phones and plates are looked up.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub lookup_key: [u8; 32],
    /// Current epoch of the day keys.
    #[n(5)]
    pub key_epoch: u32,
    /// Companies that deliver, most frequent first: the first touch of a delivery.
    #[n(6)]
    pub companies: Vec<String>,
}

impl Body for CommunityRow {
    const KIND: RowKind = RowKind(1);
}
