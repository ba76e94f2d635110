//! The cards of the tray: visitors at the gate whose household was asked.

use gatehouse::{id::VisitorId, time::UnixMs};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Who;

/// One card of the tray.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AskCard {
    /// The visitor's id.
    pub id: VisitorId,
    /// Who waits, and for which unit.
    pub who: Who,
    /// When the household was asked.
    pub asked_at: UnixMs,
    /// When it lapses; not before the numbers of a spoken approval end.
    pub lapses_at: UnixMs,
    /// Until when sending can be undone, three seconds after the last touch.
    pub undo_until: Option<UnixMs>,
    /// Whether the server has the request.
    pub sent: bool,
    /// Where it stands.
    pub state: AskState,
    /// The spoken approval that was begun for it.
    pub spoken: Option<SpokenChallenge>,
    /// When the guard last rang the flat.
    pub rang_at: Option<UnixMs>,
    /// Whether a guard may let them in without an answer, by policy.
    pub override_allowed: bool,
}

/// Where an ask stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AskState {
    /// Waits for the household.
    Waiting {
        /// When it becomes [`AskState::Unanswered`].
        until: UnixMs,
    },
    /// Nobody answered in 45 s, or there is no way to ask: ring, spoken approval, override.
    Unanswered {
        /// Since when.
        since: UnixMs,
    },
    /// The household said yes. Letting them in is a touch of its own.
    Approved {
        /// When.
        at: UnixMs,
    },
    /// The household said no.
    Denied {
        /// When.
        at: UnixMs,
    },
    /// Nobody answered in ten minutes, or let in who was approved. [`super::Touch::Left`] takes the card away.
    Lapsed {
        /// When.
        at: UnixMs,
    },
}

/// A spoken approval under way: the guard reads both numbers out, the household answers six digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SpokenChallenge {
    /// This kiosk's short number.
    pub kiosk_number: String,
    /// Four random digits.
    pub challenge: String,
    /// When they die.
    pub until: UnixMs,
    /// How many tries are left.
    pub tries_left: u8,
}

/// Why a guard lets somebody in without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OverrideReason {
    /// The household said yes on the phone or intercom.
    HouseholdByPhone,
    /// The guard knows them.
    KnownToGuard,
    /// Somebody of the household is with them.
    Accompanied,
    /// Ambulance, fire brigade, police.
    EmergencyService,
    /// Told so by the community's office.
    ByOffice,
}
