//! Writing the feed: the one primitive by which a change reaches the kiosks.

mod store;

use gatehouse::{
    entropy::Entropy,
    feed::{
        Cursor,
        row::{Body, RowId, RowKind},
    },
    id::{CommunityId, FeedEpochId},
    time::UnixMs,
};

use crate::store::{StoreError, Tx};

/// One entity's new state, or that it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    kind: RowKind,
    schema: u16,
    id: RowId,
    body: Option<Vec<u8>>,
}

impl Change {
    /// The entity `id` is now as `body` says.
    pub fn put<B: Body>(id: impl Into<RowId>, body: &B) -> Self {
        Self { kind: B::KIND, schema: B::SCHEMA, id: id.into(), body: Some(body.to_body()) }
    }

    /// The entity `id` is gone.
    pub fn delete<B: Body>(id: impl Into<RowId>) -> Self {
        Self { kind: B::KIND, schema: B::SCHEMA, id: id.into(), body: None }
    }

    /// The entity of that kind and id is gone.
    pub fn gone(kind: RowKind, id: RowId) -> Self {
        Self { kind, schema: 1, id, body: None }
    }
}

/// What a publication became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Number of the first change; the n-th of them (from 0) has `first + n`.
    pub first: u64,
    /// The head of the feed after it.
    pub head: Cursor,
}

/// Begins a community's feed. Once, when the community is made.
pub async fn begin(
    tx: &mut Tx,
    community: CommunityId,
    now: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<(), StoreError> {
    let epoch = FeedEpochId::new(now, entropy);
    store::insert_head(tx, community, epoch, entropy.bytes(), now).await
}

/// Writes `changes` to the community's feed, each entity at most once among them.
///
/// This takes the community's counter row, which every other writer then waits for: call it as the last thing
/// before [`Tx::commit`], with the bodies ready, so that the order of commits is the order of seq on PostgreSQL too.
pub async fn publish(
    tx: &mut Tx,
    community: CommunityId,
    changes: &[Change],
    now: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<Published, StoreError> {
    let count = changes.len() as u64;
    if count == 0 {
        let head = store::head(tx, community).await?;
        return Ok(Published { first: head.seq + 1, head });
    }
    let head = store::write(tx, community, changes, entropy.bytes(), now).await?;
    tx.note_published(community);
    Ok(Published { first: head.seq - count + 1, head })
}

/// The entities of a kind that the feed holds, tombstones aside.
pub async fn ids_held(tx: &mut Tx, community: CommunityId, kind: RowKind) -> Result<Vec<RowId>, StoreError> {
    store::ids_held(tx, community, kind).await
}
