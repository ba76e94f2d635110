//! The codes of one pass on one day.

use std::fmt;

use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use super::{SixDigits, day_key::expand};
use crate::{time::UnixMs, words::PassMode};

/// How long a live code is good, in milliseconds.
pub const LIVE_STEP_MS: i64 = 30_000;
/// The most live steps before and after the present one that are ever accepted.
pub const MAX_LIVE_STEPS: u64 = 4;

/// What the codes of one pass on one day are made from.
pub struct PassSecret(Zeroizing<[u8; 32]>);

/// What six digits turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeMatch {
    /// The pass's code of the day.
    Day,
    /// The pass's code of one half minute, counted in steps since 1970; it is good once.
    Live(u64),
}

/// How many steps before and after the present one are accepted: one for the holder's clock, and as many
/// as the kiosk's own uncertainty may be off, at most [`MAX_LIVE_STEPS`].
pub fn live_steps(uncertainty_ms: i64) -> u64 {
    let widened = uncertainty_ms.max(0).unsigned_abs().div_ceil(LIVE_STEP_MS.unsigned_abs());
    widened.saturating_add(1).min(MAX_LIVE_STEPS)
}

impl PassSecret {
    pub(super) fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// The code of the day. A pass that needs live codes has none: it is not to be sent.
    pub fn day_code(&self) -> SixDigits {
        digits(&Self::otp(&self.day_secret()), 0)
    }

    /// The code of the half minute that `at` lies in.
    pub fn live_code(&self, at: UnixMs) -> SixDigits {
        digits(&Self::otp(&self.live_secret()), live_step(at))
    }

    /// What `typed` is for this pass, or that it is nothing: live codes within [`live_steps`], and the
    /// code of the day where `mode` admits it. Of several live steps the one nearest to `at` is named.
    pub fn check(
        &self,
        typed: &SixDigits,
        mode: &PassMode,
        at: UnixMs,
        uncertainty_ms: i64,
    ) -> Option<CodeMatch> {
        if *mode == PassMode::Static && *typed == self.day_code() {
            return Some(CodeMatch::Day);
        }
        self.check_live(typed, at, uncertainty_ms).map(CodeMatch::Live)
    }

    /// The live step that `typed` is the code of, nearest to `at` and within [`live_steps`].
    pub fn check_live(&self, typed: &SixDigits, at: UnixMs, uncertainty_ms: i64) -> Option<u64> {
        let otp = Self::otp(&self.live_secret());
        let now = live_step(at);
        let around = (1..=live_steps(uncertainty_ms)).rev();
        let around = around.flat_map(|away| [now.saturating_sub(away), now.saturating_add(away)]);
        // Every step is tried, the nearest last: how long it takes does not tell which one it was.
        around
            .chain([now])
            .fold(None, |found, step| if digits(&otp, step) == *typed { Some(step) } else { found })
    }

    /// The HOTP secret of the day code, for golden vectors and for tools that speak RFC 4226.
    pub fn day_secret(&self) -> Zeroizing<[u8; 20]> {
        self.secret(b"day")
    }

    /// The TOTP secret of the live codes, for the app of a holder whose pass needs them.
    pub fn live_secret(&self) -> Zeroizing<[u8; 20]> {
        self.secret(b"live")
    }

    fn secret(&self, what: &[u8]) -> Zeroizing<[u8; 20]> {
        let mut secret = Zeroizing::new([0; 20]);
        expand(&self.0, &[what], secret.as_mut());
        secret
    }

    fn otp(secret: &[u8; 20]) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(1)
            .with_secret(*secret)
            .build_noncompliant()
    }
}

/// HOTP: a TOTP whose steps last one second, asked at second `counter`.
fn digits(otp: &Totp, counter: u64) -> SixDigits {
    let number = otp.generate(counter).to_string();
    SixDigits::of(number.parse().unwrap_or_default())
}

fn live_step(at: UnixMs) -> u64 {
    u64::try_from(at.0.div_euclid(LIVE_STEP_MS)).unwrap_or(0)
}

impl fmt::Debug for PassSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        code::{DayKey, EpochRoot},
        id::{CommunityId, PassId},
    };

    fn day() -> DayKey {
        EpochRoot::from_bytes([5; 32]).day_key(CommunityId(Uuid::from_u128(1)), date(2026, 11, 23))
    }

    fn secret() -> PassSecret {
        day().pass_secret(PassId(Uuid::from_u128(2)))
    }

    #[test]
    fn hotp_is_that_of_rfc_4226() {
        let rfc = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_step_duration(1)
            .with_secret(*b"12345678901234567890")
            .build_noncompliant();
        let codes = ["755224", "287082", "359152", "969429", "338314"];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(digits(&rfc, counter).as_str(), code);
        }
    }

    #[test]
    fn day_codes_change_with_the_day_the_pass_and_the_community() {
        let root = EpochRoot::from_bytes([5; 32]);
        let (community, pass) = (CommunityId(Uuid::from_u128(1)), PassId(Uuid::from_u128(2)));
        let own = secret().day_code();
        let others = [
            root.day_key(community, date(2026, 11, 24)).pass_secret(pass),
            root.day_key(CommunityId(Uuid::from_u128(9)), date(2026, 11, 23)).pass_secret(pass),
            day().pass_secret(PassId(Uuid::from_u128(3))),
            EpochRoot::from_bytes([6; 32]).day_key(community, date(2026, 11, 23)).pass_secret(pass),
        ];
        for other in others {
            assert_ne!(own, other.day_code());
        }
    }

    #[test]
    fn a_pass_that_needs_live_codes_has_no_day_code() {
        let secret = secret();
        let code = secret.day_code();
        let at = UnixMs(1_795_000_000_000);
        assert_eq!(secret.check(&code, &PassMode::Static, at, 0), Some(CodeMatch::Day));
        assert_eq!(secret.check(&code, &PassMode::Live, at, 0), None);
        let unknown = PassMode::Unknown("FACE".into());
        assert_eq!(secret.check(&code, &unknown, at, 0), None, "an unknown mode is not laxer than live");
    }

    #[test]
    fn steps_widen_with_the_uncertainty_up_to_four() {
        assert_eq!([0, 1, 30_000, 30_001, 90_000, 90_001, i64::MAX].map(live_steps), [1, 2, 2, 3, 4, 4, 4]);
        assert_eq!(live_steps(-5), 1);
    }

    proptest! {
        #[test]
        fn a_live_code_is_good_within_the_steps_and_not_beyond(
            at in 1_700_000_000_000i64..2_000_000_000_000,
            off in -8i64..=8,
            uncertainty in 0i64..200_000,
        ) {
            let secret = secret();
            let code = secret.live_code(UnixMs(at + off * LIVE_STEP_MS));
            let step = live_step(UnixMs(at)).checked_add_signed(off).unwrap();
            match secret.check_live(&code, UnixMs(at), uncertainty) {
                Some(found) => {
                    prop_assert!(found.abs_diff(live_step(UnixMs(at))) <= live_steps(uncertainty));
                    prop_assert_eq!(secret.live_code(UnixMs(i64::try_from(found).unwrap() * LIVE_STEP_MS)), code);
                }
                None => prop_assert!(step.abs_diff(live_step(UnixMs(at))) > live_steps(uncertainty)),
            }
        }
    }
}
