//! The kiosk's own secrets and who holds them.
//!
//! Four random keys of 32 bytes, made once: the device's Ed25519 seed, the two databases' raw keys, and the
//! pepper under which PINs are kept. A [`KeyStore`] holds them; [`Keeping`] notes in the data folder which one,
//! chosen when the kiosk is enrolled and never changed but on a person's word.

mod creds;
mod file;
mod holder;
mod keeping;
mod kept;
mod program;
mod secret_service;

use std::fmt;

use ed25519_dalek::SigningKey;
use gatehouse::{cbor::CborError, entropy::Entropy};
use minicbor::{Decode, Encode};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use creds::{SealedBy, SystemdCreds};
pub use file::KeyFile;
pub use holder::{Holder, UnknownHolder, Wish};
pub use keeping::{Keeping, Moved};
pub use kept::Kept;
pub use program::ProgramError;
pub use secret_service::{SecretService, SecretServiceError};

use crate::folder::FolderError;

/// Why the keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The data folder could not be read or written.
    #[error("the keys' file cannot be used")]
    Folder(#[from] FolderError),
    /// What the data folder notes, or what a store gave, is no set of keys.
    #[error("what is kept of the keys is damaged")]
    Damaged(#[from] CborError),
    /// systemd-creds did not do it.
    #[error("systemd-creds does not hold the keys")]
    Creds(#[from] ProgramError),
    /// The Secret Service did not do it.
    #[error("the Secret Service does not hold the keys")]
    SecretService(#[from] SecretServiceError),
    /// A store gave other keys back than it was given: it is not trusted with any.
    #[error("{0} gave other keys back than it was given")]
    OtherKeys(Holder),
    /// There are no keys to move: the kiosk was never enrolled.
    #[error("this kiosk has no keys yet")]
    NoKeys,
}

/// Holds the kiosk's keys over restarts.
pub trait KeyStore: Send {
    /// Which one it is.
    fn holder(&self) -> Holder;

    /// Takes the keys; answers what the data folder is to note so that they can be had again.
    ///
    /// # Errors
    /// When the store cannot be used.
    fn take(&self, keys: &Keys) -> Result<Kept, KeysError>;

    /// Gives the keys back that `kept` stands for.
    ///
    /// # Errors
    /// When the store cannot be used, does not have them, or has something else.
    fn give(&self, kept: &Kept) -> Result<Keys, KeysError>;

    /// Destroys what the store itself holds of them, beside what the data folder notes.
    ///
    /// # Errors
    /// When the store cannot be used.
    fn forget(&self, kept: &Kept) -> Result<(), KeysError>;
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

    /// Whether they are the same keys.
    fn is(&self, other: &Self) -> bool {
        let pairs = [
            (&self.device, &other.device),
            (&self.cache, &other.cache),
            (&self.journal, &other.journal),
            (&self.pepper, &other.pepper),
        ];
        pairs.into_iter().all(|(one, other)| bool::from(one.ct_eq(other)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn debug_output_shows_no_key() {
        assert_eq!(format!("{:?}", Keys::new(&mut SystemEntropy)), "Keys(…)");
    }
}
