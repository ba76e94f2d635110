//! Passes that ended long ago leave the feed. Until then they stay in it, the revoked ones above all: no snapshot is
//! to revive one.

use gatehouse::{
    feed::row::{Body, PassRow},
    id::CommunityId,
    time::DAY,
};

use super::{photos, store};
use crate::{
    app::App,
    feed::{self, Change},
    http::Answer,
};

/// How long after its token's end a pass stays in the feed, in milliseconds.
pub(super) const KEPT: i64 = 30 * DAY;
/// How many leave at once at most: the feed's writers wait meanwhile.
const AT_ONCE: i64 = 500;

/// Takes passes that ended thirty days ago out of the feed; answers whether there may be more.
pub async fn retire(app: &App, community: CommunityId) -> Answer<bool> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    let over = store::in_feed_ended_by(&mut tx, community, PassRow::KIND, now.plus(-KEPT), AT_ONCE).await?;
    if over.is_empty() {
        return Ok(false);
    }
    let mut changes: Vec<_> = over.iter().map(|pass| Change::delete::<PassRow>(pass.0)).collect();
    for pass in &over {
        changes.extend(photos::store::forget(&mut tx, community, *pass).await?);
    }
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(i64::try_from(over.len()).is_ok_and(|left| left == AT_ONCE))
}
