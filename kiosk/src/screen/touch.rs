//! All a guard can do.

use std::fmt;

use gatehouse::{
    hash::Hash,
    id::{EventId, UnitId, UserId, VisitorId},
    time::UnixMs,
    words::{Direction, VisitorType},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{EmergencyKind, Language, OverrideReason, Theme};

/// Digits or text that no log may show: a PIN, a code, a phone number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Digits(pub String);

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

/// One act of the guard (or of a hand scanner). Each is durable when the call returns.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "touch", rename_all = "snake_case")]
pub enum Touch {
    /// An invitation typed in. (One held before the camera is taken by itself.)
    EnrolTyped {
        /// The server's address.
        server: String,
        /// The code.
        code: Digits,
    },
    /// Go on at the rung that failed.
    EnrolRetry,
    /// Give the invitation up and wait for another.
    EnrolCancel,

    /// Sign a guard in; whoever was signed in is signed out.
    SignIn {
        /// Who.
        guard: UserId,
        /// Six digits.
        pin: Digits,
    },
    /// Sign out.
    SignOut,

    /// Ask a household about somebody who came without a pass.
    Walkin(Walkin),
    /// Take an ask back within its three seconds. Nobody was asked.
    UndoWalkin {
        /// The card.
        ask: VisitorId,
    },
    /// Let in whom the household approved.
    LetIn {
        /// The card.
        ask: VisitorId,
    },
    /// The guard rings the flat's intercom (recorded; the guard dials).
    Ring {
        /// The card.
        ask: VisitorId,
    },
    /// Begin a spoken approval: the card then carries the challenge.
    SpokenStart {
        /// The card.
        ask: VisitorId,
    },
    /// The six digits the household answered.
    SpokenAnswer {
        /// The card.
        ask: VisitorId,
        /// Six digits.
        digits: Digits,
    },
    /// Let somebody in without the household's answer.
    Override {
        /// The card.
        ask: VisitorId,
        /// Why.
        reason: OverrideReason,
    },
    /// The visitor went away, or was sent away: the card goes.
    Left {
        /// The card.
        ask: VisitorId,
    },

    /// A code, spoken or shown, for a unit.
    CodeSubmit {
        /// The unit.
        unit: UnitId,
        /// Six digits.
        digits: Digits,
    },
    /// The last four digits of a cab's plate. [`TouchError::NoCabExpected`] when no household waits for it.
    CabCode {
        /// Four digits.
        digits: Digits,
    },
    /// What a hand scanner typed.
    Scanned {
        /// The text.
        text: Digits,
    },

    /// Ask the household a verdict names, with all that is known filled in.
    AskUnit {
        /// The verdict.
        verdict: u32,
        /// The household.
        unit: UnitId,
    },
    /// Give what a step-up wants.
    StepUp {
        /// The verdict.
        verdict: u32,
        /// The plate, where that was wanted; `None`: the camera's newest picture is taken.
        plate: Option<String>,
    },
    /// Answer "in or out?".
    InOrOut {
        /// The verdict.
        verdict: u32,
        /// Which.
        direction: Direction,
    },
    /// Somebody is at a question still: it stays as long again.
    StillHere {
        /// The verdict.
        verdict: u32,
    },
    /// Close the verdict.
    CloseVerdict {
        /// The verdict.
        verdict: u32,
    },

    /// How many people went in with this entry.
    People {
        /// The entry's event.
        event: EventId,
        /// The count, 1 to 99.
        people: u16,
    },
    /// Undo an entry or exit within 60 s: adds an event, removes none.
    UndoEntry {
        /// The event undone.
        event: EventId,
    },
    /// Somebody on the list of who is inside leaves.
    Out {
        /// The visit.
        visit: VisitorId,
    },

    /// Raise an emergency.
    Emergency {
        /// Which.
        kind: EmergencyKind,
    },
    /// Seen: the alarm stops, the alert goes.
    AcknowledgeAlarm {
        /// The alert.
        alert: EventId,
    },

    /// Sync at once.
    TryNow,
    /// Change the window's language.
    SetLanguage {
        /// To this.
        language: Language,
    },
    /// Change the window's colours.
    SetTheme {
        /// To this.
        theme: Theme,
    },
}

/// Somebody who came without a pass.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
pub struct Walkin {
    /// Why they come.
    pub kind: VisitorType,
    /// The company they come from.
    pub company: Option<String>,
    /// Where they go; the first is asked first.
    pub units: Vec<UnitId>,
    /// Their name.
    pub name: Option<String>,
    /// Their phone, digits only.
    pub phone: Option<String>,
    /// Their vehicle's plate.
    pub plate: Option<String>,
    /// How many people, 1 to 99.
    pub people: u16,
    /// The name of the photo that was taken of them.
    #[ts(type = "string | null")]
    pub photo: Option<Hash>,
}

impl fmt::Debug for Walkin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walkin")
            .field("kind", &self.kind)
            .field("people", &self.people)
            .finish_non_exhaustive()
    }
}

/// Why a touch or a look did nothing. The window owns the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum TouchError {
    /// What it names is no longer there.
    #[error("what the touch names is gone")]
    Gone,
    /// Not in this stage or state.
    #[error("not now")]
    NotNow,
    /// A guard must be signed in.
    #[error("nobody is signed in")]
    SignInFirst,
    /// The PIN is wrong.
    #[error("wrong PIN")]
    WrongPin {
        /// How many tries are left before the guard is locked out here.
        tries_left: u8,
    },
    /// Nobody's PIN is here yet to check one by.
    #[error("the PINs are not here yet")]
    PinsNotHere,
    /// The guard is locked out here.
    #[error("the guard is locked out here")]
    GuardLocked {
        /// Until when.
        until: UnixMs,
    },
    /// The spoken digits are wrong.
    #[error("wrong spoken answer")]
    WrongAnswer {
        /// How many tries are left for this challenge.
        tries_left: u8,
    },
    /// No more challenges for this unit or kiosk for now, or no key of the day for it.
    #[error("no spoken approval for now")]
    SpokenUnavailable,
    /// Codes rest for a moment.
    #[error("codes rest for a moment")]
    Wait {
        /// Until when.
        until: UnixMs,
    },
    /// No household waits for such a cab.
    #[error("no such cab is expected")]
    NoCabExpected,
    /// A required field is missing, or a value is out of its range.
    #[error("incomplete")]
    Incomplete,
    /// This gate is for leaving only.
    #[error("this gate is for leaving only")]
    ExitOnly,
    /// The gate is locked down.
    #[error("the gate is locked down")]
    LockedDown,
    /// The unit takes no visitors or is unknown.
    #[error("the unit cannot be asked")]
    UnitClosed,
    /// Policy does not allow it.
    #[error("policy does not allow it")]
    NotAllowed,
    /// The camera gives no picture, or the one that is named is held no longer.
    #[error("no picture")]
    NoPicture,
    /// The undo came too late.
    #[error("too late to undo")]
    TooLate,
    /// The disk failed: nothing was recorded, so nothing may pass on it.
    #[error("nothing could be recorded")]
    NotRecorded,
}
