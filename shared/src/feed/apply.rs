//! What a kiosk does with a page, whether it was pulled or streamed.
//!
//! A page is applied where it begins exactly at the copy's cursor, epoch and mark included. One that merely
//! overlaps could come from a server that was since restored, so nothing is taken out of its middle: the
//! kiosk asks again, and only the server's own word ("gone") makes it load a snapshot.

use crate::feed::{Cursor, Page};

/// What to do with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// Write its rows and move the cursor to its end, in one transaction.
    Apply,
    /// It ends where the copy stands, or before.
    Known,
    /// It does not begin where the copy stands: pull from the cursor.
    Elsewhere,
    /// Its rows do not lie in its range in order: not a page at all.
    Malformed,
}

/// Weighs a page against the copy's cursor.
pub fn weigh(cursor: &Cursor, page: &Page) -> Weighed {
    if !well_formed(page) {
        return Weighed::Malformed;
    }
    if page.from == *cursor {
        return if page.to == *cursor { Weighed::Known } else { Weighed::Apply };
    }
    let known = page.to == *cursor || (page.to.epoch == cursor.epoch && page.to.seq < cursor.seq);
    if known { Weighed::Known } else { Weighed::Elsewhere }
}

fn well_formed(page: &Page) -> bool {
    let mut last = page.from.seq;
    let ascending = page.rows.iter().all(|row| std::mem::replace(&mut last, row.seq) < row.seq);
    let forward = page.from.seq < page.to.seq || page.from == page.to;
    ascending
        && forward
        && page.from.epoch == page.to.epoch
        && last <= page.to.seq
        && page.to.seq <= page.head
}

/// Whether an own event's effect must still be laid over the copy: until the copy has equalled the server's
/// state at or behind the feed seq at which the server shows it. `visible` is that seq, absent until the
/// server said so, 0 where there is nothing to see; `whole` is [`crate::feed::copy::Copy::whole`].
///
/// The cursor alone would not do: a page that was cut in the middle leaves out a row that the event changed
/// and another one changed again behind the page's end.
pub fn is_overlaid(visible: Option<u64>, whole: u64) -> bool {
    visible.is_none_or(|seq| seq > whole)
}
