//! The outbox.

use gatehouse::{
    id::{CommunityId, UnitId, UserId, VisitorId},
    time::UnixMs,
};

use crate::{
    execute, fetch_all, fetch_in, insert_all, record,
    store::{StoreError, Tx},
};

record! {
    /// Something to be told, taken for a try.
    pub(super) struct Due {
        pub(super) community: CommunityId,
        pub(super) visitor: VisitorId,
        pub(super) attempts: u32,
        pub(super) at: UnixMs,
        pub(super) expires_at: UnixMs,
    }

    struct ResidentOf {
        user_id: UserId,
    }
}

/// A visitor who waits.
pub(super) struct Waiting {
    pub(super) visitor: VisitorId,
    pub(super) at: UnixMs,
    pub(super) expires_at: UnixMs,
}

pub(super) async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    waiting: &[Waiting],
    now: UnixMs,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into outbox (community, visitor, at, expires_at, due_at, attempts) ",
        waiting,
        |one| [community, one.visitor, one.at, one.expires_at, now, 0_u32],
        " on conflict (community, visitor) do nothing"
    )
}

/// Takes what is due at `now` for a try that may last until `lease`: nobody else takes it meanwhile.
pub(super) async fn take(tx: &mut Tx, now: UnixMs, lease: UnixMs, most: i64) -> Result<Vec<Due>, StoreError> {
    fetch_all!(
        tx,
        Due,
        "update outbox set attempts = attempts + 1, due_at = $2
         where told_at is null and due_at <= $1 and expires_at > $1 and visitor in
             (select visitor from outbox where told_at is null and due_at <= $1 and expires_at > $1
              order by due_at limit $3)
         returning community, visitor, attempts, at, expires_at",
        now,
        lease,
        most
    )
}

/// It arrived, or there is nothing to tell any more.
pub(super) async fn done(tx: &mut Tx, due: &Due, now: UnixMs) -> Result<(), StoreError> {
    execute!(
        tx,
        "update outbox set told_at = $3 where community = $1 and visitor = $2",
        due.community,
        due.visitor,
        now
    )?;
    Ok(())
}

/// It did not arrive: again at `next`.
pub(super) async fn put_off(tx: &mut Tx, due: &Due, next: UnixMs) -> Result<(), StoreError> {
    execute!(
        tx,
        "update outbox set due_at = $3 where community = $1 and visitor = $2",
        due.community,
        due.visitor,
        next
    )?;
    Ok(())
}

/// The residents of some units.
pub(super) async fn residents(
    tx: &mut Tx,
    community: CommunityId,
    units: &[UnitId],
) -> Result<Vec<UserId>, StoreError> {
    let rows = fetch_in!(
        tx,
        ResidentOf,
        "select distinct m.user_id from membership_units u
         join memberships m on m.community = u.community and m.id = u.membership
         where m.role = 'RESIDENT' and m.status = 'ACTIVE' and u.community = ",
        community,
        " and u.unit",
        units,
        " order by m.user_id"
    )?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}

/// Forgets what was worth nothing any more by `by`.
pub async fn forget_over(tx: &mut Tx, by: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "delete from outbox where expires_at <= $1", by)?;
    Ok(())
}
