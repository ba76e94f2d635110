//! What goes into the kiosk's core and what comes out of it.

use crate::{
    feed::{
        Cursor, Page, SnapshotPage,
        copy::{Copy, Loading},
    },
    id::IncarnationId,
    journal::outbox::{Acknowledge, Batch, End, GoBack, Outbox},
    sync::{Beat, Contact, Failure, Pull, SnapshotPull, Upload, UploadAnswer},
};

/// One request; its answer names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// One stream; its items name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

/// Something the core is told.
#[derive(Clone, Debug)]
pub enum Input {
    /// Time has passed. The first input of all may be this one.
    Tick,
    /// The desk recorded something.
    Recorded,
    /// Somebody touched TRY NOW, or the network came back: stop waiting.
    TryNow,
    /// A journal operation other than [`JournalOp::Batch`] is done; this is how the journal stands now.
    Outbox(Outbox),
    /// [`JournalOp::Batch`] is done; nothing when that life is no longer there.
    Batch(Option<Batch>),
    /// A journal operation failed and left nothing behind.
    JournalFailed,
    /// A cache operation is done; this is how the copy stands now.
    Copy(Copy),
    /// A cache operation failed and left nothing behind.
    CacheFailed,
    /// A request was answered, or will not be.
    Answered(RequestId, Result<Answer, Failure>),
    /// A stream gave something.
    Streamed(StreamId, StreamItem),
}

/// Something the core wants done.
#[derive(Clone, Debug)]
pub enum Output {
    /// Do this to the journal and say how it went.
    Journal(JournalOp),
    /// Do this to the cache and say how it went.
    Cache(CacheOp),
    /// Send this and give the answer.
    Send(RequestId, Request),
    /// Drop the request; nobody waits for its answer any more.
    Cancel(RequestId),
    /// Open the live stream from this cursor on.
    OpenStream(StreamId, Cursor),
    /// Drop the stream.
    CloseStream(StreamId),
    /// The copy is known to equal the server's state as of now: note the time.
    Whole,
    /// This is how the kiosk stands with its server.
    Contact(Contact),
    /// Give a [`Input::Tick`] at this boot time, in milliseconds; it replaces the one asked for before.
    WakeAt(i64),
}

/// An operation on the journal, one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalOp {
    /// Say how the journal stands.
    Read,
    /// Read up to `limit` events of a life behind seq `after`. Answered by [`Input::Batch`].
    Batch {
        /// Which life.
        incarnation: IncarnationId,
        /// The seq behind which to begin.
        after: u64,
        /// How many at most.
        limit: usize,
    },
    /// Note what is durable.
    Acknowledge(Acknowledge),
    /// Note that it no longer is.
    GoBack(GoBack),
    /// End a life.
    End(End),
}

/// An operation on the cache, one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheOp {
    /// Say how the copy stands.
    Read,
    /// Write the page's rows to those in use and move the cursor to `page.to`.
    Apply(Page),
    /// Drop what was being loaded and load this first piece; then loading stands as said.
    Begin(SnapshotPage, Loading),
    /// Load this next piece; then loading stands as said.
    Load(SnapshotPage, Loading),
    /// Write the page's rows to those being loaded; then loading stands as said.
    Change(Page, Loading),
    /// Write the page's rows to those being loaded, let them take the place of the rows in use, and put the
    /// cursor to `page.to`.
    Swap(Page),
    /// Drop what was being loaded.
    Drop,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `POST /sync/feed`
    Pull(Pull),
    /// `POST /sync/snapshot`
    Snapshot(SnapshotPull),
    /// `POST /sync/journal`
    Upload(Upload),
}

/// A request's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To a pull.
    Page(Page),
    /// To a pull or a snapshot: 410, it cannot be continued.
    Gone,
    /// To a snapshot.
    Piece(SnapshotPage),
    /// To an upload.
    Upload(UploadAnswer),
}

/// What a stream gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamItem {
    /// It is open.
    Opened,
    /// Changes.
    Page(Page),
    /// A sign of life.
    Beat(Beat),
    /// It cannot be continued from the cursor; it is closed.
    Gone,
    /// It ended.
    Closed(Failure),
}
