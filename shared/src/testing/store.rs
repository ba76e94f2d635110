//! What the contract and the simulation ask of a store.

use std::{collections::BTreeSet, fmt::Debug};

use ed25519_dalek::SigningKey;

use crate::{
    feed::{Cursor, Page, Row, RowId, RowKind, SnapshotPage, copy::Copy, serve::Gone},
    id::{CommunityId, EventId, GateId, KioskId},
    journal::{Act, Details, SignedEvent},
    sync::{
        Pull, SnapshotPull, Upload, UploadAnswer,
        kiosk::{CacheOp, Input, JournalOp},
    },
    time::UnixMs,
};

/// Whose journal it is.
#[derive(Clone, Debug)]
pub struct Home {
    /// The community.
    pub community: CommunityId,
    /// The kiosk.
    pub kiosk: KioskId,
    /// Its gate.
    pub gate: GateId,
    /// Its key.
    pub key: SigningKey,
}

/// One of the journal's own events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEvent {
    /// The event.
    pub signed: SignedEvent,
    /// From which feed seq on its effect is in the feed; absent until the server said so.
    pub visible: Option<u64>,
}

/// A kiosk's journal.
pub trait JournalStore: Sized {
    /// What can go wrong.
    type Error: Debug;
    /// Carries out an operation in one transaction and gives [`Input::Batch`] for [`JournalOp::Batch`],
    /// [`Input::Outbox`] for the others.
    fn carry_out(&mut self, op: &JournalOp) -> Result<Input, Self::Error>;
    /// Records an act in the open life, durably.
    fn record(&mut self, at: UnixMs, act: &Act, details: Option<&Details>) -> Result<EventId, Self::Error>;
    /// All events held, life by life, in order.
    fn events(&mut self) -> Result<Vec<OwnEvent>, Self::Error>;
    /// Forgets the details of events; their chain stays whole.
    fn erase(&mut self, events: &[EventId]) -> Result<(), Self::Error>;
    /// The events of which details are held.
    fn detailed(&mut self) -> Result<BTreeSet<EventId>, Self::Error>;
    /// The same journal after a power cut.
    fn reopen(self) -> Result<Self, Self::Error>;
}

/// A kiosk's copy of the feed.
pub trait CacheStore: Sized {
    /// What can go wrong.
    type Error: Debug;
    /// Carries out an operation in one transaction and says how the copy stands then.
    fn carry_out(&mut self, op: &CacheOp) -> Result<Copy, Self::Error>;
    /// The rows in use, in order of kind and id, tombstones left out.
    fn rows(&mut self) -> Result<Vec<Row>, Self::Error>;
    /// The same cache after a restart.
    fn reopen(self) -> Result<Self, Self::Error>;
}

/// A server's journal and feed of one community.
pub trait ServerStore {
    /// What can go wrong.
    type Error: Debug;
    /// Writes rows (no body: a tombstone) in one commit and gives the head behind it.
    fn publish(&mut self, rows: &[(RowKind, RowId, Option<Vec<u8>>)]) -> Result<Cursor, Self::Error>;
    /// The live rows in order of kind and id.
    fn rows(&mut self) -> Result<Vec<Row>, Self::Error>;
    /// Forgets the tombstones at or below `floor`.
    fn forget_tombstones(&mut self, floor: u64) -> Result<(), Self::Error>;
    /// Answers a pull.
    fn pull(&mut self, pull: &Pull) -> Result<Result<Page, Gone>, Self::Error>;
    /// Answers a request for a piece of a snapshot.
    fn snapshot(&mut self, pull: &SnapshotPull) -> Result<Result<SnapshotPage, Gone>, Self::Error>;
    /// Takes in an upload, effects and all, in one transaction.
    fn upload(&mut self, upload: &Upload) -> Result<UploadAnswer, Self::Error>;
}
