//! Anonymous sealing to a server's X25519 public key.
//!
//! `sealed = e ‖ XChaCha20-Poly1305(key, nonce, plaintext, associated)` where `e` is a fresh ephemeral
//! X25519 public key (RFC 7748) and `key ‖ nonce` (32 + 24 bytes) is HKDF-SHA256 (RFC 5869) without salt
//! over the shared secret, with info `"gatehouse/seal/1" ‖ e ‖ recipient`. It is always the plaintext's
//! length plus [`SEAL_OVERHEAD`], so what is sealed does not show in how long it is.

use std::fmt;

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::fixed_bytes;
use crate::entropy::Entropy;

/// How many bytes sealing adds.
pub const SEAL_OVERHEAD: usize = 32 + 16;

const INFO: &[u8] = b"gatehouse/seal/1";

fixed_bytes! {
    /// An X25519 public key that things are sealed to.
    SealPublic = 32;
}

/// What was sealed cannot be opened with this key and associated data, or was not sealed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes that do not open")]
pub struct SealError;

/// An X25519 private key that opens what was sealed to it. It is wiped when dropped and never printed.
#[derive(Clone)]
pub struct SealSecret(StaticSecret);

impl SealSecret {
    /// A new key.
    pub fn generate(entropy: &mut impl Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        Self::from_bytes(&bytes)
    }

    /// The key of stored bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(StaticSecret::from(*bytes))
    }

    /// The bytes, to be stored sealed.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> SealPublic {
        SealPublic(PublicKey::from(&self.0).to_bytes())
    }

    /// Opens what [`seal`] made for this key with the same associated data.
    pub fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (ephemeral, ciphertext) = sealed.split_first_chunk::<32>().ok_or(SealError)?;
        let (cipher, nonce) = derive(&self.0, ephemeral, ephemeral, &self.public().0)?;
        cipher
            .decrypt(&nonce, Payload { msg: ciphertext, aad: associated })
            .map(Zeroizing::new)
            .map_err(|_| SealError)
    }
}

impl fmt::Debug for SealSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealSecret(of {})", self.public())
    }
}

/// Seals `plaintext` so that only the holder of `to`'s private half can open it, given the same
/// `associated` data. Fails only on a public key of small order.
pub fn seal(
    to: &SealPublic,
    plaintext: &[u8],
    associated: &[u8],
    entropy: &mut impl Entropy,
) -> Result<Vec<u8>, SealError> {
    let secret = SealSecret::generate(entropy);
    let ephemeral = secret.public().0;
    let (cipher, nonce) = derive(&secret.0, &to.0, &ephemeral, &to.0)?;
    let ciphertext =
        cipher.encrypt(&nonce, Payload { msg: plaintext, aad: associated }).map_err(|_| SealError)?;
    Ok([ephemeral.as_slice(), &ciphertext].concat())
}

fn derive(
    mine: &StaticSecret,
    theirs: &[u8; 32],
    ephemeral: &[u8; 32],
    recipient: &[u8; 32],
) -> Result<(XChaCha20Poly1305, XNonce), SealError> {
    let shared = mine.diffie_hellman(&PublicKey::from(*theirs));
    if !shared.was_contributory() {
        return Err(SealError);
    }
    let mut okm = Zeroizing::new([0; 56]);
    Hkdf::<Sha256>::new(None, shared.as_bytes())
        .expand(&[INFO, ephemeral, recipient].concat(), okm.as_mut())
        .map_err(|_| SealError)?;
    let (key, nonce) = okm.split_at(32);
    Ok((XChaCha20Poly1305::new(key.into()), *XNonce::from_slice(nonce)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_mul(29).wrapping_add(17);
                *byte = self.0;
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_and_no_changed_byte_does(
            plaintext in proptest::collection::vec(any::<u8>(), 0..64),
            seed: u8,
            at: prop::sample::Index,
        ) {
            let server = SealSecret::from_bytes(&[9; 32]);
            let sealed = seal(&server.public(), &plaintext, b"aad", &mut Fixed(seed)).unwrap();
            prop_assert_eq!(sealed.len(), plaintext.len() + SEAL_OVERHEAD);
            let opened = server.open(&sealed, b"aad").unwrap();
            prop_assert_eq!(opened.as_slice(), &plaintext[..]);
            prop_assert!(server.open(&sealed, b"other").is_err());
            let mut changed = sealed.clone();
            // The top bit of an X25519 key is ignored (RFC 7748 §5), but not by the key derivation.
            changed[at.index(sealed.len())] ^= 0x80;
            prop_assert!(server.open(&changed, b"aad").is_err());
        }
    }

    #[test]
    fn nothing_is_sealed_to_a_key_of_small_order() {
        assert_eq!(seal(&SealPublic([0; 32]), b"x", b"", &mut Fixed(1)), Err(SealError));
    }

    #[test]
    fn short_input_is_an_error_not_a_panic() {
        assert!(SealSecret::from_bytes(&[9; 32]).open(&[1; 31], b"").is_err());
    }
}
