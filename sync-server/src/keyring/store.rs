//! The table of the communities' keys.

use gatehouse::{id::CommunityId, keys::PublicKey, time::UnixMs};
use uuid::Uuid;

use super::{PublicPassKey, Purpose};
use crate::{
    execute, fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    struct SealedRecord {
        id: Uuid,
        sealed: Vec<u8>,
    }

    struct PublicRecord {
        id: Uuid,
        public: [u8; 32],
        not_before: UnixMs,
        not_after: Option<UnixMs>,
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    purpose: Purpose,
    public: Option<[u8; 32]>,
    sealed: &[u8],
    not_before: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into community_keys (community, id, purpose, epoch, public, sealed, not_before)
         values ($1, $2, $3, $4, $5, $6, $7)",
        community,
        id,
        purpose.word(),
        purpose.epoch(),
        public,
        sealed,
        not_before
    )?;
    Ok(())
}

/// The newest key of a purpose that is in force, sealed.
pub(super) async fn in_force(
    tx: &mut Tx,
    community: CommunityId,
    purpose: Purpose,
    now: UnixMs,
) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
    let found = fetch_optional!(
        tx,
        SealedRecord,
        "select id, sealed from community_keys
         where community = $1 and purpose = $2 and coalesce(epoch, -1) = $3
             and not_before <= $4 and (not_after is null or not_after > $4)
         order by not_before desc, id desc limit 1",
        community,
        purpose.word(),
        purpose.epoch().map_or(-1, i64::from),
        now
    )?;
    Ok(found.map(|record| (record.id, record.sealed)))
}

/// Every key of a purpose, sealed, the newest first.
pub(super) async fn all(
    tx: &mut Tx,
    community: CommunityId,
    purpose: Purpose,
) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
    let rows = fetch_all!(
        tx,
        SealedRecord,
        "select id, sealed from community_keys where community = $1 and purpose = $2
         order by not_before desc, id desc",
        community,
        purpose.word()
    )?;
    Ok(rows.into_iter().map(|record| (record.id, record.sealed)).collect())
}

/// Ends a key at `not_after`; its secret half is gone.
pub(super) async fn end(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    not_after: UnixMs,
) -> Result<(), StoreError> {
    let nothing: &[u8] = &[];
    execute!(
        tx,
        "update community_keys set not_after = $3, sealed = $4 where community = $1 and id = $2",
        community,
        id,
        not_after,
        nothing
    )?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, community: CommunityId, id: Uuid) -> Result<(), StoreError> {
    execute!(tx, "delete from community_keys where community = $1 and id = $2", community, id)?;
    Ok(())
}

pub(super) async fn pass_keys(tx: &mut Tx, community: CommunityId) -> Result<Vec<PublicPassKey>, StoreError> {
    let keys = fetch_all!(
        tx,
        PublicRecord,
        "select id, public, not_before, not_after from community_keys
         where community = $1 and purpose = 'PASS' order by not_before, id",
        community
    )?;
    let public = |record: PublicRecord| PublicPassKey {
        id: record.id,
        public: PublicKey(record.public),
        not_before: record.not_before,
        not_after: record.not_after,
    };
    Ok(keys.into_iter().map(public).collect())
}
