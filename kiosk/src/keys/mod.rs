//! The kiosk's own secrets and where they are held.
//!
//! Four random keys of 32 bytes, made once: the device's Ed25519 seed, the two databases' raw keys, and the
//! pepper under which PINs are kept. A [`KeyStore`] holds them; which one says how well they are guarded.

mod file;

use std::fmt;

use ed25519_dalek::SigningKey;
use gatehouse::{cbor::CborError, entropy::Entropy};
use minicbor::{Decode, Encode};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use file::KeyFile;

use crate::folder::FolderError;

/// Why the keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Where they are held could not be read or written.
    #[error("the key store cannot be used")]
    Store(#[from] FolderError),
    /// What was held is no set of keys.
    #[error("the key store is damaged")]
    Damaged(#[from] CborError),
}

/// How well a key store guards its keys against somebody who holds the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarded {
    /// Not at all: whoever reads the disk has the keys.
    FileOnly,
}

/// Holds the kiosk's keys over restarts.
pub trait KeyStore: Send {
    /// The keys, `None` when none were ever kept or they were destroyed.
    ///
    /// # Errors
    /// When the store cannot be read, or holds something else.
    fn load(&self) -> Result<Option<Keys>, KeysError>;

    /// Keeps the keys durably.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn keep(&self, keys: &Keys) -> Result<(), KeysError>;

    /// Destroys the keys: what is encrypted under them is gone for good.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn destroy(&self) -> Result<(), KeysError>;

    /// How well the keys are guarded.
    fn guarded(&self) -> Guarded;
}

/// The kiosk's secrets.
#[derive(Clone, Encode, Decode, Zeroize, ZeroizeOnDrop)]
#[cbor(map)]
pub struct Keys {
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    device: [u8; 32],
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    cache: [u8; 32],
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    journal: [u8; 32],
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pepper: [u8; 32],
}

impl Keys {
    /// New random keys.
    pub fn new(entropy: &mut impl Entropy) -> Self {
        Self {
            device: entropy.bytes(),
            cache: entropy.bytes(),
            journal: entropy.bytes(),
            pepper: entropy.bytes(),
        }
    }

    /// The keys of `store`, made and kept there if it has none.
    ///
    /// # Errors
    /// What the store said.
    pub fn load_or_make(store: &dyn KeyStore, entropy: &mut impl Entropy) -> Result<Self, KeysError> {
        if let Some(keys) = store.load()? {
            return Ok(keys);
        }
        let keys = Self::new(entropy);
        store.keep(&keys)?;
        Ok(keys)
    }

    /// The key that signs events and token requests.
    pub fn device(&self) -> SigningKey {
        SigningKey::from_bytes(&self.device)
    }

    /// The raw key of `cache.db`.
    pub fn cache(&self) -> &[u8; 32] {
        &self.cache
    }

    /// The raw key of `journal.db`.
    pub fn journal(&self) -> &[u8; 32] {
        &self.journal
    }

    /// The pepper under which this kiosk keeps PINs.
    pub fn pepper(&self) -> &[u8; 32] {
        &self.pepper
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}
