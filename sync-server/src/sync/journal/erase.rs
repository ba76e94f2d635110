//! Forgetting what an event says of persons: here, at every kiosk, and in whatever is still to come.

use std::collections::{BTreeSet, HashMap};

use gatehouse::{
    entropy::Entropy,
    feed::row::ErasureRow,
    id::{EventId, VisitorId},
};

use super::{
    Setting,
    effects::Work,
    store::{events, visits},
    telling,
};
use crate::{
    feed::{self, Change},
    store::{StoreError, Tx},
};

/// Erases the details of an event, come or still to come; false when that was done before. The caller commits.
pub async fn erase(
    tx: &mut Tx,
    setting: Setting<'_>,
    event: EventId,
    entropy: &mut impl Entropy,
) -> Result<bool, StoreError> {
    let Setting { community, sealer, now } = setting;
    events::take_turn(tx, community).await?;
    if !events::erase(tx, community, event, now).await? {
        return Ok(false);
    }
    let held = events::of_ids(tx, community, &[event]).await?;
    let told_in: BTreeSet<VisitorId> = held.iter().filter_map(|stored| stored.visit).collect();
    for visit in &told_in {
        visits::erase(tx, community, *visit).await?;
    }
    let work = Work { community, sealer, now };
    let mut changes = telling::tell(tx, &work, &told_in, &BTreeSet::new(), &[], &HashMap::new()).await?;
    changes.push(Change::put(event.0, &ErasureRow { at: now }));
    feed::publish(tx, community, &changes, now, entropy).await?;
    Ok(true)
}
