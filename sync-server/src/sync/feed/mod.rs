//! Reading the feed: pages of what changed, snapshots of what is, and how long tombstones are kept.
//!
//! Writing it is [`crate::feed`]'s; what may be served is [`gatehouse::feed::serve`]'s to say.

pub mod routes;
mod store;

use gatehouse::{
    entropy::Entropy,
    feed::{
        Cursor, Page, Row, SnapshotPage, SnapshotPlace,
        serve::{self, Cut, Feed, Gone},
    },
    id::{CommunityId, FeedEpochId, PassId},
    sync::SnapshotResume,
    time::UnixMs,
};

use crate::store::{StoreError, Tx};

/// Where the feed ends.
pub async fn head(tx: &mut Tx, community: CommunityId) -> Result<Cursor, StoreError> {
    Ok(store::feed(tx, community).await?.head)
}

/// The changes since `cursor`, as many as a page takes. `tx` must be one that reads one state throughout.
pub async fn pull(
    tx: &mut Tx,
    community: CommunityId,
    cursor: Cursor,
) -> Result<Result<Page, Gone>, StoreError> {
    let feed = store::feed(tx, community).await?;
    if let Err(gone) = continues(tx, community, &feed, &cursor).await? {
        return Ok(Err(gone));
    }
    let mut cut = Cut::default();
    if cursor.seq < feed.head.seq {
        let rows = store::changed_after(tx, community, cursor.seq, cut.to_read()).await?;
        rows.into_iter().all(|row| cut.push(row));
    }
    let seq = cut.ends_at(feed.head.seq);
    let to = if seq == feed.head.seq {
        feed.head
    } else {
        match store::mark_at(tx, community, seq).await? {
            Some(mark) => Cursor { seq, mark, ..feed.head },
            None => return Ok(Err(Gone::Mark)),
        }
    };
    Ok(Ok(Page { from: cursor, to, head: feed.head.seq, rows: cut.into_rows() }))
}

/// The next piece of the snapshot that `resume` tells of; the first piece of a new one without.
pub async fn snapshot(
    tx: &mut Tx,
    community: CommunityId,
    resume: Option<SnapshotResume>,
) -> Result<Result<SnapshotPage, Gone>, StoreError> {
    let feed = store::feed(tx, community).await?;
    let start = resume.map_or(feed.head, |resume| resume.start);
    for place in [start, resume.map_or(start, |resume| resume.seen)] {
        if let Err(gone) = continues(tx, community, &feed, &place).await? {
            return Ok(Err(gone));
        }
    }
    let mut cut = Cut::default();
    let after = resume.map(|resume| resume.after);
    let rows = store::living_after(tx, community, after, cut.to_read()).await?;
    rows.into_iter().all(|row| cut.push(row));
    let full = cut.is_full();
    let rows = cut.into_rows();
    let next = rows.last().filter(|_| full).map(|row| SnapshotPlace { kind: row.kind, id: row.id });
    Ok(Ok(SnapshotPage { start, rows, next, head: feed.head }))
}

/// Whether the feed still knows `place`: a kiosk whose rows reach up to there may go on.
pub async fn knows(
    tx: &mut Tx,
    community: CommunityId,
    place: &Cursor,
) -> Result<Result<(), Gone>, StoreError> {
    let feed = store::feed(tx, community).await?;
    continues(tx, community, &feed, place).await
}

async fn continues(
    tx: &mut Tx,
    community: CommunityId,
    feed: &Feed,
    cursor: &Cursor,
) -> Result<Result<(), Gone>, StoreError> {
    let mark = if cursor.seq == feed.head.seq {
        Some(feed.head.mark)
    } else {
        store::mark_at(tx, community, cursor.seq).await?
    };
    Ok(serve::continues(cursor, feed, mark))
}

/// The feed's rows of these passes, as they stand.
pub async fn pass_rows(
    tx: &mut Tx,
    community: CommunityId,
    passes: &[PassId],
) -> Result<Vec<Row>, StoreError> {
    store::pass_rows(tx, community, passes).await
}

/// Forgets the tombstones of changes that were committed before `instant`: copies older than that load a
/// snapshot.
pub async fn forget_before(tx: &mut Tx, community: CommunityId, instant: UnixMs) -> Result<(), StoreError> {
    let feed = store::feed(tx, community).await?;
    match store::last_seq_before(tx, community, instant).await? {
        Some(seq) if seq > feed.floor => store::raise_floor(tx, community, seq).await,
        _ => Ok(()),
    }
}

/// Begins a new life of the community's feed, as after a restore from a copy: no cursor of the old one can be
/// continued.
pub async fn renew(
    tx: &mut Tx,
    community: CommunityId,
    now: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<(), StoreError> {
    store::renew_epoch(tx, community, FeedEpochId::new(now, entropy)).await
}
