//! What an event says happened: one struct-like variant for each kind, ids only.

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::{
    cbor::{self, CborError},
    hash::Hash,
    id::{EventId, PassId, UnitId, UserId, VisitorId},
    journal::Head,
    time::UnixMs,
    words::{Credential, Direction, StepUpBy, Subject, VisitorType},
};

/// Why a new life of the journal began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(index_only)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// The kiosk was enrolled.
    #[n(0)]
    Enrolled,
    /// The journal was damaged or gone.
    #[n(1)]
    Damaged,
    /// The server holds another event at the same place: a cloned or restored disk.
    #[n(2)]
    Forked,
}

/// How an ask ended without an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(index_only)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AskClose {
    /// The guard took it back within its three seconds.
    #[n(0)]
    Undone,
    /// The visitor went away.
    #[n(1)]
    Left,
    /// Nobody answered in time.
    #[n(2)]
    Lapsed,
    /// The household said no and the guard sent them away.
    #[n(3)]
    Denied,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(index_only)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlertCode {
    /// A guard pressed EMERGENCY.
    #[n(0)]
    Emergency,
    /// Too many wrong codes at one kiosk.
    #[n(1)]
    CodeGuessing,
    /// The journal had to be set aside.
    #[n(2)]
    JournalDamaged,
    /// The server holds another history of this kiosk.
    #[n(3)]
    JournalForked,
    /// The clock was stepped by more than five minutes.
    #[n(4)]
    ClockStepped,
    /// A guard's PIN was tried too often.
    #[n(5)]
    PinGuessing,
    /// A pass was revoked while its holder is inside.
    #[n(6)]
    RevokedInside,
    /// Somebody on the watch list showed up.
    #[n(7)]
    WatchListed,
    /// The camera stopped giving frames.
    #[n(8)]
    CameraLost,
    /// The disk is nearly full, or full.
    #[n(9)]
    DiskFull,
}

/// Bytes that only the server can open: [`crate::keys`] says how. Hidden in debug output.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Sealed(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        serializer.serialize_str(&base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&self.0))
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal {
        $($(#[$fdoc:meta])* $number:literal => $field:ident: $type:ty,)*
    })*) => {
        mod body {
            use super::*;
            $(
                #[derive(Encode, Decode)]
                #[cbor(map)]
                pub(super) struct $variant { $(#[n($number)] pub $field: $type,)* }
            )*
        }

        /// Something that happened at the gate.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "act", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Act {
            $($(#[$doc])* $variant { $($(#[$fdoc])* $field: $type,)* },)*
        }

        impl Act {
            /// The act's number in [`crate::journal::Event::kind`].
            pub const fn kind(&self) -> u16 {
                match self { $(Self::$variant { .. } => $kind,)* }
            }

            /// The act's canonical CBOR for [`crate::journal::Event::body`].
            pub fn body(&self) -> Vec<u8> {
                match self.clone() {
                    $(Self::$variant { $($field),* } => cbor::to_vec(&body::$variant { $($field),* }),)*
                }
            }

            /// Reads an act of the given kind.
            pub fn read(kind: u16, bytes: &[u8]) -> Result<Self, ActError> {
                match kind {
                    $($kind => {
                        let body::$variant { $($field),* } = cbor::from_slice(bytes)?;
                        Ok(Self::$variant { $($field),* })
                    })*
                    other => Err(ActError::UnknownKind(other)),
                }
            }
        }
    };
}

/// An act that this version cannot read. The event is kept, only its effect is not applied.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// Recorded by a newer kiosk.
    #[error("acts of kind {0} are not known to this version")]
    UnknownKind(u16),
    /// The body is not that kind's.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

acts! {
    /// A life of the journal began.
    Opened = 1 {
        /// The head it follows, where there was one.
        0 => follows: Option<Head>,
        /// Why.
        1 => cause: Cause,
    }
    /// Somebody was let in.
    Admitted = 2 {
        /// The visit that began.
        0 => visit: VisitorId,
        /// The pass that was used.
        1 => pass: Option<PassId>,
        /// Where they go.
        2 => units: Vec<UnitId>,
        /// Why they come.
        3 => visitor_type: VisitorType,
        /// By what.
        4 => credential: Credential,
        /// How many people.
        5 => people: u16,
        /// Who or what.
        6 => subject: Subject,
        /// The live step that was burnt, where the credential was live.
        7 => live_step: Option<u64>,
        /// The rules' version that decided.
        8 => rules: u16,
    }
    /// A verdict other than admission was shown for a pass or a code.
    Refused = 3 {
        /// The pass, where one was read.
        0 => pass: Option<PassId>,
        /// Where they wanted to go, where known.
        1 => units: Vec<UnitId>,
        /// The verdict's word: `REFUSE`, `ASK_RESIDENT`, `STEP_UP`.
        2 => verdict: String,
        /// The reason's closed code.
        3 => reason: String,
        /// By what they tried.
        4 => credential: Credential,
        /// The rules' version that decided.
        5 => rules: u16,
    }
    /// A household is to be asked.
    Asked = 4 {
        /// The request, and the visit if it comes to one.
        0 => visit: VisitorId,
        /// Whom to ask.
        1 => units: Vec<UnitId>,
        /// Why they come.
        2 => visitor_type: VisitorType,
        /// How many people.
        3 => people: u16,
        /// Who or what.
        4 => subject: Subject,
        /// The pass that led to the ask, where one did.
        5 => pass: Option<PassId>,
    }
    /// An ask ended without an entry.
    AskClosed = 5 {
        /// The request.
        0 => visit: VisitorId,
        /// How.
        1 => outcome: AskClose,
    }
    /// Somebody went out whose entry is known.
    Exited = 6 {
        /// The visit that ended.
        0 => visit: VisitorId,
        /// The pass that was shown, where one was.
        1 => pass: Option<PassId>,
        /// By what.
        2 => credential: Credential,
        /// True when nobody saw it: an overlong stay was closed.
        3 => assumed: bool,
    }
    /// Somebody went out whose entry is not known here.
    ExitUnpaired = 7 {
        /// The pass that was shown.
        0 => pass: Option<PassId>,
        /// By what.
        1 => credential: Credential,
    }
    /// A code matched nothing, or came after so many that did that it was not looked at.
    WrongCode = 8 {
        /// The unit that was picked.
        0 => unit: UnitId,
    }
    /// A spoken challenge was made; recorded before it is shown.
    ChallengeShown = 9 {
        /// The unit that is to answer.
        0 => unit: UnitId,
        /// Four digits.
        1 => challenge: u16,
        /// The ask it is for, where there is one.
        2 => visit: Option<VisitorId>,
    }
    /// A spoken answer was taken.
    SpokenAnswered = 10 {
        /// The unit that answered.
        0 => unit: UnitId,
        /// The challenge it answers.
        1 => challenge: u16,
        /// The ask it is for, where there is one.
        2 => visit: Option<VisitorId>,
        /// Whether it lets them in.
        3 => approved: bool,
        /// The full answer, sealed to the server; the same length whatever it says.
        4 => sealed: Sealed,
    }
    /// Six spoken digits matched no answer.
    SpokenWrong = 11 {
        /// The unit that was to answer.
        0 => unit: UnitId,
        /// The challenge.
        1 => challenge: u16,
    }
    /// A guard came on shift.
    SignedIn = 12 {
        /// Who.
        0 => guard: UserId,
    }
    /// A guard went off shift.
    SignedOut = 13 {
        /// Who.
        0 => guard: UserId,
    }
    /// A PIN was wrong.
    PinWrong = 14 {
        /// Whose tile was touched.
        0 => guard: UserId,
    }
    /// Trusted time was stepped.
    ClockStepped = 15 {
        /// What it was.
        0 => from: UnixMs,
        /// What it became.
        1 => to: UnixMs,
    }
    /// Something an admin should know.
    AlertRaised = 16 {
        /// What.
        0 => alert: AlertCode,
        /// The visit it is about, where it is about one.
        1 => visit: Option<VisitorId>,
        /// The pass it is about, where it is about one.
        2 => pass: Option<PassId>,
    }
    /// An earlier event was a slip.
    Undone = 17 {
        /// The event that is taken back.
        0 => event: EventId,
    }
    /// A photo was taken. The picture is kept outside the chain, to be erased alone: it goes to the server by
    /// itself, under this event's id.
    PhotoTaken = 18 {
        /// Of whose visit.
        0 => visit: VisitorId,
        /// Digest of the picture's bytes.
        1 => digest: Hash,
    }
    /// The guard said which way, where the rule could not tell.
    DirectionChosen = 19 {
        /// The pass.
        0 => pass: PassId,
        /// Which way.
        1 => direction: Direction,
    }
    /// The guard rang the flat's intercom about an ask.
    Rang = 20 {
        /// The ask.
        0 => visit: VisitorId,
    }
    /// How many people came in with an entry, counted after it was recorded.
    PeopleCounted = 21 {
        /// The visit.
        0 => visit: VisitorId,
        /// How many.
        1 => people: u16,
    }
    /// A step-up was met; the entry that it led to follows.
    SteppedUp = 22 {
        /// The visit that begins.
        0 => visit: VisitorId,
        /// Why it was wanted: the reason's closed code.
        1 => reason: String,
        /// By what it was met.
        2 => by: StepUpBy,
    }
}

impl Act {
    /// An alert about no visit in particular.
    pub const fn alert(alert: AlertCode) -> Self {
        Self::AlertRaised { alert, visit: None, pass: None }
    }

    /// The units that somebody comes to.
    pub fn units(&self) -> &[UnitId] {
        match self {
            Self::Admitted { units, .. } | Self::Refused { units, .. } | Self::Asked { units, .. } => units,
            _ => &[],
        }
    }

    /// Every text in it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts: [Option<&str>; 2] = match self {
            Self::Refused { verdict, reason, .. } => [Some(verdict), Some(reason)],
            Self::SteppedUp { reason, .. } => [Some(reason), None],
            _ => [None, None],
        };
        texts.into_iter().flatten()
    }
}
