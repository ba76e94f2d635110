//! Runs of rows, as pulled, streamed or loaded afresh.

use minicbor::{Decode, Encode};

use crate::feed::{Cursor, Row, RowId, RowKind};

/// The latest rows of the changes in `(from, to]`. Applied only where `from` is the copy's cursor:
/// [`crate::feed::apply::weigh`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Page {
    /// Where the run begins, exclusive.
    #[n(0)]
    pub from: Cursor,
    /// Where it ends, inclusive.
    #[n(1)]
    pub to: Cursor,
    /// The feed's head when the page was made: `to.seq == head` means the copy equals the server's state.
    #[n(2)]
    pub head: u64,
    /// Rows in ascending order of seq; each entity at most once.
    #[n(3)]
    pub rows: Vec<Row>,
}

impl Page {
    /// The most rows in one page.
    pub const MAX_ROWS: usize = 1_000;
    /// The most bytes of row bodies in one page.
    pub const MAX_BYTES: usize = 1 << 20;

    /// Whether a copy that took it in equals the server's state. A page that ends before the head may leave
    /// out entities that changed again behind it.
    pub const fn is_whole(&self) -> bool {
        self.to.seq == self.head
    }
}

/// A place between two rows of a snapshot, which is read in order of kind and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SnapshotPlace {
    /// Kind of the last row read.
    #[n(0)]
    pub kind: RowKind,
    /// Id of the last row read.
    #[n(1)]
    pub id: RowId,
}

/// A piece of a snapshot: rows as they stood when each piece was read, at or after `start`. When the last
/// piece is in, the changes since `start` make it whole.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SnapshotPage {
    /// The feed's head when the snapshot began; the same in all its pages.
    #[n(0)]
    pub start: Cursor,
    /// Rows in order of kind and id.
    #[n(1)]
    pub rows: Vec<Row>,
    /// Where to go on; absent at the end.
    #[n(2)]
    pub next: Option<SnapshotPlace>,
    /// The feed's head when this piece was read: its rows reach up to there.
    #[n(3)]
    pub head: Cursor,
}
