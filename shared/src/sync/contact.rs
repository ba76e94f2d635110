//! How a kiosk stands with its server, for the screen and for `status`.

use crate::{feed::Cursor, time::UnixMs};

/// Why a request or a stream failed. Each of them is tried again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection: no network, no name, no route, refused, cut in the middle.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The server's key is not the one that was pinned.
    Untrusted,
    /// The server does not let this kiosk in: revoked, or its token was not renewed.
    Refused,
    /// The server asks to come back later.
    Busy,
    /// The server failed.
    Fault,
    /// The answer made no sense to this version.
    Malformed,
}

/// How a kiosk stands with its server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// False after 12 seconds without a word from the server.
    pub online: bool,
    /// When it last said something, by the boot clock, in milliseconds; absent when it never did.
    pub heard: Option<i64>,
    /// Whether changes are streamed; otherwise they are polled for.
    pub live: bool,
    /// Events that wait to be sent.
    pub waiting: u64,
    /// When the oldest of them was recorded.
    pub oldest: Option<UnixMs>,
    /// How far the copy has come; absent before the first snapshot.
    pub cursor: Option<Cursor>,
    /// Seq of the feed's head when the server last named it.
    pub head: Option<u64>,
    /// Whether a snapshot is being loaded.
    pub loading: bool,
    /// What last went wrong, until something succeeds.
    pub trouble: Option<Failure>,
}
