//! Why a verdict is what it is: closed codes. The words for them are the screen's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text that is no reason this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no reason is called {0:?}")]
pub struct UnknownReason(pub String);

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// Why a verdict is what it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code, as it stands in JSON and in the journal.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl FromStr for Reason {
            type Err = UnknownReason;
            fn from_str(text: &str) -> Result<Self, UnknownReason> {
                match text {
                    $($code => Ok(Self::$variant),)*
                    other => Err(UnknownReason(other.to_owned())),
                }
            }
        }
    };
}

reasons! {
    /// What was shown is no pass: a payment code, a web address.
    NotAPass = "NOT_A_PASS",
    /// A pass that cannot be read to its end.
    Unreadable = "UNREADABLE",
    /// A pass of a newer format than this version knows.
    NewerFormat = "NEWER_FORMAT",
    /// Signed by a key that is not known here.
    IssuerUnknown = "ISSUER_UNKNOWN",
    /// Signed by a key that is not in use at this time.
    IssuerNotInUse = "ISSUER_NOT_IN_USE",
    /// The named key did not sign it.
    Forged = "FORGED",
    /// It was revoked.
    Revoked = "REVOKED",
    /// It ended; the instant says when.
    Expired = "EXPIRED",
    /// It has not begun; the instant says when it does.
    NotYetValid = "NOT_YET_VALID",
    /// It does not hold on this weekday.
    WrongDay = "WRONG_DAY",
    /// It holds today, but not at this hour.
    WrongHour = "WRONG_HOUR",
    /// It was used as often as it may be.
    UsedUp = "USED_UP",
    /// It is for another gate.
    WrongGate = "WRONG_GATE",
    /// It needs the live form, and a still one was shown.
    LiveNeeded = "LIVE_NEEDED",
    /// The live digits are not those of this half minute: a screenshot.
    LiveWrong = "LIVE_WRONG",
    /// The live digits of this half minute were used already.
    LiveSpent = "LIVE_SPENT",
    /// No day key is here to check live digits or codes with.
    NoDayKey = "NO_DAY_KEY",
    /// The token does not say everything, and the list here does not have the pass.
    RowNeeded = "ROW_NEEDED",
    /// It carries a restriction that this version does not know.
    UnknownRestriction = "UNKNOWN_RESTRICTION",
    /// The code is that of no pass of the unit.
    WrongCode = "WRONG_CODE",
    /// The code is that of no pass on the list here, which is not fresh; the instant says since when.
    UnknownPass = "UNKNOWN_PASS",
    /// Too many wrong codes for this unit; the instant says until when.
    TooManyTries = "TOO_MANY_TRIES",
    /// The list here is older than policy allows; the instant says since when.
    Stale = "STALE",
    /// The time is not known well enough.
    TimeUnsure = "TIME_UNSURE",
    /// Somebody on the watch list.
    WatchListed = "WATCH_LISTED",
    /// Nobody comes in at present.
    LockedDown = "LOCKED_DOWN",
    /// Entry to the unit is barred.
    UnitBarred = "UNIT_BARRED",
    /// Nobody lives there who could be asked.
    UnitVacant = "UNIT_VACANT",
    /// A walk-in: the household is to be asked.
    WalkIn = "WALK_IN",
    /// The household said no.
    Denied = "DENIED",
    /// Policy allows no override for this kind of visitor.
    OverrideBarred = "OVERRIDE_BARRED",
    /// An override needs a guard who is signed in.
    NobodyOnShift = "NOBODY_ON_SHIFT",
}

impl Reason {
    /// Whether the reason follows from what time it is: none such refuses while the time is unsure.
    pub const fn depends_on_time(self) -> bool {
        matches!(
            self,
            Self::Expired
                | Self::NotYetValid
                | Self::WrongDay
                | Self::WrongHour
                | Self::LiveWrong
                | Self::WrongCode
                | Self::IssuerNotInUse
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_the_same_in_text_and_json() {
        for reason in Reason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(*reason));
            assert_eq!(serde_json::to_string(reason).unwrap(), format!("\"{reason}\""));
        }
        assert!("NOPE".parse::<Reason>().is_err());
    }
}
