//! The QR pass: a token that a kiosk verifies with the community's public keys alone.
//!
//! Text: `GH1:` + base45 (RFC 9285) of an untagged COSE_Sign1 (RFC 9052 §4.2) with protected header
//! `{1: -8 (EdDSA), 4: kid (4 bytes)}`, an empty unprotected one, and external AAD
//! `"gatehouse/pass/1" ‖ community id (16 bytes)`. The payload is a CWT claims set (RFC 8392):
//! `{4: valid until, 5: valid from, 7: pass id, -65537: terms}`, times in whole seconds, with terms
//! `[format 1, visitor type, unit, uses or null, name, window or null, home gate or null, flags]`.
//! A live QR is `GHR:` + six live digits + `:` + the same text.
//!
//! What a verified pass is worth at a gate is not said here but in [`crate::admission`].

mod claims;
mod gate_tag;
mod holder_name;
mod text;
mod token;
mod unit_ref;

pub use claims::{PassClaims, PassTerms, Terms};
pub use gate_tag::GateTag;
pub use holder_name::{NAME_BYTES, holder_name};
pub use text::{PassText, live_text};
pub use token::{PASS_BYTES, PassFlaw, SignPassError, VerifiedPass, sign};
pub use unit_ref::UnitRef;
