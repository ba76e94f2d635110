//! The feed's tables, as far as reading goes.

use gatehouse::{
    feed::{Cursor, Row, RowId, RowKind, SnapshotPlace, serve::Feed},
    id::{CommunityId, FeedEpochId, PassId},
    time::UnixMs,
};
use uuid::Uuid;

use crate::{
    execute, fetch_all, fetch_in, fetch_one, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    struct HeadRecord {
        epoch: FeedEpochId,
        seq: u64,
        mark: [u8; 8],
        floor: u64,
    }

    struct MarkRecord {
        mark: [u8; 8],
    }

    struct RowRecord {
        kind: u16,
        id: Uuid,
        schema: u16,
        seq: u64,
        body: Option<Vec<u8>>,
    }

    struct SeqRecord {
        seq: u64,
    }
}

impl From<RowRecord> for Row {
    fn from(record: RowRecord) -> Self {
        Self {
            kind: RowKind(record.kind),
            schema: record.schema,
            id: RowId::from(record.id),
            seq: record.seq,
            body: record.body,
        }
    }
}

/// The feed as it stands.
pub(super) async fn feed(tx: &mut Tx, community: CommunityId) -> Result<Feed, StoreError> {
    let head = fetch_one!(
        tx,
        HeadRecord,
        "select epoch, seq, mark, floor from feed_heads where community = $1",
        community
    )?;
    Ok(Feed { head: Cursor { epoch: head.epoch, seq: head.seq, mark: head.mark }, floor: head.floor })
}

/// The mark of the commit that `seq` belongs to.
pub(super) async fn mark_at(
    tx: &mut Tx,
    community: CommunityId,
    seq: u64,
) -> Result<Option<[u8; 8]>, StoreError> {
    let mark = fetch_optional!(
        tx,
        MarkRecord,
        "select mark from feed_marks where community = $1 and seq >= $2 order by seq limit 1",
        community,
        seq
    )?;
    Ok(mark.map(|record| record.mark))
}

/// At most `limit` rows changed after `seq`, in order of their change.
pub(super) async fn changed_after(
    tx: &mut Tx,
    community: CommunityId,
    seq: u64,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let rows = fetch_all!(
        tx,
        RowRecord,
        "select kind, id, schema, seq, body from feed_rows where community = $1 and seq > $2
         order by seq limit $3",
        community,
        seq,
        limit as u64
    )?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// At most `limit` living rows behind `place`, in order of kind and id.
pub(super) async fn living_after(
    tx: &mut Tx,
    community: CommunityId,
    place: Option<SnapshotPlace>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let place = place.unwrap_or(SnapshotPlace { kind: RowKind(0), id: RowId([0; 16]) });
    let rows = fetch_all!(
        tx,
        RowRecord,
        "select kind, id, schema, seq, body from feed_rows
         where community = $1 and (kind, id) > ($2, $3) and body is not null
         order by kind, id limit $4",
        community,
        place.kind.0,
        Uuid::from(place.id),
        limit as u64
    )?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// The rows of these passes: kind 6.
pub(super) async fn pass_rows(
    tx: &mut Tx,
    community: CommunityId,
    passes: &[PassId],
) -> Result<Vec<Row>, StoreError> {
    let rows = fetch_in!(
        tx,
        RowRecord,
        "select kind, id, schema, seq, body from feed_rows where kind = 6 and community = ",
        community,
        " and id",
        passes
    )?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// The last change that was committed before `instant`, if there was one.
pub(super) async fn last_seq_before(
    tx: &mut Tx,
    community: CommunityId,
    instant: UnixMs,
) -> Result<Option<u64>, StoreError> {
    let last = fetch_optional!(
        tx,
        SeqRecord,
        "select seq from feed_marks where community = $1 and at < $2 order by seq desc limit 1",
        community,
        instant
    )?;
    Ok(last.map(|record| record.seq))
}

/// Forgets tombstones and marks up to `floor`, and that a copy from before it can be continued.
///
/// Takes the counter row first, so that no reader finds the old floor and the new rows.
pub(super) async fn raise_floor(tx: &mut Tx, community: CommunityId, floor: u64) -> Result<(), StoreError> {
    execute!(tx, "update feed_heads set floor = $2 where community = $1 and floor < $2", community, floor)?;
    execute!(
        tx,
        "delete from feed_rows where community = $1 and seq <= $2 and body is null",
        community,
        floor
    )?;
    execute!(tx, "delete from feed_marks where community = $1 and seq < $2", community, floor)?;
    Ok(())
}

/// Begins a new life of every feed: no cursor of the old one can be continued.
pub(super) async fn renew_epoch(
    tx: &mut Tx,
    community: CommunityId,
    epoch: FeedEpochId,
) -> Result<(), StoreError> {
    execute!(tx, "update feed_heads set epoch = $2 where community = $1", community, epoch)?;
    Ok(())
}
