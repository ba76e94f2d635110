//! What is known of photos.

mod media;

use gatehouse::{
    hash::Hash,
    id::{CommunityId, EventId, VisitorId},
    time::UnixMs,
};

use crate::{
    execute, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    struct PhotoRecord {
        event: EventId,
    }
}

/// A photo that an event tells of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub event: EventId,
    pub visit: VisitorId,
    pub digest: Hash,
    pub at: UnixMs,
}

/// Keeps a photo; one that is kept already stays.
pub(super) async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    told: &Told,
    jpeg: &[u8],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into photos (community, event, visit, digest, taken_at) values ($1, $2, $3, $4, $5)
         on conflict (community, event) do nothing",
        community,
        told.event,
        told.visit,
        told.digest.0,
        told.at
    )?;
    media::put(tx, community, told.event, jpeg).await
}

async fn newest(
    tx: &mut Tx,
    community: CommunityId,
    visit: VisitorId,
) -> Result<Option<EventId>, StoreError> {
    let found = fetch_optional!(
        tx,
        PhotoRecord,
        "select event from photos where community = $1 and visit = $2 order by taken_at desc, event desc limit 1",
        community,
        visit
    )?;
    Ok(found.map(|found| found.event))
}

/// Whether there is a photo of a visit.
pub async fn has_photo(tx: &mut Tx, community: CommunityId, visit: VisitorId) -> Result<bool, StoreError> {
    Ok(newest(tx, community, visit).await?.is_some())
}

/// The newest photo of a visit.
pub(super) async fn photo(
    tx: &mut Tx,
    community: CommunityId,
    visit: VisitorId,
) -> Result<Option<Vec<u8>>, StoreError> {
    match newest(tx, community, visit).await? {
        Some(event) => media::get(tx, community, event).await,
        None => Ok(None),
    }
}

/// Forgets the photo of an event. The caller commits.
pub async fn forget(tx: &mut Tx, community: CommunityId, event: EventId) -> Result<(), StoreError> {
    execute!(tx, "delete from photos where community = $1 and event = $2", community, event)?;
    media::delete(tx, community, event).await
}

/// Forgets the photos that were taken before an instant. The caller commits.
pub async fn forget_before(tx: &mut Tx, community: CommunityId, instant: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "delete from photos where community = $1 and taken_at < $2", community, instant)?;
    media::delete_orphans(tx, community).await
}
