//! What kiosk and server say to each other: message bodies (CBOR, zstd over the wire where large), and the
//! protocol's core on both sides.

mod assertion;
mod backoff;
mod contact;
pub mod kiosk;
mod message;
mod sealed;

pub use assertion::{Assertion, AssertionError, TokenNonce, assert};
pub use backoff::Backoff;
pub use contact::{Contact, Failure};
pub use message::{
    Beat, PROTOCOL, Pull, SnapshotPull, SnapshotResume, Upload, UploadAnswer, UploadEvent, UploadOutcome,
    Visible,
};
pub use sealed::{SealedUpload, SealedUploadError};
