//! The hash chain and the signatures over it.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::{
    cbor::{self, CborError},
    hash::Hash,
    id::{CommunityId, IncarnationId, KioskId},
    journal::Event,
};

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Head {
    /// Which life of the journal.
    #[n(0)]
    pub incarnation: IncarnationId,
    /// The last event's seq; 0 before the first.
    #[n(1)]
    pub seq: u64,
    /// The last event's hash; the genesis hash before the first.
    #[n(2)]
    pub hash: Hash,
}

/// The hash before the first event of an incarnation.
pub fn genesis(community: CommunityId, kiosk: KioskId, incarnation: IncarnationId) -> Hash {
    Hash::of(&[b"gatehouse/journal/1", community.0.as_bytes(), kiosk.0.as_bytes(), incarnation.0.as_bytes()])
}

/// An event as it is stored and sent: its bytes, what binds them to the event before, and the kiosk's word.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedEvent {
    /// Canonical CBOR of [`Event`].
    #[cbor(n(0), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// `SHA-256(previous hash ‖ bytes)`.
    #[n(1)]
    pub hash: Hash,
    /// Ed25519 (RFC 8032) by the kiosk's key over `hash`.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Why a chain does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// An event's bytes are not readable.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The event does not stand where it should.
    #[error("event {found} stands where {expected} should")]
    Seq {
        /// The seq that should come.
        expected: u64,
        /// The seq that came.
        found: u64,
    },
    /// The event belongs to another kiosk or another life of its journal.
    #[error("event {0} belongs to another journal")]
    Foreign(u64),
    /// The hash does not follow from the one before.
    #[error("the hash of event {0} does not follow from the one before")]
    Broken(u64),
    /// The signature is not the kiosk's.
    #[error("the signature of event {0} is not the kiosk's")]
    Signature(u64),
}

impl SignedEvent {
    /// Binds `event` to `previous` and signs it.
    pub fn seal(event: &Event, previous: &Hash, key: &SigningKey) -> Self {
        let bytes = cbor::to_vec(event);
        let hash = Hash::of(&[&previous.0, &bytes]);
        let signature = key.sign(&hash.0).to_bytes();
        Self { bytes, hash, signature }
    }

    /// The event, its place unchecked.
    pub fn event(&self) -> Result<Event, CborError> {
        cbor::from_canonical(&self.bytes)
    }

    /// Checks that this is the kiosk's own event right behind `head`, and gives it with the head it makes.
    pub fn verify(
        &self,
        head: &Head,
        kiosk: KioskId,
        key: &VerifyingKey,
    ) -> Result<(Event, Head), ChainError> {
        let event = self.event()?;
        let expected = head.seq + 1;
        if event.kiosk != kiosk || event.incarnation != head.incarnation {
            return Err(ChainError::Foreign(event.seq));
        }
        if event.seq != expected {
            return Err(ChainError::Seq { expected, found: event.seq });
        }
        if Hash::of(&[&head.hash.0, &self.bytes]) != self.hash {
            return Err(ChainError::Broken(event.seq));
        }
        key.verify_strict(&self.hash.0, &Signature::from_bytes(&self.signature))
            .map_err(|_| ChainError::Signature(event.seq))?;
        let head = Head { incarnation: head.incarnation, seq: event.seq, hash: self.hash };
        Ok((event, head))
    }
}
