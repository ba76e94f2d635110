//! Keys and what is done with them: Ed25519 signatures (RFC 8032), the set of keys passes are verified
//! with, and sealing to a server's X25519 key. Where private keys are kept is each program's business.

mod fixed;
mod pass_key;
mod seal;
mod sign;

pub use fixed::FixedBytesError;
pub(crate) use fixed::fixed_bytes;
pub use pass_key::{KeySet, KeyState, PassKey};
pub use seal::{SEAL_OVERHEAD, SealError, SealPublic, SealSecret, seal};
pub use sign::{Kid, PublicKey, Signature, SignatureError, SigningKey};
