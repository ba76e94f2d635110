//! A gate in two bytes.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::GateId;

/// The last two bytes of a gate's id, which are random: enough to tell a community's gates apart, and
/// all a token has room for. Two gates share a tag once in 65,536 pairs, and then a pass for one is good
/// at the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct GateTag(#[n(0)] pub u16);

impl GateTag {
    /// The tag of a gate.
    pub fn of(gate: GateId) -> Self {
        let bytes = gate.0.as_bytes();
        Self(u16::from_be_bytes([bytes[14], bytes[15]]))
    }
}
