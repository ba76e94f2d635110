//! Which rows of the feed are of what is over.

use gatehouse::{feed::RowId, id::CommunityId, time::UnixMs};
use uuid::Uuid;

use crate::{
    fetch_all, record,
    store::{StoreError, Tx},
};

record! {
    struct IdRecord {
        id: Uuid,
    }
}

fn ids(records: Vec<IdRecord>) -> Vec<RowId> {
    records.into_iter().map(|record| RowId::from(record.id)).collect()
}

pub(super) async fn visits_ended_by(
    tx: &mut Tx,
    community: CommunityId,
    instant: UnixMs,
    limit: u32,
) -> Result<Vec<RowId>, StoreError> {
    let over = fetch_all!(
        tx,
        IdRecord,
        "select f.id from feed_rows f join visitors v on v.community = f.community and v.id = f.id
         where f.community = $1 and f.kind = 9 and f.body is not null
             and v.status in ('EXITED', 'DENIED', 'LAPSED', 'APPROVED')
             and coalesce(v.check_out_time, v.answered_at, v.asked_at, v.created_at) < $2
         limit $3",
        community,
        instant,
        limit
    )?;
    Ok(ids(over))
}

pub(super) async fn uses_ended_by(
    tx: &mut Tx,
    community: CommunityId,
    instant: UnixMs,
    limit: u32,
) -> Result<Vec<RowId>, StoreError> {
    let over = fetch_all!(
        tx,
        IdRecord,
        "select f.id from feed_rows f
         join pass_uses u on u.community = f.community and u.event = f.id
         join passes p on p.community = u.community and p.id = u.pass
         where f.community = $1 and f.kind = 8 and f.body is not null and p.valid_until < $2 limit $3",
        community,
        instant,
        limit
    )?;
    Ok(ids(over))
}

pub(super) async fn erasures_ordered_by(
    tx: &mut Tx,
    community: CommunityId,
    instant: UnixMs,
    limit: u32,
) -> Result<Vec<RowId>, StoreError> {
    let over = fetch_all!(
        tx,
        IdRecord,
        "select f.id from feed_rows f join erasures e on e.community = f.community and e.event = f.id
         where f.community = $1 and f.kind = 12 and f.body is not null and e.at < $2 limit $3",
        community,
        instant,
        limit
    )?;
    Ok(ids(over))
}
