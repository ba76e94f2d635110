//! The tables of accounts and sessions.

use gatehouse::{
    id::{CommunityId, UnitId, UserId},
    words::Role,
};
use uuid::Uuid;

use crate::{
    execute, fetch_all, fetch_one, fetch_optional, record,
    store::{StoreError, Tx},
};

pub(super) async fn insert_server_key(tx: &mut Tx, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into server_keys (name, sealed) values ($1, $2) on conflict (name) do nothing",
        name,
        sealed
    )?;
    Ok(())
}

pub(super) async fn server_key(tx: &mut Tx, name: &str) -> Result<Vec<u8>, StoreError> {
    fetch_one!(tx, (Vec<u8>,), "select sealed from server_keys where name = $1", name).map(|row| row.0)
}

record! {
    /// A session that has not ended, of a membership that is active.
    pub(super) struct LiveSession {
        pub(super) user_id: UserId,
        pub(super) membership: Uuid,
        pub(super) role: Role,
    }

    struct UnitOf {
        unit: UnitId,
    }
}

pub(super) async fn live_session(
    tx: &mut Tx,
    community: CommunityId,
    session: Uuid,
) -> Result<Option<LiveSession>, StoreError> {
    fetch_optional!(
        tx,
        LiveSession,
        "select m.user_id, s.membership, m.role
         from sessions s join memberships m on m.community = s.community and m.id = s.membership
         where s.community = $1 and s.id = $2 and s.revoked_at is null and m.status = 'ACTIVE'",
        community,
        session
    )
}

pub(super) async fn units_of(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
) -> Result<Vec<UnitId>, StoreError> {
    let rows = fetch_all!(
        tx,
        UnitOf,
        "select unit from membership_units where community = $1 and membership = $2 order by unit",
        community,
        membership
    )?;
    Ok(rows.into_iter().map(|row| row.unit).collect())
}
