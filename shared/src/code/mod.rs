//! Six-digit codes of a pass, made and checked from the key of a day.
//!
//! All derivation is HKDF-SHA256 (RFC 5869) without salt:
//!
//! | key | input key | info | bytes |
//! | --- | --- | --- | --- |
//! | day key | epoch root (32 bytes) | `"gatehouse/day/1" ‖ community id (16) ‖ local date as "YYYY-MM-DD" (10)` | 32 |
//! | pass secret `k` | day key | `"gatehouse/pass/1" ‖ pass id (16)` | 32 |
//! | day secret | `k` | `"day"` | 20 |
//! | live secret | `k` | `"live"` | 20 |
//!
//! Day code: HOTP (RFC 4226: HMAC-SHA-1, six digits) of the day secret at counter 0. Live code: TOTP
//! (RFC 6238, steps of 30 s from the epoch) of the live secret. Which date's key is meant is said by
//! [`crate::hours::code_dates`].

mod day_key;
mod digits;
mod pass_secret;
mod tries;

pub(crate) use day_key::expand;
pub use day_key::{DayKey, EpochRoot};
pub use digits::{NotSixDigits, SixDigits};
pub use pass_secret::{CodeMatch, LIVE_STEP_MS, MAX_LIVE_STEPS, PassSecret, live_steps};
pub use tries::{Tries, TryLimits, tries, tries_left};
