//! Why a verdict is what it is, and what to touch next.

use gatehouse::time::UnixMs;
use serde::Serialize;
use ts_rs::TS;

use super::UnitRef;

/// Why somebody is not simply admitted. Closed: the window has words for each, in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// The pass has ended.
    Expired {
        /// When.
        at: UnixMs,
    },
    /// The pass has not begun.
    NotYet {
        /// When it will.
        from: UnixMs,
    },
    /// Not on this day of the week.
    WrongDay {
        /// The days it is for.
        weekdays: Vec<Weekday>,
    },
    /// Not at this hour.
    WrongHour {
        /// From, in minutes after local midnight.
        from_min: u16,
        /// To, in minutes after local midnight.
        to_min: u16,
    },
    /// The household or an admin took it back.
    Revoked {
        /// When, where that is known.
        at: Option<UnixMs>,
    },
    /// Used as often as it may be.
    UsedUp {
        /// How often that is.
        uses: u32,
        /// When it was used last, where that is known.
        last: Option<UnixMs>,
    },
    /// The signature is false.
    Forged,
    /// Signed by a key this kiosk does not know.
    IssuerUnknown,
    /// Reads like a pass, is damaged.
    Damaged,
    /// Written for another community.
    OtherCommunity,
    /// Good at another gate only.
    OtherGate {
        /// That gate's name, where it is known.
        gate: Option<String>,
    },
    /// On the watch list.
    WatchList,
    /// The admin has barred entry to the unit.
    UnitBarred,
    /// Nobody lives in the unit.
    UnitVacant,
    /// The unit is not known here.
    UnitUnknown,
    /// The gate is locked down.
    LockDown,
    /// This gate is for leaving only.
    ExitOnly,
    /// The pass must be shown live, not as a picture or on paper.
    LiveNeeded,
    /// The live digits are old: a screenshot.
    LiveStale,
    /// No pass of this unit has this code.
    WrongCode {
        /// How many tries are left before the unit's codes rest.
        tries_left: u32,
    },
    /// This live code was used already.
    CodeUsed,
    /// Too many wrong codes for this unit here.
    TooManyTries {
        /// When codes are taken again.
        until: Option<UnixMs>,
    },
    /// Not on this kiosk's list, which is not fresh.
    NotOnList {
        /// As of when the list is.
        as_of: Option<UnixMs>,
    },
    /// The pass's row is needed and not here.
    RowNeeded,
    /// What this kiosk knows is too old for this kind of pass.
    KnowledgeTooOld {
        /// As of when the list is.
        as_of: Option<UnixMs>,
    },
    /// The time is not sure enough to judge the pass by.
    TimeUnsure,
    /// The pass carries a restriction this kiosk does not know.
    UnknownRestriction,
    /// The household wants to be asked for each visit.
    AskAlways,
    /// The household said no.
    Denied,
    /// Checked at the gate by rule: photo, plate or spoken approval.
    ByPolicy,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// What would let somebody in after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A photograph taken now.
    Photo,
    /// The vehicle's plate.
    Plate,
    /// The household's spoken approval.
    Spoken,
}

/// The one touch a refusal offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum NextTouch {
    /// Ask this household, with all that is known filled in: [`super::Touch::AskUnit`].
    Ask {
        /// The household.
        unit: UnitRef,
    },
    /// Choose a flat to ask: the walk-in form.
    ChooseUnit,
    /// Try the code once more, for the same unit.
    CodeAgain {
        /// The unit.
        unit: UnitRef,
    },
    /// Nothing but closing.
    Close,
}
