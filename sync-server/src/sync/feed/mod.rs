//! Reading the feed: pages of what changed, snapshots of what is, and how long tombstones are kept.
//!
//! Writing it is [`crate::feed`]'s.

pub mod routes;
mod store;

use gatehouse::{
    entropy::Entropy,
    feed::{Cursor, Page, Row, SnapshotPage, SnapshotPlace},
    id::{CommunityId, FeedEpochId},
    time::UnixMs,
};

use crate::store::{StoreError, Tx};

/// What a cursor gets.
#[derive(Debug)]
pub enum Pulled {
    /// What changed since.
    Page(Page),
    /// The cursor is of another life of the feed, or too old: a snapshot is needed.
    Gone,
}

/// The feed's end.
pub async fn head(tx: &mut Tx, community: CommunityId) -> Result<Cursor, StoreError> {
    Ok(store::head(tx, community).await?.cursor)
}

/// The changes since `cursor`, as many as a page takes. `tx` must be one that reads one state throughout.
pub async fn pull(tx: &mut Tx, community: CommunityId, cursor: Cursor) -> Result<Pulled, StoreError> {
    let head = store::head(tx, community).await?;
    if !continues(tx, community, &head, cursor).await? {
        return Ok(Pulled::Gone);
    }
    let found = store::changed_after(tx, community, cursor.seq, Page::MAX_ROWS + 1).await?;
    let (rows, cut) = fit(found);
    let to = match rows.last() {
        Some(last) if cut => {
            let Some(mark) = store::mark_at(tx, community, last.seq).await? else { return Ok(Pulled::Gone) };
            Cursor { epoch: head.cursor.epoch, seq: last.seq, mark }
        }
        _ => head.cursor,
    };
    Ok(Pulled::Page(Page { from: cursor, to, head: head.cursor.seq, rows }))
}

/// What a snapshot's reader gets.
#[derive(Debug)]
pub enum Taken {
    /// The next piece.
    Piece(SnapshotPage),
    /// The changes since the snapshot's start can no longer be had: begin again.
    Gone,
}

/// The next piece of the snapshot that began at `start`; the first one without.
pub async fn snapshot(
    tx: &mut Tx,
    community: CommunityId,
    from: Option<(Cursor, Option<SnapshotPlace>)>,
) -> Result<Taken, StoreError> {
    let head = store::head(tx, community).await?;
    let (start, place) = from.unwrap_or((head.cursor, None));
    if !continues(tx, community, &head, start).await? {
        return Ok(Taken::Gone);
    }
    let (rows, cut) = fit(store::living_after(tx, community, place, Page::MAX_ROWS + 1).await?);
    let next = rows.last().filter(|_| cut).map(|row| SnapshotPlace { kind: row.kind, id: row.id });
    Ok(Taken::Piece(SnapshotPage { start, rows, next }))
}

async fn continues(
    tx: &mut Tx,
    community: CommunityId,
    head: &store::Head,
    cursor: Cursor,
) -> Result<bool, StoreError> {
    if cursor.epoch != head.cursor.epoch || cursor.seq < head.floor || cursor.seq > head.cursor.seq {
        return Ok(false);
    }
    if cursor.seq == head.cursor.seq {
        return Ok(cursor.mark == head.cursor.mark);
    }
    Ok(store::mark_at(tx, community, cursor.seq).await? == Some(cursor.mark))
}

/// The rows that fit a page, and whether any did not. The first one always fits.
fn fit(mut rows: Vec<Row>) -> (Vec<Row>, bool) {
    let mut bytes = 0;
    let fitting = rows
        .iter()
        .take(Page::MAX_ROWS)
        .enumerate()
        .take_while(|(index, row)| {
            bytes += row.body.as_ref().map_or(0, Vec::len);
            *index == 0 || bytes <= Page::MAX_BYTES
        })
        .count();
    let cut = fitting < rows.len();
    rows.truncate(fitting);
    (rows, cut)
}

/// Forgets the tombstones of changes made before `instant`.
pub async fn forget_before(tx: &mut Tx, community: CommunityId, instant: UnixMs) -> Result<(), StoreError> {
    let head = store::head(tx, community).await?;
    match store::last_seq_before(tx, community, instant).await? {
        Some(seq) if seq > head.floor => store::raise_floor(tx, community, seq).await,
        _ => Ok(()),
    }
}

/// Begins a new life of the community's feed, as after a restore from a copy.
pub async fn renew(
    tx: &mut Tx,
    community: CommunityId,
    now: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<(), StoreError> {
    store::renew_epoch(tx, community, FeedEpochId::new(now, entropy)).await
}
