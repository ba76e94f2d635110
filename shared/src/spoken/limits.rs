//! How often a gate may ask and guess.

use crate::{
    limit::full_until,
    time::{HOUR, MINUTE, UnixMs},
};

/// How long a challenge may be answered, in milliseconds.
pub const CHALLENGE_LIFE_MS: i64 = 5 * MINUTE;
/// How many wrong answers end a challenge.
pub const TRIES_PER_CHALLENGE: usize = 3;

const CHALLENGES_PER_UNIT_HOUR: usize = 5;
const WRONG_PER_KIOSK: usize = 10;
const WRONG_SPAN_MS: i64 = 15 * MINUTE;

/// Why a challenge is not made, or an answer not weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpokenBar {
    /// The challenge is more than five minutes old.
    #[error("the challenge is over")]
    Over,
    /// The challenge had three wrong answers.
    #[error("the challenge had its three tries")]
    TriesSpent,
    /// The unit had five challenges within the hour.
    #[error("no further challenge for this unit before {until}")]
    UnitSpent {
        /// When it may have another.
        until: UnixMs,
    },
    /// The kiosk had ten wrong answers within 15 minutes.
    #[error("no spoken approval at this kiosk before {until}")]
    KioskSpent {
        /// When it may again.
        until: UnixMs,
    },
}

/// Whether a challenge may be shown now, given when the unit's earlier ones were shown and when answers
/// at this kiosk were wrong.
pub fn may_challenge(
    unit_challenges: &[UnixMs],
    kiosk_wrong: &[UnixMs],
    now: UnixMs,
) -> Result<(), SpokenBar> {
    if let Some(until) = full_until(kiosk_wrong, now, WRONG_PER_KIOSK, WRONG_SPAN_MS) {
        return Err(SpokenBar::KioskSpent { until });
    }
    match full_until(unit_challenges, now, CHALLENGES_PER_UNIT_HOUR, HOUR) {
        Some(until) => Err(SpokenBar::UnitSpent { until }),
        None => Ok(()),
    }
}

/// Whether an answer may be weighed now, given when its challenge was shown, how many of its answers were
/// wrong, and when answers at this kiosk were wrong.
pub fn may_try(
    shown_at: UnixMs,
    wrong_so_far: usize,
    kiosk_wrong: &[UnixMs],
    now: UnixMs,
) -> Result<(), SpokenBar> {
    if !(0..CHALLENGE_LIFE_MS).contains(&now.since(shown_at)) {
        return Err(SpokenBar::Over);
    }
    if wrong_so_far >= TRIES_PER_CHALLENGE {
        return Err(SpokenBar::TriesSpent);
    }
    match full_until(kiosk_wrong, now, WRONG_PER_KIOSK, WRONG_SPAN_MS) {
        Some(until) => Err(SpokenBar::KioskSpent { until }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    fn every(ms: i64, count: i64) -> Vec<UnixMs> {
        (0..count).map(|n| UnixMs(n * ms)).collect()
    }

    #[test]
    fn a_challenge_dies_after_five_minutes_and_after_three_wrong_answers() {
        let shown = UnixMs(1_000);
        assert_eq!(may_try(shown, 2, &[], shown.plus(CHALLENGE_LIFE_MS - 1)), Ok(()));
        assert_eq!(may_try(shown, 0, &[], shown.plus(CHALLENGE_LIFE_MS)), Err(SpokenBar::Over));
        assert_eq!(may_try(shown, 0, &[], shown.plus(-1)), Err(SpokenBar::Over), "a clock set back");
        assert_eq!(may_try(shown, 3, &[], shown), Err(SpokenBar::TriesSpent));
    }

    #[test]
    fn a_unit_has_five_challenges_an_hour() {
        let now = UnixMs(10 * MINUTE);
        assert_eq!(may_challenge(&every(MINUTE, 4), &[], now), Ok(()));
        let full = Err(SpokenBar::UnitSpent { until: UnixMs(HOUR) });
        assert_eq!(may_challenge(&every(MINUTE, 5), &[], now), full);
        assert_eq!(may_challenge(&every(MINUTE, 5), &[], UnixMs(HOUR)), Ok(()));
    }

    #[test]
    fn ten_wrong_answers_end_spoken_approval_at_a_kiosk_for_a_while() {
        let wrong = every(SECOND, 10);
        let now = UnixMs(MINUTE);
        let full = Err(SpokenBar::KioskSpent { until: UnixMs(15 * MINUTE) });
        assert_eq!(may_challenge(&[], &wrong, now), full);
        assert_eq!(may_try(now, 0, &wrong, now), full);
        assert_eq!(may_try(now, 0, &wrong[1..], now), Ok(()));
    }
}
