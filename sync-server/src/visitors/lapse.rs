//! Questions asked over the API that nobody answered lapse, and so does an approval that nobody came for. What a kiosk
//! asked lapses at the kiosk; here it does once that kiosk is not to be heard of any more. What it tells after all
//! stands: a visit is told by its events.

use gatehouse::{
    id::CommunityId,
    presence::{STANDS_MS, WAITS_MS},
    time::DAY,
    words::VisitorStatus,
};

use super::store::{self, Due};
use crate::{app::App, feed, http::Answer, sync::journal};

/// How long what a kiosk asked waits for the kiosk to tell how it ended, in milliseconds.
const UNTOLD: i64 = DAY;
/// How many change at once at most: the feed's writers wait meanwhile.
const AT_ONCE: i64 = 500;

/// Lapses what is due in a community; answers whether there may be more.
pub async fn lapse(app: &App, community: CommunityId) -> Answer<bool> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    journal::take_turn(&mut tx, community).await?;
    let due = Due { asked: now.plus(-WAITS_MS), approved: now.plus(-STANDS_MS), untold: now.plus(-UNTOLD) };
    let due = store::to_lapse(&mut tx, community, due, AT_ONCE).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let mut changes = Vec::new();
    for mut visitor in due {
        visitor.status = VisitorStatus::Lapsed;
        store::write_answer(&mut tx, community, &visitor).await?;
        let units = store::units_of(&mut tx, community, visitor.id).await?;
        changes.push(visitor.change(units));
    }
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(i64::try_from(changes.len()).is_ok_and(|lapsed| lapsed == AT_ONCE))
}
