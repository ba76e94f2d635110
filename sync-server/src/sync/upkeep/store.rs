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

/// Visits that ended by `instant`. A time to come, which a gate whose clock is ahead tells, is no end: that they were known
/// of then is what counts.
pub(super) async fn visits_ended_by(
    tx: &mut Tx,
    community: CommunityId,
    instant: UnixMs,
    now: UnixMs,
    limit: u32,
) -> Result<Vec<RowId>, StoreError> {
    let over = fetch_all!(
        tx,
        IdRecord,
        "select f.id from feed_rows f join visitors v on v.community = f.community and v.id = f.id
         where f.community = $1 and f.kind = 9 and f.body is not null
             and v.status in ('EXITED', 'DENIED', 'LAPSED', 'APPROVED')
             and (case when coalesce(v.check_out_time, v.answered_at, v.asked_at) <= $3
                 then coalesce(v.check_out_time, v.answered_at, v.asked_at) else v.created_at end) < $2
         limit $4",
        community,
        instant,
        now,
        limit
    )?;
    Ok(ids(over))
}

/// Uses of passes that ended by `instant`, and those that came by `unknown` of passes that the database does not have.
pub(super) async fn uses_ended_by(
    tx: &mut Tx,
    community: CommunityId,
    instant: UnixMs,
    unknown: UnixMs,
    limit: u32,
) -> Result<Vec<RowId>, StoreError> {
    let over = fetch_all!(
        tx,
        IdRecord,
        "select f.id from feed_rows f
         join pass_uses u on u.community = f.community and u.event = f.id
         left join passes p on p.community = u.community and p.id = u.pass
         where f.community = $1 and f.kind = 8 and f.body is not null and (p.valid_until < $2
             or p.id is null and (select min(e.received_at) from journal_events e
                 where e.community = u.community and e.id = u.event) < $3)
         limit $4",
        community,
        instant,
        unknown,
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
