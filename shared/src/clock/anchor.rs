//! The server's signed time.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    cbor,
    entropy::Entropy,
    id::CommunityId,
    keys::{PublicKey, Signature, SigningKey, fixed_bytes},
    time::UnixMs,
};

const CONTEXT: &[u8] = b"gatehouse/anchor/1";

fixed_bytes! {
    /// A random value that binds the server's time to one question.
    Nonce = 16;
}

impl Nonce {
    /// A new nonce.
    pub fn draw(entropy: &mut impl Entropy) -> Self {
        Self(entropy.bytes())
    }
}

/// The server's time as it answers one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Anchor {
    /// The server's time.
    #[n(0)]
    pub at: UnixMs,
    /// The question's nonce.
    #[n(1)]
    pub nonce: Nonce,
}

/// An anchor and the server's word for it: Ed25519 by the anchor key over
/// `"gatehouse/anchor/1" ‖ community id (16) ‖ canonical CBOR of the anchor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cbor(map)]
pub struct SignedAnchor {
    /// The server's time.
    #[n(0)]
    pub at: UnixMs,
    /// The question's nonce.
    #[n(1)]
    pub nonce: Nonce,
    /// The signature.
    #[n(2)]
    pub signature: Signature,
}

/// Why an anchor is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// It answers another question: an old one played back.
    #[error("the anchor answers another question")]
    Nonce,
    /// The anchor key did not sign it.
    #[error("the anchor is not signed by the server's key")]
    Signature,
}

impl Anchor {
    /// Signs the anchor.
    pub fn sign(self, community: CommunityId, key: &SigningKey) -> SignedAnchor {
        let signature = key.sign(CONTEXT, &self.signed_bytes(community));
        SignedAnchor { at: self.at, nonce: self.nonce, signature }
    }

    fn signed_bytes(&self, community: CommunityId) -> Vec<u8> {
        [community.0.as_bytes().as_slice(), &cbor::to_vec(self)].concat()
    }
}

impl SignedAnchor {
    /// Checks that this answers the question of `nonce` and is signed by the anchor key.
    pub fn verify(
        &self,
        community: CommunityId,
        nonce: &Nonce,
        key: &PublicKey,
    ) -> Result<Anchor, AnchorError> {
        if self.nonce != *nonce {
            return Err(AnchorError::Nonce);
        }
        let anchor = Anchor { at: self.at, nonce: self.nonce };
        key.verify(CONTEXT, &anchor.signed_bytes(community), &self.signature)
            .map(|()| anchor)
            .map_err(|_| AnchorError::Signature)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_anchor_is_good_for_its_question_its_community_and_its_time() {
        let key = SigningKey::from_seed(&[2; 32]);
        let community = CommunityId(Uuid::from_u128(1));
        let anchor = Anchor { at: UnixMs(1_795_000_000_000), nonce: Nonce([4; 16]) };
        let signed = anchor.sign(community, &key);
        assert_eq!(signed.verify(community, &anchor.nonce, &key.public()), Ok(anchor));
        assert_eq!(signed.verify(community, &Nonce([5; 16]), &key.public()), Err(AnchorError::Nonce));
        let elsewhere = CommunityId(Uuid::from_u128(2));
        assert_eq!(signed.verify(elsewhere, &anchor.nonce, &key.public()), Err(AnchorError::Signature));
        let later = SignedAnchor { at: signed.at.plus(1), ..signed };
        assert_eq!(later.verify(community, &anchor.nonce, &key.public()), Err(AnchorError::Signature));
        let json = serde_json::to_string(&signed).unwrap();
        assert_eq!(serde_json::from_str::<SignedAnchor>(&json).unwrap(), signed);
    }
}
