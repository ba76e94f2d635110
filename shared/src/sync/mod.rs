//! What kiosk and server say to each other: message bodies (CBOR, zstd over the wire where large), and the
//! protocol's core on both sides.

mod message;

pub use message::{PROTOCOL, Pull, Upload, UploadAnswer, UploadEvent, UploadOutcome, Visible};
