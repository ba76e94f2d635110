//! The photo of a pass's holder, apart from the pass: few have one, and each change of the pass sends its row again.

use minicbor::{Decode, Encode};

use crate::feed::row::{Body, RowKind};

/// Row id: the pass's. Gone when the pass is revoked or leaves the feed.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PassPhotoRow {
    /// A square JPEG of at most 8 KiB.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for PassPhotoRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PassPhotoRow({} bytes)", self.jpeg.len())
    }
}

impl Body for PassPhotoRow {
    const KIND: RowKind = RowKind(13);
}
