//! All that a decision weighs. Facts hold no secret: no code, no key, no token's signature.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{KindPolicy, Staleness};
use crate::{
    cbor::{self, CborError},
    clock::Reading,
    code::Tries,
    feed::row::{PassRow, WeeklyWindow},
    id::{EventId, GateId, PassId, UnitId, UserId},
    keys::KeyState,
    pass::{PassClaims, PassFlaw},
    time::UnixMs,
    words::{Answer, Credential, PassMode, StepUpBy, UnitState, VisitorType},
};

/// All that a decision weighs. Stored as canonical CBOR in the erasable details of the event.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Facts {
    /// The version of the rules they were weighed under.
    #[n(0)]
    pub rules: u16,
    /// What time it was.
    #[n(1)]
    pub time: TimeFacts,
    /// Where.
    #[n(2)]
    pub gate: GateFacts,
    /// What was shown, typed or said.
    #[n(3)]
    pub shown: Shown,
    /// What the list says of the pass.
    #[n(4)]
    pub row: Option<RowFacts>,
    /// Where they want to go.
    #[n(5)]
    pub unit: Option<UnitFacts>,
    /// The events that used the pass, as far as known here, undone ones left out. None where its uses are not limited.
    #[n(6)]
    pub uses: Vec<EventId>,
    /// What the watch list says.
    #[n(7)]
    pub watch: Option<WatchFacts>,
    /// How old the list is, in milliseconds; absent when there is none, or its age is not known.
    #[n(8)]
    pub list_age_ms: Option<i64>,
    /// What earlier wrong codes mean for this one.
    #[n(9)]
    pub tries: Tries,
    /// What policy says for this kind of visitor.
    #[n(10)]
    pub policy: KindPolicy,
    /// What was given when the others of these facts had called for a step-up.
    #[n(11)]
    pub stepped_up: Option<SteppedUp>,
}

/// What met a step-up, and who took it. The picture or the plate itself is personal data and stands elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct SteppedUp {
    /// By what.
    #[n(0)]
    pub by: StepUpBy,
    /// The guard on shift.
    #[n(1)]
    pub guard: Option<UserId>,
}

/// What time it was.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct TimeFacts {
    /// The time.
    #[n(0)]
    pub at: UnixMs,
    /// How far it may be off, in milliseconds.
    #[n(1)]
    pub uncertainty_ms: i64,
    /// False when it was a guess.
    #[n(2)]
    pub sure: bool,
    /// The community's zone, an IANA name.
    #[n(3)]
    pub zone: String,
}

impl TimeFacts {
    /// What a reading of trusted time says.
    pub fn of(reading: Reading, zone: &str) -> Self {
        match reading {
            Reading::Sure { at, uncertainty_ms, .. } => {
                Self { at, uncertainty_ms, sure: true, zone: zone.to_owned() }
            }
            Reading::Unsure { at } => Self { at, uncertainty_ms: 0, sure: false, zone: zone.to_owned() },
        }
    }
}

/// Where.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct GateFacts {
    /// The gate.
    #[n(0)]
    pub gate: GateId,
    /// Whether nobody comes in at present.
    #[n(1)]
    pub locked_down: bool,
}

/// What was shown, typed or said.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "shown", rename_all = "SCREAMING_SNAKE_CASE")]
#[cbor(map)]
pub enum Shown {
    /// A pass whose signature holds.
    #[n(0)]
    Pass {
        /// What it claims.
        #[n(0)]
        claims: PassClaims,
        /// Where the key that signed it stands.
        #[n(1)]
        key: KeyState,
        /// What the live digits were.
        #[n(2)]
        live: LiveShown,
    },
    /// Something that is no good pass.
    #[n(1)]
    Flaw {
        /// What is wrong with it.
        #[n(0)]
        flaw: PassFlaw,
    },
    /// A code for a unit.
    #[n(2)]
    Code {
        /// The pass whose code it is.
        #[n(0)]
        pass: Option<PassId>,
        /// What the code was.
        #[n(1)]
        found: CodeFound,
    },
    /// Nothing: a walk-in.
    #[n(3)]
    WalkIn {
        /// Why they come.
        #[n(0)]
        visitor_type: VisitorType,
    },
    /// The household's answer to an ask.
    #[n(4)]
    Answered {
        /// Why they come.
        #[n(0)]
        visitor_type: VisitorType,
        /// The answer as the gate sees it.
        #[n(1)]
        answer: Answer,
        /// How it came: over the network or spoken.
        #[n(2)]
        credential: Credential,
    },
    /// A guard's own word.
    #[n(5)]
    Override {
        /// Why they come.
        #[n(0)]
        visitor_type: VisitorType,
        /// The guard on shift.
        #[n(1)]
        guard: Option<UserId>,
    },
}

/// What the live digits shown with a pass were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cbor(map)]
pub enum LiveShown {
    /// There were none.
    #[n(0)]
    Absent,
    /// Those of a step.
    #[n(1)]
    Right {
        /// The step.
        #[n(0)]
        step: u64,
        /// Whether it was used before.
        #[n(1)]
        spent: bool,
    },
    /// Those of no step that is near enough.
    #[n(2)]
    Wrong,
    /// No day key was there to check them with.
    #[n(3)]
    Unchecked,
}

/// What a typed code was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cbor(map)]
pub enum CodeFound {
    /// A pass's code of the day.
    #[n(0)]
    Day,
    /// A pass's code of a step.
    #[n(1)]
    Live {
        /// The step.
        #[n(0)]
        step: u64,
        /// Whether it was used before.
        #[n(1)]
        spent: bool,
    },
    /// No pass's.
    #[n(2)]
    Nothing,
    /// No day key was there to check it with.
    #[n(3)]
    Unchecked,
}

/// What the list says of a pass, as far as it restricts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct RowFacts {
    /// The feed number of the row's latest change.
    #[n(0)]
    pub seq: u64,
    /// True when the row's schema is newer than this version knows.
    #[n(1)]
    pub newer: bool,
    /// Why its holder comes.
    #[n(2)]
    pub visitor_type: VisitorType,
    /// What it needs shown.
    #[n(3)]
    pub mode: PassMode,
    /// Holds from.
    #[n(4)]
    pub valid_from: UnixMs,
    /// Holds until, exclusive.
    #[n(5)]
    pub valid_until: UnixMs,
    /// How many entries it is good for.
    #[n(6)]
    pub uses: Option<u32>,
    /// Weekly hours.
    #[n(7)]
    pub windows: Vec<WeeklyWindow>,
    /// When it was revoked.
    #[n(8)]
    pub revoked_at: Option<UnixMs>,
    /// The only gate it is good for.
    #[n(9)]
    pub home_gate: Option<GateId>,
}

impl RowFacts {
    /// What a pass's row says; `newer` when its schema is newer than this version's.
    pub fn of(row: &PassRow, seq: u64, newer: bool) -> Self {
        Self {
            seq,
            newer,
            visitor_type: row.visitor_type.clone(),
            mode: row.mode.clone(),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            uses: row.uses,
            windows: row.windows.clone(),
            revoked_at: row.revoked_at,
            home_gate: row.home_gate,
        }
    }

    /// What a row says that cannot be read: that it restricts in ways not known here, and nothing else.
    pub fn unreadable() -> Self {
        Self {
            seq: 0,
            newer: true,
            visitor_type: VisitorType::Guest,
            mode: PassMode::Static,
            valid_from: UnixMs(i64::MIN),
            valid_until: UnixMs(i64::MAX),
            uses: None,
            windows: Vec::new(),
            revoked_at: None,
            home_gate: None,
        }
    }
}

/// Where they want to go.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct UnitFacts {
    /// The unit.
    #[n(0)]
    pub unit: UnitId,
    /// Where it stands.
    #[n(1)]
    pub state: UnitState,
}

/// What the watch list says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct WatchFacts {
    /// True: refuse. False: step up.
    #[n(0)]
    pub refuse: bool,
}

impl Facts {
    /// How old the list is.
    pub fn staleness(&self) -> Staleness {
        Staleness::of(self.list_age_ms)
    }

    /// The pass that was shown or whose code was typed.
    pub fn pass(&self) -> Option<PassId> {
        match &self.shown {
            Shown::Pass { claims, .. } => Some(claims.id),
            Shown::Code { pass, .. } => *pass,
            _ => None,
        }
    }

    /// The facts' canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Reads facts that were stored.
    pub fn read(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::from_slice(bytes)
    }
}
