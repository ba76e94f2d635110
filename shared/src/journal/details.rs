//! What an event says of persons, kept outside the chain so that it can be erased.

use minicbor::{Decode, Encode};

use crate::{
    cbor::{self, CborError},
    hash::Hash,
};

/// The erasable part of an event. Its digest stands in the event; the salt keeps the digest from giving
/// away a guessed name or number once the details are gone.
#[derive(Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Details {
    /// 16 random bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// The visitor's name as the guard took it down.
    #[n(1)]
    pub name: Option<String>,
    /// The visitor's phone, E.164 where the guard typed all of it.
    #[n(2)]
    pub phone: Option<String>,
    /// Number plate.
    #[n(3)]
    pub plate: Option<String>,
    /// Company that sends the visitor.
    #[n(4)]
    pub company: Option<String>,
    /// Free words: why a guard overrode, what an alert is about.
    #[n(5)]
    pub note: Option<String>,
    /// Canonical CBOR of [`crate::admission::Facts`], for the server to weigh again.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub facts: Option<Vec<u8>>,
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Details(personal)")
    }
}

/// Details that do not belong to their event.
#[derive(Debug, thiserror::Error)]
pub enum DetailsError {
    /// Not readable.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Readable, but not what the event's digest names.
    #[error("the details do not match the digest in their event")]
    Digest,
}

impl Details {
    /// Every text in them.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let Self { name, phone, plate, company, note, salt: _, facts: _ } = self;
        [name, phone, plate, company, note].into_iter().filter_map(|text| text.as_deref())
    }

    /// The canonical bytes and their digest.
    pub fn seal(&self) -> (Vec<u8>, Hash) {
        let bytes = cbor::to_vec(self);
        let digest = Hash::of(&[&bytes]);
        (bytes, digest)
    }

    /// Reads details and checks them against their event's digest.
    pub fn open(bytes: &[u8], digest: &Hash) -> Result<Self, DetailsError> {
        if Hash::of(&[bytes]) != *digest {
            return Err(DetailsError::Digest);
        }
        Ok(cbor::from_slice(bytes)?)
    }
}
