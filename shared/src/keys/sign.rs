//! Ed25519 keys and signatures.

use std::fmt;

use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::fixed_bytes;
use crate::entropy::Entropy;

fixed_bytes! {
    /// An Ed25519 public key.
    PublicKey = 32;
    /// What a key is known by: the first four bytes of SHA-256 of its public half.
    Kid = 4;
    /// An Ed25519 signature.
    Signature = 64;
}

/// The signature is not this key's over these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

impl PublicKey {
    /// What the key is known by.
    pub fn kid(&self) -> Kid {
        let digest = Sha256::digest(self.0);
        Kid([digest[0], digest[1], digest[2], digest[3]])
    }

    /// SHA-256 of the key: how it is pinned.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// Whether `signature` is this key's over `context ‖ bytes`, by the strict rules of RFC 8032 §5.1.7
    /// (no small-order keys, no malleable signatures).
    pub fn verify(&self, context: &[u8], bytes: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        key.verify_strict(&[context, bytes].concat(), &ed25519_dalek::Signature::from_bytes(&signature.0))
            .map_err(|_| SignatureError)
    }
}

/// An Ed25519 private key. It is wiped when dropped and never printed.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key.
    pub fn generate(entropy: &mut impl Entropy) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        entropy.fill(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// The key of a stored seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed, to be stored sealed.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// What the key is known by.
    pub fn kid(&self) -> Kid {
        self.public().kid()
    }

    /// Signs `context ‖ bytes`. The context is a constant of the message's kind that no other kind's
    /// begins with, so that a signature over one kind is none over another.
    pub fn sign(&self, context: &[u8], bytes: &[u8]) -> Signature {
        Signature(self.0.sign(&[context, bytes].concat()).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.kid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_context_and_bytes_only() {
        let key = SigningKey::from_seed(&[7; 32]);
        let signature = key.sign(b"one", b"bytes");
        assert_eq!(key.public().verify(b"one", b"bytes", &signature), Ok(()));
        assert_eq!(key.public().verify(b"two", b"bytes", &signature), Err(SignatureError));
        assert_eq!(key.public().verify(b"one", b"bytez", &signature), Err(SignatureError));
        let other = SigningKey::from_seed(&[8; 32]).public();
        assert_eq!(other.verify(b"one", b"bytes", &signature), Err(SignatureError));
    }

    #[test]
    fn a_key_travels_as_base64url_and_as_cbor_bytes() {
        let key = SigningKey::from_seed(&[7; 32]).public();
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json.len(), 45);
        assert_eq!(serde_json::from_str::<PublicKey>(&json).unwrap(), key);
        let cbor = minicbor::to_vec(key).unwrap();
        assert_eq!(cbor.len(), 34);
        assert_eq!(minicbor::decode::<PublicKey>(&cbor).unwrap(), key);
        assert!(serde_json::from_str::<PublicKey>("\"AAAA\"").is_err());
    }

    #[test]
    fn a_private_key_is_not_printed() {
        let key = SigningKey::from_seed(&[7; 32]);
        assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.kid()));
    }
}
