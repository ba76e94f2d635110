//! How often wrong codes may be typed. The keypad slows down, it never locks the gate.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    limit::full_until,
    time::{DAY, MINUTE, SECOND, UnixMs},
};

/// The published limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryLimits {
    /// Wrong codes for one unit at one kiosk within the short span.
    pub unit_short: usize,
    /// Wrong codes for one unit at one kiosk within 24 hours.
    pub unit_day: usize,
    /// Wrong codes at one kiosk within the short span.
    pub kiosk_short: usize,
    /// The short span, in milliseconds.
    pub short_ms: i64,
    /// How long the keypad rests once the kiosk's limit is reached, in milliseconds.
    pub rest_ms: i64,
}

impl TryLimits {
    /// 5 in 15 minutes and 20 a day for a unit, 10 in 15 minutes for a kiosk, then 30 seconds of rest.
    pub const STANDARD: Self =
        Self { unit_short: 5, unit_day: 20, kiosk_short: 10, short_ms: 15 * MINUTE, rest_ms: 30 * SECOND };
}

/// What the wrong tries so far mean for the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Tries {
    /// Until when codes for this unit are not weighed at this kiosk: the gate steps up instead.
    #[n(0)]
    pub unit_spent_until: Option<UnixMs>,
    /// Until when the keypad rests.
    #[n(1)]
    pub rest_until: Option<UnixMs>,
    /// Whether the last wrong try reached the kiosk's limit, which raises an alert.
    #[n(2)]
    pub alert: bool,
}

/// Weighs the wrong tries known at `now`: those for the unit and those for any unit, at this kiosk, in
/// any order. Older ones than 24 hours need not be given.
pub fn tries(unit: &[UnixMs], kiosk: &[UnixMs], now: UnixMs, limits: &TryLimits) -> Tries {
    let short = full_until(unit, now, limits.unit_short, limits.short_ms);
    let day = full_until(unit, now, limits.unit_day, DAY);
    let last = kiosk.iter().copied().filter(|at| *at <= now).max();
    let crowded = last.filter(|last| full_until(kiosk, *last, limits.kiosk_short, limits.short_ms).is_some());
    Tries {
        unit_spent_until: short.max(day),
        rest_until: crowded.map(|last| last.plus(limits.rest_ms)).filter(|until| *until > now),
        alert: crowded.is_some_and(|last| now.since(last) < limits.short_ms),
    }
}

/// How many more wrong codes a unit has at `now`, those tried for it in any order; none of older than 24 hours is needed.
pub fn tries_left(unit: &[UnixMs], now: UnixMs, limits: &TryLimits) -> usize {
    // Those that lie ahead are of before the clock was set back, and weigh nothing.
    let within = |span| unit.iter().filter(|at| (0..span).contains(&now.since(**at))).count();
    let short = limits.unit_short.saturating_sub(within(limits.short_ms));
    short.min(limits.unit_day.saturating_sub(within(DAY)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: TryLimits = TryLimits::STANDARD;

    fn every(ms: i64, count: i64) -> Vec<UnixMs> {
        (0..count).map(|n| UnixMs(n * ms)).collect()
    }

    #[test]
    fn five_wrong_codes_for_a_unit_step_up_until_the_first_is_fifteen_minutes_old() {
        let four = every(SECOND, 4);
        assert_eq!(tries(&four, &four, UnixMs(10 * SECOND), &LIMITS), Tries::default());
        let five = every(SECOND, 5);
        let now = tries(&five, &five, UnixMs(10 * SECOND), &LIMITS);
        assert_eq!(now.unit_spent_until, Some(UnixMs(15 * MINUTE)));
        assert_eq!(tries(&five, &five, UnixMs(15 * MINUTE), &LIMITS).unit_spent_until, None);
    }

    #[test]
    fn twenty_wrong_codes_for_a_unit_step_up_for_the_rest_of_the_day() {
        let slow = every(10 * MINUTE, 20);
        let now = tries(&slow, &[], UnixMs(191 * MINUTE), &LIMITS);
        assert_eq!(now.unit_spent_until, Some(UnixMs(DAY)));
    }

    #[test]
    fn ten_wrong_codes_at_a_kiosk_rest_the_keypad_for_half_a_minute_and_alert() {
        let ten = every(SECOND, 10);
        let now = tries(&[], &ten, UnixMs(9 * SECOND), &LIMITS);
        assert_eq!(now.rest_until, Some(UnixMs(39 * SECOND)));
        assert!(now.alert);
        assert_eq!(now.unit_spent_until, None, "another unit's codes are weighed as ever");
        let later = tries(&[], &ten, UnixMs(39 * SECOND), &LIMITS);
        assert_eq!(later.rest_until, None, "it slows, it never stops");
        assert!(later.alert);
        assert!(!tries(&[], &ten, UnixMs(20 * MINUTE), &LIMITS).alert);
    }

    proptest! {
        #[test]
        fn a_further_wrong_try_never_loosens(
            mut times in proptest::collection::vec(0i64..DAY, 0..30),
            extra in 0i64..DAY,
        ) {
            let now = UnixMs(DAY);
            let given: Vec<_> = times.iter().map(|at| UnixMs(*at)).collect();
            let before = tries(&given, &given, now, &LIMITS);
            times.push(extra);
            times.reverse();
            let given: Vec<_> = times.iter().map(|at| UnixMs(*at)).collect();
            let after = tries(&given, &given, now, &LIMITS);
            prop_assert!(after.unit_spent_until >= before.unit_spent_until);
            prop_assert!(after.rest_until >= before.rest_until);
        }
    }

    #[test]
    fn what_is_left_is_the_lesser_of_what_the_span_and_the_day_leave() {
        let ago = |minutes: &[i64]| -> Vec<UnixMs> {
            minutes.iter().map(|minutes| UnixMs(2 * DAY).plus(-minutes * MINUTE)).collect()
        };
        let left = |tried: &[i64]| tries_left(&ago(tried), UnixMs(2 * DAY), &LIMITS);
        assert_eq!(left(&[]), 5);
        assert_eq!(left(&[1, 14, 15, 20]), 3);
        assert_eq!(left(&[1, 2, 3, 4, 5, 6]), 0);
        assert_eq!(left(&[60; 19]), 1);
        assert_eq!(left(&[60; 21]), 0);
        assert_eq!(left(&[24 * 60; 20]), 5);
        assert_eq!(left(&[-1; 20]), 5);
    }
}
