//! The journal as a file for others to read and check: JSON lines, first a header for each life, then its
//! events in order. The bytes, hashes and signatures stand in it unchanged; what is readable beside them is
//! for the eye and proves nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    hash::Hash,
    id::{CommunityId, EventId, IncarnationId, KioskId},
    journal::{Act, SignedEvent},
    time::UnixMs,
};

/// A life's first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHeader {
    /// `gatehouse/journal/1`.
    pub export: String,
    /// The kiosk's community.
    pub community: CommunityId,
    /// The kiosk.
    pub kiosk: KioskId,
    /// Which life.
    pub incarnation: IncarnationId,
    /// The kiosk's Ed25519 public key, 64 hex digits.
    pub public: String,
    /// Seq behind which the events begin: 0, unless older ones are no longer kept.
    pub after: u64,
    /// Hash at `after`.
    pub hash: Hash,
}

impl ExportHeader {
    /// What stands in [`ExportHeader::export`].
    pub const FORMAT: &'static str = "gatehouse/journal/1";
}

/// An event's line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportedEvent {
    /// Its place.
    pub seq: u64,
    /// Its id.
    pub id: EventId,
    /// When.
    pub at: UnixMs,
    /// What happened, readable; absent where this version does not know the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<serde_json::Value>,
    /// The event's bytes, base64url.
    pub bytes: String,
    /// The event's hash.
    pub hash: Hash,
    /// The kiosk's signature over the hash, base64url.
    pub signature: String,
}

/// A line that is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// An event's bytes are not readable.
    #[error(transparent)]
    Cbor(#[from] crate::cbor::CborError),
    /// Not the base64url of what it should be.
    #[error("not base64url of the right length")]
    Base64,
}

impl ExportedEvent {
    /// An event's line.
    pub fn of(signed: &SignedEvent) -> Result<Self, ExportError> {
        let event = signed.event()?;
        let act = Act::read(event.kind, &event.body).ok();
        Ok(Self {
            seq: event.seq,
            id: event.id,
            at: event.at,
            says: act.and_then(|act| serde_json::to_value(act).ok()),
            bytes: URL_SAFE_NO_PAD.encode(&signed.bytes),
            hash: signed.hash,
            signature: URL_SAFE_NO_PAD.encode(signed.signature),
        })
    }

    /// The event that the line carries, for verifying.
    pub fn signed(&self) -> Result<SignedEvent, ExportError> {
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| ExportError::Base64);
        let signature = decode(&self.signature)?.try_into().map_err(|_| ExportError::Base64)?;
        Ok(SignedEvent { bytes: decode(&self.bytes)?, hash: self.hash, signature })
    }
}
