//! Strips across the screen, and alerts that call for somebody.

use gatehouse::{id::EventId, time::UnixMs};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Reason, Who};

/// A line across the screen. It takes no touch and stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Strip {
    /// Counts the strips of this run.
    pub id: u32,
    /// Since when.
    pub at: UnixMs,
    /// When it goes by itself; `None`: as long as it is so.
    pub clears_at: Option<UnixMs>,
    /// What it says.
    pub kind: StripKind,
}

/// What a strip says.
#[expect(clippy::large_enum_variant, reason = "a handful stand on the screen at a time")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum StripKind {
    /// Somebody was refused: from then on until a minute after their verdict. Red.
    Refused {
        /// Why.
        reason: Reason,
        /// Who, as far as it is known.
        who: Option<Who>,
    },
    /// What was held before the camera is no pass at all. Ten seconds.
    NotAPass {
        /// What it is.
        what: NotAPass,
    },
    /// What was held before the camera could not be judged or recorded: nobody may pass on it. Red, a minute.
    NotRecorded,
    /// Nobody is signed in: scans go on, marked unattended.
    Unattended,
    /// The time is unsure.
    TimeUnsure,
    /// The community locked the gate down. Red.
    LockDown,
    /// The disk is nearly full.
    DiskLow,
    /// The community's copy is being loaded; passes are judged by what they carry.
    Loading {
        /// How much is done, 0 to 100, where that is known.
        percent: Option<u8>,
    },
}

/// What a QR that is no pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NotAPass {
    /// A payment QR.
    Payment,
    /// A link.
    Link,
    /// A Wi-Fi, contact or other known kind.
    Other,
    /// An invitation to enrol a kiosk.
    Invitation,
}

/// Something that calls for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Alert {
    /// Its event; an emergency's own, which rings before it is recorded.
    pub id: EventId,
    /// When.
    pub at: UnixMs,
    /// Whether it sounds until [`super::Touch::AcknowledgeAlarm`].
    pub alarm: bool,
    /// What it is about.
    pub kind: AlertKind,
}

/// What an alert is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AlertKind {
    /// Raised at this gate.
    Emergency {
        /// Which.
        kind: EmergencyKind,
    },
    /// A pass was revoked while its holder is inside.
    RevokedInside {
        /// Who.
        who: Who,
    },
    /// Too many wrong codes at this kiosk.
    WrongCodes,
    /// One pass came in at two gates that could not know of each other.
    DoubleUse {
        /// Who.
        who: Who,
    },
    /// The clock was stepped.
    ClockStepped {
        /// By how much, in seconds.
        by_seconds: i32,
    },
    /// The journal was damaged or cloned; a new one was begun.
    JournalRenewed,
    /// The cache was damaged or deleted, and is loaded anew.
    CacheRenewed,
}

/// An emergency a guard can raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyKind {
    /// Fire.
    Fire,
    /// Somebody needs a doctor.
    Medical,
    /// Violence or a threat of it.
    Threat,
    /// Anything else.
    Other,
}
