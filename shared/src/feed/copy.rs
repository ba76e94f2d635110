//! Where a kiosk's copy of the feed stands, and how it is loaded afresh.
//!
//! A snapshot is loaded beside the rows in use, piece by piece, each piece and the place reached in one
//! transaction, so that a restart goes on where it stopped. Then the changes since its start are pulled into
//! the same place, and when a page ends at the head, the loaded rows take the place of the old ones in one
//! transaction.

use crate::{
    feed::{Cursor, Row, SnapshotPage, SnapshotPlace},
    sync::SnapshotResume,
};

/// A copy as its store reports it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copy {
    /// What the rows in use equal; absent before the first snapshot.
    pub cursor: Option<Cursor>,
    /// Seq at which the rows in use last equalled the server's state: that of the last page applied with
    /// [`crate::feed::Page::is_whole`]; 0 for never.
    pub whole: u64,
    /// A snapshot that is being loaded beside them.
    pub loading: Option<Loading>,
}

/// How far a snapshot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// Pieces are still missing.
    Pieces {
        /// The head when it began.
        start: Cursor,
        /// The last row loaded.
        after: SnapshotPlace,
        /// The head when it was read.
        seen: Cursor,
    },
    /// All pieces are in; the changes up to here as well.
    Changes {
        /// From where to pull.
        cursor: Cursor,
        /// The head when the last piece was read: rows reach up to there, and a server that was restored to
        /// before must not go on from `cursor`.
        seen: Cursor,
    },
}

/// What to do with a piece of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The first: drop whatever was being loaded, then load it.
    Begin(Loading),
    /// The next one: load it.
    Go(Loading),
    /// It does not go on where loading stands: drop what was loaded and begin again.
    Elsewhere,
}

/// Weighs a piece that was asked for with `resume`.
pub fn piece(resume: Option<&SnapshotResume>, page: &SnapshotPage) -> Piece {
    let next = match page.next {
        Some(after) => Loading::Pieces { start: page.start, after, seen: page.head },
        None => Loading::Changes { cursor: page.start, seen: page.head },
    };
    let place = |row: &Row| (row.kind, row.id);
    let mut last = resume.map(|resume| (resume.after.kind, resume.after.id));
    let ascending = page.rows.iter().all(|row| last.replace(place(row)) < Some(place(row)));
    let moved = page.next.is_none_or(|after| last == Some((after.kind, after.id)) && !page.rows.is_empty());
    match resume {
        _ if !ascending || !moved => Piece::Elsewhere,
        None => Piece::Begin(next),
        Some(resume) if resume.start == page.start => Piece::Go(next),
        Some(_) => Piece::Elsewhere,
    }
}

impl Loading {
    /// What to ask for next, while pieces are missing.
    pub const fn resume(&self) -> Option<SnapshotResume> {
        match *self {
            Self::Pieces { start, after, seen } => Some(SnapshotResume { start, after, seen }),
            Self::Changes { .. } => None,
        }
    }
}
