//! Guards' PINs, checked offline: argon2id as the server made it, kept here only as an HMAC under this
//! kiosk's pepper; and how often one may be tried.

use argon2::{Algorithm, Argon2, Params, Version};
use gatehouse::{
    pin::{HASH_BYTES, LANES, MEMORY_KIB, PASSES},
    time::{MINUTE, UnixMs},
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cache::peppered;

/// Wrong PINs that lock a guard out at this kiosk.
pub const TRIES: usize = 5;
/// How long the first lock-out lasts; each further one lasts twice as long.
pub const LOCKED_MS: i64 = 15 * MINUTE;
/// Lock-outs double no more than so often: about five days.
const MOST_DOUBLINGS: u32 = 9;

/// Whether `pin` is the one whose argon2id output, under `pepper`, is `kept`. Takes some tens of
/// milliseconds.
pub fn is_pin(pin: &str, salt: &[u8; 16], kept: &[u8], pepper: &[u8; 32]) -> bool {
    let Ok(params) = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)) else { return false };
    let mut hash = Zeroizing::new([0; HASH_BYTES]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    if argon2.hash_password_into(pin.as_bytes(), salt, hash.as_mut()).is_err() {
        return false;
    }
    peppered(hash.as_ref(), pepper).ct_eq(kept).into()
}

/// Until when a guard is locked out, from the times of the wrong PINs since the last right one: the fifth,
/// tenth and so on each lock for 15, 30, 60 minutes. Nothing while they are not. Times after `now` (a clock that was set
/// back) do not count.
pub fn locked_until(wrong: &[UnixMs], now: UnixMs) -> Option<UnixMs> {
    let wrong: Vec<UnixMs> = wrong.iter().copied().filter(|at| *at <= now).collect();
    let locks = wrong.len() / TRIES;
    let last = *wrong.get((locks * TRIES).checked_sub(1)?)?;
    let doublings = u32::try_from(locks - 1).unwrap_or(MOST_DOUBLINGS).min(MOST_DOUBLINGS);
    Some(last.plus(LOCKED_MS << doublings)).filter(|until| *until > now)
}

/// How many tries are left before the next lock-out.
pub fn tries_left(wrong: usize) -> u8 {
    u8::try_from(TRIES - wrong % TRIES).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(count: i64) -> Vec<UnixMs> {
        (0..count).map(|n| UnixMs(n * 1_000)).collect()
    }

    #[test]
    fn a_pin_is_known_under_this_kiosks_pepper_alone() {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).unwrap();
        let mut hash = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(b"246810", &[7; 16], &mut hash)
            .unwrap();
        let kept = peppered(&hash, &[1; 32]);
        assert!(is_pin("246810", &[7; 16], &kept, &[1; 32]));
        assert!(!is_pin("246811", &[7; 16], &kept, &[1; 32]));
        assert!(!is_pin("246810", &[7; 16], &kept, &[2; 32]));
        assert!(!is_pin("246810", &[7; 16], &hash, &[1; 32]), "the server's hash itself opens nothing");
    }

    #[test]
    fn five_wrong_pins_lock_for_a_quarter_of_an_hour_and_each_further_five_twice_as_long() {
        assert_eq!(locked_until(&times(4), UnixMs(5_000)), None);
        assert_eq!(locked_until(&times(5), UnixMs(5_000)), Some(UnixMs(4_000 + 15 * MINUTE)));
        assert_eq!(locked_until(&times(5), UnixMs(4_000 + 15 * MINUTE)), None);
        assert_eq!(locked_until(&times(9), UnixMs(4_000 + 15 * MINUTE)), None);
        assert_eq!(locked_until(&times(10), UnixMs(9_000)), Some(UnixMs(9_000 + 30 * MINUTE)));
        assert!(locked_until(&times(500), UnixMs(500_000)).is_some());
        assert_eq!(locked_until(&times(5), UnixMs(0)), None, "the clock was set back");
        assert_eq!((tries_left(0), tries_left(4), tries_left(5)), (5, 1, 5));
    }
}
