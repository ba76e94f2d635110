//! What a server answers when a kiosk asks for changes or for a piece of a snapshot.
//!
//! The server reads the feed's state and the mark of the asked place in one agreeing read, lets [`continues`]
//! decide, reads rows with `seq > from` in order of seq and lets a [`Cut`] say when the page is full.

use crate::{
    feed::{Cursor, Page, Row},
    id::FeedEpochId,
};

/// A community's feed as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its head: epoch, last seq, that commit's mark.
    pub head: Cursor,
    /// Tombstones at or below this seq may be gone: a copy that stands lower cannot be continued.
    pub floor: u64,
}

/// Why a cursor cannot be continued: the answer is 410, the kiosk loads a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gone {
    /// Another life of the feed: the server was restored.
    #[error("the cursor is of epoch {0}")]
    Epoch(FeedEpochId),
    /// Another commit stands at the cursor's seq: the server's files were put back.
    #[error("another commit stands at the cursor's seq")]
    Mark,
    /// Ahead of the head: the server's files were put back.
    #[error("the cursor is ahead of the feed")]
    Ahead,
    /// So old that deletions behind it are forgotten.
    #[error("the cursor is below the floor of the tombstones")]
    Floor,
}

/// Whether changes can be served from `cursor` on. `mark` is that of the commit which wrote `cursor.seq`,
/// which is the first one that ends at or after it; absent where it is no longer kept.
pub fn continues(cursor: &Cursor, feed: &Feed, mark: Option<[u8; 8]>) -> Result<(), Gone> {
    if cursor.epoch != feed.head.epoch {
        Err(Gone::Epoch(cursor.epoch))
    } else if cursor.seq > feed.head.seq {
        Err(Gone::Ahead)
    } else if cursor.seq < feed.floor {
        Err(Gone::Floor)
    } else if mark != Some(cursor.mark) {
        Err(Gone::Mark)
    } else {
        Ok(())
    }
}

/// Fills a page up to its limits.
#[derive(Clone, Debug)]
pub struct Cut {
    rows: Vec<Row>,
    bytes: usize,
    max_rows: usize,
    max_bytes: usize,
    full: bool,
}

impl Default for Cut {
    fn default() -> Self {
        Self::with_limits(Page::MAX_ROWS, Page::MAX_BYTES)
    }
}

impl Cut {
    /// A page of other limits than the wire's: smaller ones, for tests and slow links.
    pub const fn with_limits(max_rows: usize, max_bytes: usize) -> Self {
        Self { rows: Vec::new(), bytes: 0, max_rows, max_bytes, full: false }
    }

    /// How many rows to read: one more than fit, so that the end is seen.
    pub const fn to_read(&self) -> usize {
        self.max_rows + 1
    }

    /// Takes the next row in order; false when the page is full and the row was left out. One row always fits.
    pub fn push(&mut self, row: Row) -> bool {
        let bytes = row.body.as_ref().map_or(0, Vec::len);
        let fits = self.rows.len() < self.max_rows && self.bytes.saturating_add(bytes) <= self.max_bytes;
        if self.full || !(fits || self.rows.is_empty()) {
            self.full = true;
            return false;
        }
        self.bytes += bytes;
        self.rows.push(row);
        true
    }

    /// Whether a row was left out.
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// The rows taken.
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// The seq at which a page of changes ends: that of its last row when something was left out, else the
    /// head. Its mark is that of the commit which wrote it, as for [`continues`].
    pub fn ends_at(&self, head: u64) -> u64 {
        match self.rows.last() {
            Some(last) if self.full => last.seq,
            _ => head,
        }
    }
}
