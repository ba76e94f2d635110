//! Forgetting what an event or a visit says of persons: here, at every kiosk, and in whatever is still to come.

use std::collections::{BTreeSet, HashMap};

use gatehouse::{
    feed::row::ErasureRow,
    id::{EventId, VisitorId},
    journal::Act,
};

use super::{
    Setting,
    before::Before,
    effects::Work,
    store::{events, visits},
    telling,
};
use crate::{
    feed::Change,
    photos,
    store::{StoreError, Tx},
};

/// Erases the details of an event, come or still to come; nothing when that was done before. The caller publishes what is
/// answered and commits.
pub async fn erase(
    tx: &mut Tx,
    setting: Setting<'_>,
    event: EventId,
) -> Result<Option<Vec<Change>>, StoreError> {
    let Setting { community, now, .. } = setting;
    events::take_turn(tx, community).await?;
    if !events::erase(tx, community, event, now).await? {
        return Ok(None);
    }
    let held = events::of_ids(tx, community, &[event]).await?;
    let told_in: BTreeSet<VisitorId> = held.iter().filter_map(|stored| stored.visit).collect();
    for visit in &told_in {
        visits::erase(tx, community, *visit).await?;
    }
    let mut orders = vec![event];
    // Who is forgotten is forgotten in pictures too.
    let told_in_all: Vec<VisitorId> = told_in.iter().copied().collect();
    for stored in events::of_visits(tx, community, &told_in_all).await? {
        let id = stored.id;
        let is_photo = stored.recorded().is_some_and(|told| matches!(told.act, Act::PhotoTaken { .. }));
        if is_photo && id != event && events::erase(tx, community, id, now).await? {
            orders.push(id);
        }
    }
    forget(tx, setting, &told_in, &orders).await.map(Some)
}

/// Erases what a visit that is there says of persons, whether a gate told it or somebody over the API, and the details of
/// every event about it; nothing when that was done before. The caller publishes what is answered and commits.
pub async fn erase_visit(
    tx: &mut Tx,
    setting: Setting<'_>,
    visit: VisitorId,
) -> Result<Option<Vec<Change>>, StoreError> {
    let Setting { community, now, .. } = setting;
    events::take_turn(tx, community).await?;
    let said = visits::erase(tx, community, visit).await?;
    let mut orders = Vec::new();
    for event in events::ids_of_visit(tx, community, visit).await? {
        if events::erase(tx, community, event, now).await? {
            orders.push(event);
        }
    }
    if !said && orders.is_empty() {
        return Ok(None);
    }
    forget(tx, setting, &BTreeSet::from([visit]), &orders).await.map(Some)
}

/// Tells `visits` as they are without what was erased, and kiosks to forget the events of `orders`.
async fn forget(
    tx: &mut Tx,
    setting: Setting<'_>,
    visits: &BTreeSet<VisitorId>,
    orders: &[EventId],
) -> Result<Vec<Change>, StoreError> {
    let Setting { community, sealer, now } = setting;
    for order in orders {
        photos::forget(tx, community, *order).await?;
    }
    let work = Work { community, sealer, now };
    let (none, before) = (BTreeSet::new(), Before::default());
    let retold = telling::tell(tx, &work, visits, &none, &[], &HashMap::new(), &before).await?;
    let mut changes = retold.changes;
    changes.extend(orders.iter().map(|order| Change::put(order.0, &ErasureRow { at: now })));
    Ok(changes)
}
