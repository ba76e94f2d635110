//! What an order is answered with: JSON objects, then how it ended.

use gatehouse::{
    admission::{Reason, Verdict},
    id::{EventId, PassId, VisitorId},
    presence::Way,
    time::UnixMs,
    words::{Credential, Direction},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::desk::{Comer, Judged, Known, Outcome};

/// How an order ended: `gatectl`'s exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Done; of a verdict: let in, or out.
    Done,
    /// The household must be asked.
    AskResident,
    /// Something more is needed first.
    StepUp,
    /// No.
    Refuse,
    /// Something failed.
    Failed,
    /// This kiosk is not enrolled, or is already.
    NotNow,
    /// Another process owns the folder and does not answer.
    InUse,
    /// The server could not be reached, or not in time.
    Offline,
    /// The journal does not verify.
    Broken,
    /// There is no code in the picture.
    NoCode,
    /// What the order names is not there.
    Gone,
    /// The server does not take the one-time code.
    CodeRefused,
    /// Codes rest for a moment, after too many wrong ones: this one was not looked at.
    Resting,
}

impl Ending {
    /// The process's exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            // 2 is a command line that cannot be read.
            Self::NotNow => 3,
            Self::InUse => 4,
            Self::Offline => 5,
            Self::Broken => 6,
            Self::NoCode => 7,
            Self::Gone => 8,
            Self::CodeRefused => 9,
            Self::AskResident => 10,
            Self::StepUp => 11,
            Self::Resting => 12,
            Self::Refuse => 20,
        }
    }

    /// How a verdict ends.
    pub const fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Admit { .. } => Self::Done,
            Verdict::AskResident { .. } => Self::AskResident,
            Verdict::StepUp { .. } => Self::StepUp,
            Verdict::Refuse { .. } => Self::Refuse,
        }
    }
}

/// A verdict, or what came of somebody, as one JSON object.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// `ADMIT`, `ASK_RESIDENT`, `STEP_UP`, `REFUSE`; `EXIT`, `ALREADY_IN`, `IN_OR_OUT` where nothing was to
    /// be decided.
    pub verdict: &'static str,
    /// The reason's closed code; `ALREADY_IN` with that verdict, `OK` where there is none.
    pub reason: &'static str,
    /// The instant the reason speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<UnixMs>,
    /// The pass.
    pub pass_id: Option<PassId>,
    /// The unit's label.
    pub unit: Option<String>,
    /// Which way they go, or went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// By what they were let in, or would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<Credential>,
    /// What is worth a note though it does not stand in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Reason>,
    /// The event that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// The visit that began, or is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<VisitorId>,
    /// From text to verdict, or to the durable event, in microseconds.
    pub elapsed_us: u64,
}

impl Said {
    /// A verdict that was only looked up.
    pub fn judged(judged: &Judged, known: &Known, elapsed_us: u64) -> Self {
        let (credential, notes) = match &judged.verdict {
            Verdict::Admit { credential, notes, .. } => (Some(credential.clone()), notes.clone()),
            _ => (None, Vec::new()),
        };
        let direction = match judged.way {
            Way::Entry => Some(Direction::Entry),
            Way::Exit => Some(Direction::Exit),
            Way::AlreadyIn | Way::Unclear => None,
        };
        Self {
            reason: judged.verdict.reason().map_or("OK", Reason::as_str),
            at: judged.verdict.at(),
            direction,
            credential,
            notes,
            ..Self::of(judged.verdict.word(), &judged.comer, known, elapsed_us)
        }
    }

    /// What came of somebody.
    pub fn outcome(outcome: &Outcome, known: &Known, elapsed_us: u64) -> (Self, Ending) {
        match outcome {
            Outcome::In { event, visit, judged } => {
                let said = Self::judged(judged, known, elapsed_us);
                let said = Self {
                    event_id: Some(*event),
                    visit_id: Some(*visit),
                    direction: Some(Direction::Entry),
                    ..said
                };
                (said, Ending::Done)
            }
            Outcome::Out { event, comer, .. } => {
                let said = Self::of("EXIT", comer, known, elapsed_us);
                (Self { event_id: Some(*event), direction: Some(Direction::Exit), ..said }, Ending::Done)
            }
            Outcome::AlreadyIn { comer, .. } => {
                // Whoever goes by the exit code lets nobody in on it.
                let said = Self::of("ALREADY_IN", comer, known, elapsed_us);
                (Self { reason: "ALREADY_IN", ..said }, Ending::StepUp)
            }
            Outcome::Unclear { visit, comer, .. } => {
                let said = Self::of("IN_OR_OUT", comer, known, elapsed_us);
                (Self { visit_id: Some(*visit), ..said }, Ending::StepUp)
            }
            Outcome::Not { event, judged } => {
                let said = Self { event_id: *event, ..Self::judged(judged, known, elapsed_us) };
                (said, Ending::of(&judged.verdict))
            }
        }
    }

    fn of(verdict: &'static str, comer: &Comer, known: &Known, elapsed_us: u64) -> Self {
        let shown = comer.shown(&known.units);
        Self {
            verdict,
            reason: "OK",
            at: None,
            pass_id: comer.pass,
            unit: shown.units.first().map(|unit| unit.label.clone()),
            direction: None,
            credential: None,
            notes: Vec::new(),
            event_id: None,
            visit_id: None,
            elapsed_us,
        }
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}
