//! The whole state of the window.

use gatehouse::{
    hash::Hash,
    id::{EventId, GateId, UserId},
    time::UnixMs,
    words::{Direction, GateKind, VisitorType},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Alert, AskCard, Camera, Cue, Enrolment, Link, ShownVerdict, Strip, TimeTrust, Trouble, Who};

/// Everything the window draws.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Screen {
    /// Counts the pushes; a lower one that arrives later is dropped by the window.
    pub push: u32,
    /// The kiosk's trusted time when this was pushed. The window counts on from it.
    pub now: UnixMs,
    /// What to add to UTC to get the community's local time, in minutes.
    pub utc_offset_min: i32,
    /// The language on the window.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// What the camera does.
    pub camera: Camera,
    /// The newest sound to play. Rust plays it.
    pub cue: Option<Cue>,
    /// Whether the alarm rings, from an emergency until it was seen. Other sounds are heard over it.
    pub alarm: bool,
    /// How far the kiosk has come in its life.
    pub stage: Stage,
}

/// A language of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Hindi.
    Hi,
}

/// The window's colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// By the community's local time.
    Auto,
    /// Light.
    Day,
    /// Dark.
    Night,
}

/// How far the kiosk has come in its life.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Opening its databases.
    Starting {
        /// What keeps them from opening; they are tried again.
        trouble: Option<Trouble>,
        /// The emergencies that ring, newest first. Nobody else is told of one raised now until they open.
        alarms: Vec<Alert>,
    },
    /// Not enrolled yet.
    Enrol(Enrolment),
    /// At work.
    Desk(Box<Desk>),
    /// Retired or reported stolen by its community: no gate any more.
    Retired,
}

/// A gate at work.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Desk {
    /// Where this kiosk stands.
    pub gate: GateInfo,
    /// Who is signed in.
    pub guard: Option<GuardOnShift>,
    /// How sure the time is.
    pub time: TimeTrust,
    /// The connection, and what waits to be sent.
    pub link: Link,
    /// The verdict on the whole screen.
    pub verdict: Option<ShownVerdict>,
    /// The newest entry or exit recorded here that was not undone, while it is worth showing.
    pub last: Option<LastEntry>,
    /// The tray: asks not yet over, oldest first, then those that lapsed and nobody has seen.
    pub asks: Vec<AskCard>,
    /// How many visits are inside.
    pub inside: u32,
    /// Lines across the screen, most urgent first.
    pub strips: Vec<Strip>,
    /// What calls for somebody, newest first.
    pub alerts: Vec<Alert>,
    /// Until when codes are not taken, after too many wrong ones at this kiosk.
    pub codes_wait_until: Option<UnixMs>,
    /// What the forms ask for.
    pub forms: FormPolicy,
    /// The companies that come most often, most frequent first, at most eight.
    pub companies: Vec<String>,
}

/// Where this kiosk stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct GateInfo {
    /// The gate's id.
    pub id: GateId,
    /// Its name: "Gate 2".
    pub name: String,
    /// What it is for.
    pub kind: GateKind,
    /// The community's name.
    pub community: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct GuardOnShift {
    /// The guard's account.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their photo's name.
    #[ts(type = "string | null")]
    pub photo: Option<Hash>,
    /// Since when.
    pub since: UnixMs,
}

/// The newest entry or exit recorded here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LastEntry {
    /// Its event, for [`super::Touch::UndoEntry`] and [`super::Touch::People`].
    pub event: EventId,
    /// Which way.
    pub direction: Direction,
    /// When.
    pub at: UnixMs,
    /// Who.
    pub who: Who,
    /// Until when it can be undone; `None` once it is too late.
    pub undo_until: Option<UnixMs>,
}

/// What the forms ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FormPolicy {
    /// One of each of the four types.
    pub types: Vec<TypePolicy>,
}

/// What the form of one visitor type asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TypePolicy {
    /// The type.
    pub kind: VisitorType,
    /// What must be given before the household is asked. Empty: choosing the flat sends.
    pub required: Vec<Field>,
    /// What may be given.
    pub optional: Vec<Field>,
    /// Whether a guard may let this type in without the household's answer.
    pub override_allowed: bool,
}

/// A field of the walk-in form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The visitor's name.
    Name,
    /// Their phone.
    Phone,
    /// Their vehicle's plate.
    Plate,
}
