//! What the kiosk decides.

use serde::{Deserialize, Serialize};

use super::Reason;
use crate::{id::PassId, time::UnixMs, words::Credential};

/// What the kiosk decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Verdict {
    /// Let in.
    Admit {
        /// The pass that is used.
        pass: Option<PassId>,
        /// By what.
        credential: Credential,
        /// The live step that is burnt with it.
        #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
        live_step: Option<u64>,
        /// What is worth a note though it does not stand in the way.
        notes: Vec<Reason>,
    },
    /// The household is to be asked.
    AskResident {
        /// Why.
        reason: Reason,
        /// The instant the reason speaks of.
        at: Option<UnixMs>,
    },
    /// Photo, plate or spoken approval is wanted.
    StepUp {
        /// Why.
        reason: Reason,
        /// The instant the reason speaks of.
        at: Option<UnixMs>,
    },
    /// Not let in.
    Refuse {
        /// Why.
        reason: Reason,
        /// The instant the reason speaks of: when it ended, when it begins.
        at: Option<UnixMs>,
    },
}

/// How far something that was found stands in the way, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Not at all; a note at most.
    Note,
    /// The household is to be asked.
    Ask,
    /// More is to be shown.
    StepUp,
    /// Altogether.
    Refuse,
}

impl Verdict {
    /// The verdict's word, as it stands in JSON and in the journal.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Admit { .. } => "ADMIT",
            Self::AskResident { .. } => "ASK_RESIDENT",
            Self::StepUp { .. } => "STEP_UP",
            Self::Refuse { .. } => "REFUSE",
        }
    }

    /// Why it is not an admission.
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::Admit { .. } => None,
            Self::AskResident { reason, .. } | Self::StepUp { reason, .. } | Self::Refuse { reason, .. } => {
                Some(*reason)
            }
        }
    }

    /// The instant its reason speaks of.
    pub const fn at(&self) -> Option<UnixMs> {
        match self {
            Self::Admit { .. } => None,
            Self::AskResident { at, .. } | Self::StepUp { at, .. } | Self::Refuse { at, .. } => *at,
        }
    }

    /// How far it stands in the way.
    pub const fn gravity(&self) -> Gravity {
        match self {
            Self::Admit { .. } => Gravity::Note,
            Self::AskResident { .. } => Gravity::Ask,
            Self::StepUp { .. } => Gravity::StepUp,
            Self::Refuse { .. } => Gravity::Refuse,
        }
    }

    /// Whether somebody is let in.
    pub const fn admits(&self) -> bool {
        matches!(self, Self::Admit { .. })
    }
}
