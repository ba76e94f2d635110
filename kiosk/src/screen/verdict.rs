//! The verdict on the whole screen.

use gatehouse::{
    id::{EventId, VisitorId},
    time::UnixMs,
};
use serde::Serialize;
use ts_rs::TS;

use super::{Need, NextTouch, Reason, UnitRef, Who};

/// A verdict and how long it stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ShownVerdict {
    /// Counts the verdicts of this run; touches name it.
    pub id: u32,
    /// When it was given.
    pub at: UnixMs,
    /// When it goes by itself; `None`: it waits for a touch. Admit and exit 2.5 s (longer after a touch on
    /// the people count), refuse and already-in 10 s, the questions 45 s (and again while somebody is at one).
    pub clears_at: Option<UnixMs>,
    /// What it is.
    pub verdict: Verdict,
}

/// What the desk found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// In, and already recorded.
    Admit {
        /// The entry's event.
        event: EventId,
        /// Who.
        who: Who,
        /// Until when it can be undone.
        undo_until: UnixMs,
    },
    /// Out, and already recorded.
    Exit {
        /// The exit's event.
        event: EventId,
        /// Who.
        who: Who,
        /// When they came in; `None`: no entry is known.
        entered: Option<UnixMs>,
        /// Until when it can be undone.
        undo_until: UnixMs,
    },
    /// Came in a moment ago; nothing was recorded.
    AlreadyIn {
        /// Who.
        who: Who,
        /// When they came in.
        entered: UnixMs,
    },
    /// Inside for longer than usual: in or out? [`super::Touch::InOrOut`] answers.
    InOrOut {
        /// Who.
        who: Who,
        /// When they came in.
        entered: UnixMs,
        /// The visit that is open.
        visit: VisitorId,
    },
    /// The household must be asked.
    AskResident {
        /// Why.
        reason: Reason,
        /// Who, as far as it is known.
        who: Option<Who>,
        /// The touch offered.
        next: NextTouch,
    },
    /// Something more is needed first. [`super::Touch::StepUp`] gives it.
    StepUp {
        /// Why.
        reason: Reason,
        /// Who, as far as it is known.
        who: Option<Who>,
        /// Any one of these will do.
        needs: Vec<Need>,
        /// The household that can be asked instead.
        unit: Option<UnitRef>,
    },
    /// No.
    Refuse {
        /// Why.
        reason: Reason,
        /// Who, as far as it is known.
        who: Option<Who>,
        /// The touch offered.
        next: NextTouch,
    },
}
