//! Where photos' bytes lie: in the database, for one machine. Whoever wants them elsewhere (an object store for many
//! machines) changes this file; nothing else touches the bytes.

use gatehouse::id::{CommunityId, EventId};

use crate::{
    execute, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    struct Bytes {
        bytes: Vec<u8>,
    }
}

/// Keeps the bytes of an event's photo; those that are kept already stay.
pub(super) async fn put(
    tx: &mut Tx,
    community: CommunityId,
    event: EventId,
    bytes: &[u8],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into media (community, event, bytes) values ($1, $2, $3) on conflict (community, event) do nothing",
        community,
        event,
        bytes.to_vec()
    )?;
    Ok(())
}

/// The bytes of an event's photo.
pub(super) async fn get(
    tx: &mut Tx,
    community: CommunityId,
    event: EventId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found = fetch_optional!(
        tx,
        Bytes,
        "select bytes from media where community = $1 and event = $2",
        community,
        event
    )?;
    Ok(found.map(|found| found.bytes))
}

/// Deletes the bytes of an event's photo.
pub(super) async fn delete(tx: &mut Tx, community: CommunityId, event: EventId) -> Result<(), StoreError> {
    execute!(tx, "delete from media where community = $1 and event = $2", community, event)?;
    Ok(())
}

/// Deletes the bytes whose photo is known no longer.
pub(super) async fn delete_orphans(tx: &mut Tx, community: CommunityId) -> Result<(), StoreError> {
    execute!(
        tx,
        "delete from media where community = $1
             and not exists (select 1 from photos p where p.community = media.community and p.event = media.event)",
        community
    )?;
    Ok(())
}
