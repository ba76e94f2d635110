//! Spoken approval: a household lets somebody in with six digits over any telephone, no network on either
//! side (after OCRA, RFC 6287).
//!
//! Secret: `s = HKDF-SHA256(day key, no salt, "gatehouse/spoken/1" ‖ unit id (16) ‖ unit epoch (u32 BE))`,
//! 32 bytes. An answer's digits: HMAC-SHA-256 under `s` of
//! `kiosk number (u32 BE) ‖ challenge (four ASCII digits) ‖ answer (1 approve, 2 deny, 3 duress) ‖ round`,
//! truncated as in RFC 4226 §5.3 to six digits. Round (one byte) is 0, and goes up for an answer as long
//! as its digits equal those of an answer with a lower number, so that the three always differ.

mod answer;
mod challenge;
mod limits;
mod sealed;

pub use answer::{SpokenAnswer, SpokenSecret};
pub use challenge::{Challenge, NotAChallenge};
pub use limits::{CHALLENGE_LIFE_MS, SpokenBar, TRIES_PER_CHALLENGE, may_challenge, may_try};
