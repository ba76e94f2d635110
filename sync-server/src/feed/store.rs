//! The feed's tables, as far as writing goes.

use gatehouse::{
    feed::{Cursor, RowId, RowKind},
    id::{CommunityId, FeedEpochId},
    time::UnixMs,
};
use uuid::Uuid;

use super::Change;
use crate::{
    execute, fetch_all, fetch_one, insert_all, record,
    store::{Column as _, Engine, StoreError, Tx},
};

record! {
    struct Head {
        epoch: FeedEpochId,
        seq: u64,
        mark: [u8; 8],
    }
}

impl From<Head> for Cursor {
    fn from(Head { epoch, seq, mark }: Head) -> Self {
        Self { epoch, seq, mark }
    }
}

pub(super) async fn head(tx: &mut Tx, community: CommunityId) -> Result<Cursor, StoreError> {
    let head =
        fetch_one!(tx, Head, "select epoch, seq, mark from feed_heads where community = $1", community)?;
    Ok(head.into())
}

pub(super) async fn insert_head(
    tx: &mut Tx,
    community: CommunityId,
    epoch: FeedEpochId,
    mark: [u8; 8],
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into feed_heads (community, epoch, seq, mark, floor) values ($1, $2, 0, $3, 0)",
        community,
        epoch,
        mark
    )?;
    insert_mark(tx, community, 0, mark, now).await
}

/// Takes the counter row and moves it on by the number of `changes`, which are written in their order.
///
/// PostgreSQL is asked once for all of it, and whatever else is gathered to be written: while the counter row is
/// taken, nobody else writes.
pub(super) async fn write(
    tx: &mut Tx,
    community: CommunityId,
    changes: &[Change],
    mark: [u8; 8],
    now: UnixMs,
) -> Result<Cursor, StoreError> {
    let (connection, gathered) = match tx.gathering(TAKE).await? {
        (Engine::Postgres(connection), gathered) => (connection, gathered),
        (Engine::Sqlite(_), _) => return write_stepwise(tx, community, changes, mark, now).await,
    };
    let (community, count) = (community.to_sql(), (changes.len() as u64).to_sql());
    gathered
        .named("head", TAKE)
        .push_bind(count)
        .push(", mark = ")
        .push_bind(mark.to_sql())
        .push(" where community = ")
        .push_bind(community)
        .push(" returning epoch, seq, mark");
    gathered
        .part("insert into feed_marks (community, seq, mark, at) ")
        .push("select ")
        .push_bind(community)
        .push(", seq, mark, ")
        .push_bind(now.to_sql())
        .push(" from head on conflict (community, seq) do update set mark = excluded.mark, at = excluded.at");
    gathered
        .part("insert into feed_rows (community, kind, id, schema, seq, body) ")
        .push("select ")
        .push_bind(community)
        .push(", new.kind, new.id, new.schema, head.seq - ")
        .push_bind(count)
        .push(" + new.place, new.body from head, unnest(")
        .push_bind(column(changes, |change| change.kind.0.to_sql()))
        .push(", ")
        .push_bind(column(changes, |change| Uuid::from(change.id)))
        .push(", ")
        .push_bind(column(changes, |change| change.schema.to_sql()))
        .push(", ")
        .push_bind(column(changes, |change| change.body.clone()))
        .push(
            ") with ordinality as new (kind, id, schema, body, place) on conflict (community, kind, id)
              do update set schema = excluded.schema, seq = excluded.seq, body = excluded.body",
        );
    let head: Head = gathered.fetch_one(connection, "select epoch, seq, mark from head").await?;
    Ok(head.into())
}

const TAKE: &str = "update feed_heads set seq = seq + ";

fn column<T>(changes: &[Change], of: impl Fn(&Change) -> T) -> Vec<T> {
    changes.iter().map(of).collect()
}

async fn write_stepwise(
    tx: &mut Tx,
    community: CommunityId,
    changes: &[Change],
    mark: [u8; 8],
    now: UnixMs,
) -> Result<Cursor, StoreError> {
    let count = changes.len() as u64;
    let head = fetch_one!(
        tx,
        Head,
        "update feed_heads set seq = seq + $2, mark = $3 where community = $1 returning epoch, seq, mark",
        community,
        count,
        mark
    )?;
    insert_mark(tx, community, head.seq, mark, now).await?;
    let numbered: Vec<(u64, &Change)> = (head.seq - count + 1..).zip(changes).collect();
    insert_all!(
        tx,
        "insert into feed_rows (community, kind, id, schema, seq, body) ",
        numbered,
        |row| [community, row.1.kind.0, Uuid::from(row.1.id), row.1.schema, row.0, row.1.body],
        " on conflict (community, kind, id)
         do update set schema = excluded.schema, seq = excluded.seq, body = excluded.body"
    )?;
    Ok(head.into())
}

async fn insert_mark(
    tx: &mut Tx,
    community: CommunityId,
    seq: u64,
    mark: [u8; 8],
    now: UnixMs,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into feed_marks (community, seq, mark, at) ",
        [(seq, mark)],
        |new| [community, new.0, new.1, now],
        " on conflict (community, seq) do update set mark = excluded.mark, at = excluded.at"
    )
}

pub(super) async fn ids_held(
    tx: &mut Tx,
    community: CommunityId,
    kind: RowKind,
) -> Result<Vec<RowId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid,),
        "select id from feed_rows where community = $1 and kind = $2 and body is not null order by id",
        community,
        kind.0
    )?;
    Ok(rows.into_iter().map(|row| RowId::from(row.0)).collect())
}
