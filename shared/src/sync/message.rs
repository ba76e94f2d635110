//! Bodies of the sync routes. All are canonical CBOR, content type `application/cbor`.
//!
//! | route | body | answer |
//! | --- | --- | --- |
//! | `POST /sync/nonce` | – | JSON: nonce and signed time anchor |
//! | `POST /sync/token` | JSON: RFC 7523 assertion (`EdDSA` JWT over the nonce) | JSON: access token, 10 minutes |
//! | `POST /sync/feed` | [`Pull`] | [`crate::feed::Page`]; 410 when the cursor cannot be continued |
//! | `POST /sync/snapshot` | [`SnapshotPull`] | [`crate::feed::SnapshotPage`]; 410 when the place cannot be continued |
//! | `POST /sync/journal` | [`Upload`] | [`UploadAnswer`] |
//! | `POST /sync/journal/sealed` | [`super::SealedUpload`] | [`UploadAnswer`] |
//! | `GET /sync/stream` | cursor in the query | SSE: `page` (base64url of a page's CBOR), `beat` every 5 s (base64url of a [`Beat`]'s), `gone` |
//!
//! The stream begins with the changes behind the cursor; each of its pages begins where the one before ended.

use minicbor::{Decode, Encode};

use crate::{
    feed::{Cursor, SnapshotPlace},
    hash::Hash,
    id::{IncarnationId, KioskId},
    journal::{Head, SignedEvent},
    time::{SECOND, UnixMs},
};

/// The version of these messages. A server speaks this one and the two before it.
pub const PROTOCOL: u16 = 1;

/// A kiosk asks for what is new, and says how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pull {
    /// Version of the messages.
    #[n(0)]
    pub protocol: u16,
    /// How far its copy has come.
    #[n(1)]
    pub cursor: Cursor,
    /// Events that wait to be sent.
    #[n(2)]
    pub waiting: u64,
    /// When the oldest of them was recorded.
    #[n(3)]
    pub oldest: Option<UnixMs>,
    /// The kiosk's program version.
    #[n(4)]
    pub version: String,
    /// A later place that the sender's rows reach up to, while it loads a snapshot: 410 when the server does
    /// not know that one either.
    #[n(5)]
    pub seen: Option<Cursor>,
}

/// The stream's sign of life. What was sent before it on the same stream reaches up to `head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Beat {
    /// The feed's head.
    #[n(0)]
    pub head: Cursor,
}

impl Beat {
    /// How often it comes, in milliseconds.
    pub const EVERY: i64 = 5 * SECOND;
    /// After this long without a word, in milliseconds, the other side counts as gone.
    pub const SILENCE: i64 = 12 * SECOND;
}

/// A kiosk asks for the next piece of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SnapshotPull {
    /// Version of the messages.
    #[n(0)]
    pub protocol: u16,
    /// The snapshot that is being loaded and how far it has come; absent to begin one.
    #[n(1)]
    pub resume: Option<SnapshotResume>,
}

/// How far a snapshot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SnapshotResume {
    /// [`crate::feed::SnapshotPage::start`] of its pages.
    #[n(0)]
    pub start: Cursor,
    /// [`crate::feed::SnapshotPage::next`] of the last one loaded.
    #[n(1)]
    pub after: SnapshotPlace,
    /// [`crate::feed::SnapshotPage::head`] of the last one loaded: 410 when the server does not know it.
    #[n(2)]
    pub seen: Cursor,
}

/// An event with what stands outside its chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UploadEvent {
    /// The event.
    #[n(0)]
    pub event: SignedEvent,
    /// Canonical CBOR of its details; absent where it has none or they were erased.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub details: Option<Vec<u8>>,
}

/// A run of one incarnation's events, in order. An empty one asks what is durable.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Upload {
    /// Version of the messages.
    #[n(0)]
    pub protocol: u16,
    /// The kiosk whose journal it is: not always the sender's own.
    #[n(1)]
    pub kiosk: KioskId,
    /// The head right before the first event, and with it the life of the journal: seq 0 and the genesis
    /// hash at the beginning.
    #[n(2)]
    pub after: Head,
    /// The events; at most [`Upload::MAX_EVENTS`].
    #[n(3)]
    pub events: Vec<UploadEvent>,
    /// Events that wait behind these.
    #[n(4)]
    pub waiting: u64,
    /// The lowest seq that the sender still holds: nothing before it can be sent again.
    #[n(5)]
    pub oldest: u64,
}

impl Upload {
    /// The most events in one upload.
    pub const MAX_EVENTS: usize = 500;
}

/// From which feed seq on an event's effect is in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Visible {
    /// The event's seq.
    #[n(0)]
    pub event: u64,
    /// The feed's seq; 0 when the event changes nothing that a kiosk sees.
    #[n(1)]
    pub feed: u64,
}

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum UploadOutcome {
    /// All of it is durable.
    #[n(0)]
    Appended,
    /// The server lacks events before these and took none: send from behind `durable`.
    #[n(1)]
    Gap,
    /// All of it is durable, but from this seq on beside the chain: the server holds another event there
    /// (a cloned or restored disk) or nothing right before it. Open a new incarnation.
    #[n(2)]
    Fork(#[n(0)] u64),
    /// The event at this seq is not acceptable (signature, chain, format); those before it are durable.
    #[n(3)]
    Rejected(#[n(0)] u64),
}

/// The server's answer to an upload.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UploadAnswer {
    /// Which life of the journal.
    #[n(0)]
    pub incarnation: IncarnationId,
    /// Highest durable seq of the chain that the upload belongs to. More than the kiosk ever recorded
    /// means that its disk went back in time.
    #[n(1)]
    pub durable: u64,
    /// That event's hash; the genesis hash at 0.
    #[n(2)]
    pub hash: Hash,
    /// For each event of the upload that is durable, when its effect is visible; those whose effect is parked
    /// are left out.
    #[n(3)]
    pub visible: Vec<Visible>,
    /// What became of the upload.
    #[n(4)]
    pub outcome: UploadOutcome,
    /// Seq of the feed's head: by then the effect of everything durable and not parked is visible.
    #[n(5)]
    pub head: u64,
}
