//! What kiosk and server say to each other: message bodies (CBOR, zstd over the wire where large), and the
//! protocol's core on both sides.

mod assertion;
mod message;

pub use assertion::{Assertion, AssertionError, TokenNonce, assert};
pub use message::{
    PROTOCOL, Pull, SnapshotPull, SnapshotResume, Upload, UploadAnswer, UploadEvent, UploadOutcome, Visible,
};
