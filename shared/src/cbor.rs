//! Canonical CBOR (RFC 8949 §4.2.1) as it is signed, hashed and sent: integer-key maps in ascending order,
//! shortest heads, definite lengths, absent options left out.

use minicbor::{Decode, Encode};

/// Why bytes were not what they should be.
#[derive(Debug, thiserror::Error)]
pub enum CborError {
    /// Not the CBOR of this type.
    #[error("not the expected CBOR: {0}")]
    Malformed(#[from] minicbor::decode::Error),
    /// Bytes were left over behind the value.
    #[error("{0} bytes left over behind the value")]
    Trailing(usize),
    /// The value, encoded again, gives other bytes.
    #[error("not canonically encoded")]
    NotCanonical,
}

/// The canonical bytes of `value`.
pub fn to_vec<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(value, &mut bytes) {
        Ok(()) => bytes,
        Err(error) => unreachable!("writing to memory cannot fail: {error}"),
    }
}

/// Reads one value and nothing behind it. Keys that this version does not know are passed over.
pub fn from_slice<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, CborError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode()?;
    match bytes.len() - decoder.position() {
        0 => Ok(value),
        left => Err(CborError::Trailing(left)),
    }
}

/// Like [`from_slice`], and refuses bytes that are not the value's canonical ones.
pub fn from_canonical<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, CborError> {
    let value = from_slice(bytes)?;
    if to_vec(&value) == bytes { Ok(value) } else { Err(CborError::NotCanonical) }
}
