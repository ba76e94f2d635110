//! Sealing under the master key: XChaCha20-Poly1305 with the secret's place in the database as associated data,
//! so that a sealed value moved to another row does not open.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use gatehouse::entropy::Entropy;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::MasterKey;

const NONCE: usize = 24;

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its table.
    pub table: &'static str,
    /// Its column.
    pub column: &'static str,
    /// The community it belongs to; nil for the server's own.
    pub community: Uuid,
    /// What identifies its row within the community.
    pub row: &'a [u8],
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.community.as_bytes(), self.row] {
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

/// A sealed value does not open: wrong master key, wrong place, or damaged.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value in {table}.{column} does not open: is this the master key it was sealed under?")]
pub struct UnsealError {
    table: &'static str,
    column: &'static str,
}

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// A sealer under `key`.
    pub fn new(key: &MasterKey) -> Self {
        Self(XChaCha20Poly1305::new(key.bytes().into()))
    }

    /// Seals `secret` for `place`: a nonce of 24 bytes, then ciphertext and tag.
    pub fn seal(&self, place: &Place<'_>, secret: &[u8], entropy: &mut impl Entropy) -> Vec<u8> {
        let nonce: [u8; NONCE] = entropy.bytes();
        let payload = Payload { msg: secret, aad: &place.associated_data() };
        match self.0.encrypt(XNonce::from_slice(&nonce), payload) {
            Ok(sealed) => [nonce.as_slice(), &sealed].concat(),
            Err(_) => unreachable!("a secret is far below the cipher's limit of 256 GiB"),
        }
    }

    /// Opens what was sealed for `place`.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let error = UnsealError { table: place.table, column: place.column };
        let Some((nonce, sealed)) = sealed.split_at_checked(NONCE) else { return Err(error) };
        let payload = Payload { msg: sealed, aad: &place.associated_data() };
        self.0.decrypt(XNonce::from_slice(nonce), payload).map(Zeroizing::new).map_err(|_| error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::OsEntropy;

    #[test]
    fn a_sealed_value_opens_in_its_own_place_only() {
        let sealer = Sealer::new(&MasterKey::new([7; 32]));
        let place = Place { table: "t", column: "c", community: Uuid::from_u128(1), row: b"r" };
        let sealed = sealer.seal(&place, b"secret", &mut OsEntropy);
        assert_eq!(sealer.open(&place, &sealed).unwrap().as_slice(), b"secret");
        assert!(sealer.open(&Place { row: b"s", ..place }, &sealed).is_err());
        assert!(sealer.open(&Place { community: Uuid::from_u128(2), ..place }, &sealed).is_err());
        assert!(Sealer::new(&MasterKey::new([8; 32])).open(&place, &sealed).is_err());
        assert!(sealer.open(&place, &sealed[..10]).is_err());
    }
}
