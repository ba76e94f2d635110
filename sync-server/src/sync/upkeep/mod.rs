//! What a community's feed needs done from time to time: rows of what is over leave it, old tombstones are forgotten,
//! parked events are tried again.

use gatehouse::{
    feed::row::{Body, ErasureRow, RowId, RowKind, UseRow, VisitRow},
    id::CommunityId,
    time::DAY,
};

use super::{
    feed as reading,
    journal::{Setting, parked, take_turn},
};
use crate::{
    app::App,
    feed::{self, Change},
    http::Answer,
    photos,
    store::{StoreError, Tx},
};

mod store;

/// How long a visit that ended stays in the feed, in milliseconds.
const ENDED_KEPT: i64 = DAY;
/// How long the uses of a pass stay after its end, in milliseconds: as long as its own row.
const USES_KEPT: i64 = 30 * DAY;
/// How long after it was made a pass may end, in milliseconds: it begins within a year, and holds for a year.
const LONGEST_PASS: i64 = 732 * DAY;
/// How long an order to forget details stays, in milliseconds: longer than any kiosk keeps its events.
const ERASURES_KEPT: i64 = 60 * DAY;
/// How long tombstones are kept, in milliseconds: a copy older than that loads a snapshot.
const TOMBSTONES_KEPT: i64 = 30 * DAY;
/// How many rows leave at once at most: the feed's writers wait meanwhile.
const AT_ONCE: u32 = 500;

/// Does all that is due for a community.
pub async fn keep(app: &App, community: CommunityId) -> Answer<()> {
    while retire(app, community).await? {}
    try_parked(app, community).await?;
    let mut tx = app.store.write().await?;
    reading::forget_before(&mut tx, community, app.now().plus(-TOMBSTONES_KEPT)).await?;
    tx.commit().await?;
    // The feed's writers do not wait for pictures to go.
    let mut tx = app.store.write().await?;
    photos::forget_before(&mut tx, community, app.now().plus(-photos::KEPT)).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes rows of what is over out of the feed; answers whether there may be more.
async fn retire(app: &App, community: CommunityId) -> Answer<bool> {
    let now = app.now();
    let mut tx = app.store.read().await?;
    let none = over(&mut tx, app, community).await?.is_empty();
    drop(tx);
    if none {
        return Ok(false);
    }
    let mut tx = app.store.write().await?;
    // In turn with uploads: one that comes before may bring a visit back to life.
    take_turn(&mut tx, community).await?;
    let over = over(&mut tx, app, community).await?;
    let changes: Vec<Change> = over.iter().map(|(kind, id)| Change::gone(*kind, *id)).collect();
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(over.len() >= AT_ONCE as usize)
}

async fn over(tx: &mut Tx, app: &App, community: CommunityId) -> Result<Vec<(RowKind, RowId)>, StoreError> {
    let now = app.now();
    let visits = store::visits_ended_by(tx, community, now.plus(-ENDED_KEPT), now, AT_ONCE).await?;
    let instant = now.plus(-USES_KEPT);
    let uses = store::uses_ended_by(tx, community, instant, instant.plus(-LONGEST_PASS), AT_ONCE).await?;
    let erasures = store::erasures_ordered_by(tx, community, now.plus(-ERASURES_KEPT), AT_ONCE).await?;
    let of = |kind, ids: Vec<RowId>| ids.into_iter().map(move |id| (kind, id));
    Ok(of(VisitRow::KIND, visits)
        .chain(of(UseRow::KIND, uses))
        .chain(of(ErasureRow::KIND, erasures))
        .collect())
}

/// Tries every parked event again, some at a time. Nobody waits for it where there is nothing new to be read.
async fn try_parked(app: &App, community: CommunityId) -> Answer<()> {
    let mut after = None;
    loop {
        let mut tx = app.store.read().await?;
        let seen = parked::look(&mut tx, community, after).await?;
        drop(tx);
        if seen.readable > 0 {
            let setting = Setting { community, sealer: &app.sealer, now: app.now() };
            let mut tx = app.store.write().await?;
            parked::retry(&mut tx, setting, after, &mut app.entropy()).await?;
            tx.commit().await?;
        }
        if seen.last.is_none() {
            return Ok(());
        }
        after = seen.last;
    }
}
