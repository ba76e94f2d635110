//! A place in a community's feed.

use minicbor::{Decode, Encode};

use crate::id::FeedEpochId;

/// How far a copy has come: all changes up to and including `seq` are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Cursor {
    /// Which life of the server's feed; a restore makes a new one.
    #[n(0)]
    pub epoch: FeedEpochId,
    /// Number of the last change held; 0 for none.
    #[n(1)]
    pub seq: u64,
    /// A random value of that change's commit: a restored server's differs.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub mark: [u8; 8],
}
