//! Visits of which something was ordered to be forgotten: no pass is to bring it back.

use std::collections::{BTreeSet, HashMap};

use gatehouse::{
    id::{EventId, PassId, VisitorId},
    journal::Recorded,
};

use super::{
    before::Before,
    effects::{Work, pass_of},
    store::{events, uses::Pass, visits::Held},
};
use crate::store::{StoreError, Tx};

/// Those of the visits in `about` that their passes are not to describe. The database is asked about those alone that have
/// lost the name that their pass gave them.
pub(super) async fn of(
    tx: &mut Tx,
    work: &Work<'_>,
    about: &HashMap<VisitorId, Vec<Recorded>>,
    held: &HashMap<VisitorId, Held>,
    passes: &HashMap<PassId, Pass>,
    before: &Before,
) -> Result<BTreeSet<VisitorId>, StoreError> {
    let mut forgotten = BTreeSet::new();
    let mut nameless: HashMap<EventId, VisitorId> = HashMap::new();
    for (visit, events) in about {
        let named =
            |recorded: &Recorded| pass_of(&recorded.act).is_some_and(|pass| passes.contains_key(&pass));
        if events.iter().any(|recorded| before.is_erased(recorded.event.id)) {
            forgotten.insert(*visit);
        } else if held.get(visit).is_some_and(|held| held.name.is_none()) && events.iter().any(named) {
            nameless.extend(events.iter().map(|recorded| (recorded.event.id, *visit)));
        }
    }
    let asked: Vec<EventId> = nameless.keys().copied().collect();
    let erased = events::erased(tx, work.community, &asked).await?;
    forgotten.extend(erased.iter().filter_map(|event| nameless.get(event)));
    Ok(forgotten)
}
