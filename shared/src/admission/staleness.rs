//! How old a kiosk's knowledge is, in published steps.

use serde::{Deserialize, Serialize};

use crate::time::{DAY, HOUR, MINUTE};

/// How old a kiosk's knowledge of passes and revocations is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Staleness {
    /// Under 15 minutes.
    Fresh,
    /// Under 24 hours.
    Aged,
    /// Under 14 days.
    Stale,
    /// Older, or never known, or of an age that is not known.
    Expired,
}

impl Staleness {
    /// The step of an age in milliseconds.
    pub fn of(age_ms: Option<i64>) -> Self {
        match age_ms {
            Some(age) if age < 15 * MINUTE => Self::Fresh,
            Some(age) if age < 24 * HOUR => Self::Aged,
            Some(age) if age < 14 * DAY => Self::Stale,
            _ => Self::Expired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_ends_where_the_next_begins() {
        let steps = [
            (0, Staleness::Fresh),
            (15 * MINUTE - 1, Staleness::Fresh),
            (15 * MINUTE, Staleness::Aged),
            (DAY - 1, Staleness::Aged),
            (DAY, Staleness::Stale),
            (14 * DAY - 1, Staleness::Stale),
            (14 * DAY, Staleness::Expired),
        ];
        for (age, step) in steps {
            assert_eq!(Staleness::of(Some(age)), step, "{age}");
        }
        assert_eq!(Staleness::of(None), Staleness::Expired);
    }
}
