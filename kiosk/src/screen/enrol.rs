//! The first minutes of a kiosk's life.

use serde::Serialize;
use ts_rs::TS;

/// Where enrolment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Enrolment {
    /// The camera looks for the admin's QR; it may be typed too.
    Waiting {
        /// Why what was scanned or typed last cannot be it.
        trouble: Option<Trouble>,
    },
    /// An invitation was taken and is being tried.
    Checking {
        /// The server's address.
        server: String,
        /// The gate's name, once known.
        gate: Option<String>,
        /// The checks, in the order of [`Check`].
        ladder: Vec<Rung>,
    },
}

/// One step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Rung {
    /// What is checked.
    pub check: Check,
    /// How it went.
    pub state: RungState,
}

/// What enrolment checks, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// There is a network.
    Network,
    /// The server's name leads somewhere.
    Name,
    /// The connection is secure, to the very server the invitation names.
    Secure,
    /// The clock was set by the server.
    Clock,
    /// The code is good.
    Code,
    /// The community is loaded.
    Loading,
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RungState {
    /// Not begun.
    Waiting,
    /// Under way.
    Busy {
        /// How much is done, 0 to 100, where that is known.
        percent: Option<u8>,
    },
    /// Passed.
    Passed,
    /// Failed; [`super::Touch::EnrolRetry`] tries again.
    Failed {
        /// Why.
        trouble: Trouble,
    },
}

/// Why a check failed, or a gate does not open. The window owns the words and the remedy of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Trouble {
    /// A QR or text that is no invitation.
    NotAnInvitation,
    /// What was typed is no server's address.
    AddressWrong,
    /// No network at all.
    NoNetwork,
    /// The network answers with a log-in page of its own.
    CaptivePortal,
    /// The network lets nothing through but a proxy.
    ProxyNeeded,
    /// The server's name is not known.
    NameUnknown,
    /// Nobody answers at the server's address.
    NoAnswer,
    /// Somebody else answers in the server's place: the pinned key differs.
    Intercepted,
    /// The server speaks no TLS and is not on this machine.
    NotSecure,
    /// The clock is wrong and could not be set.
    ClockWrong {
        /// By how much, in seconds; positive when the clock is ahead.
        by_seconds: i32,
    },
    /// No such code.
    CodeWrong,
    /// The code was used already.
    CodeUsed,
    /// The code is too old.
    CodeExpired,
    /// Too many tries; wait.
    TooManyTries,
    /// The server is too old or too new for this kiosk.
    VersionMismatch,
    /// The server failed.
    ServerFailed,
    /// Loading was cut; it goes on where it stopped.
    LoadingCut,
    /// The disk is full or cannot be written.
    Disk,
    /// A later version of this program made this gate's records.
    RecordsNewer,
    /// Whoever holds this gate's keys does not give them.
    NoKeys,
    /// What this kiosk is can no longer be read.
    GateForgotten,
}
