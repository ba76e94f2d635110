//! What a kiosk needs to go on with every database gone: keys, zone, policy, gate and guards, signed by
//! the community root whose fingerprint was in the enrolment QR.
//!
//! Keeping the file, twice and outside both databases, is the kiosk's business.

mod signed;
mod statement;

pub use signed::{SignedTrust, TrustError};
pub use statement::{TrustGuard, TrustStatement};
