//! Bodies of the sync routes. All are canonical CBOR, content type `application/cbor`.
//!
//! | route | body | answer |
//! | --- | --- | --- |
//! | `POST /sync/nonce` | – | JSON: nonce and signed time anchor |
//! | `POST /sync/token` | JSON: RFC 7523 assertion (EdDSA JWT over the nonce) | JSON: access token, 10 minutes |
//! | `POST /sync/feed` | [`Pull`] | [`crate::feed::Page`]; 410 when the cursor cannot be continued |
//! | `POST /sync/snapshot` | [`crate::feed::SnapshotPlace`] and start cursor, or nothing | [`crate::feed::SnapshotPage`] |
//! | `POST /sync/journal` | [`Upload`] | [`UploadAnswer`] |
//! | `GET /sync/stream` | cursor in the query | SSE: `page` (base64 of a page's CBOR), `gone`, `beat` every 5 s |

use minicbor::{Decode, Encode};

use crate::{
    feed::Cursor,
    hash::Hash,
    id::IncarnationId,
    journal::{Head, SignedEvent},
    time::UnixMs,
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

/// A run of one incarnation's events, in order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Upload {
    /// Version of the messages.
    #[n(0)]
    pub protocol: u16,
    /// Which life of the journal.
    #[n(1)]
    pub incarnation: IncarnationId,
    /// The head right before the first event: seq 0 and the genesis hash at the beginning.
    #[n(2)]
    pub after: Head,
    /// The events; at most [`Upload::MAX_EVENTS`].
    #[n(3)]
    pub events: Vec<UploadEvent>,
    /// Events that wait behind these.
    #[n(4)]
    pub waiting: u64,
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
    /// The server lacks events before these: send from behind `durable`.
    #[n(1)]
    Gap,
    /// The server holds another event at this seq: a cloned or restored disk. The suffix is kept beside;
    /// open a new incarnation.
    #[n(2)]
    Fork(#[n(0)] u64),
    /// The event at this seq is not acceptable (signature, chain, format), those before it are durable.
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
    /// Highest durable seq of it.
    #[n(1)]
    pub durable: u64,
    /// That event's hash; the genesis hash at 0.
    #[n(2)]
    pub hash: Hash,
    /// For each event of the upload that is durable, when its effect is visible.
    #[n(3)]
    pub visible: Vec<Visible>,
    /// What became of the upload.
    #[n(4)]
    pub outcome: UploadOutcome,
}
