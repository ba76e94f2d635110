//! Telling visits anew: each from all events about it, those included that name only its pass.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gatehouse::{
    feed::row::VisitRow,
    id::{PassId, VisitorId},
    journal::{Act, Recorded, visit},
    words::VisitorStatus,
};

use super::{
    before::Before,
    effects::Work,
    forgotten,
    store::{
        cases::NewAlert,
        events::{self, StoredEvent},
        uses::Pass,
        visits::{self as visit_store, Held, Told},
    },
    twice, visits,
};
use crate::{
    feed::Change,
    notifications,
    store::{StoreError, Tx},
};

/// What came of telling visits anew.
pub(super) struct Retold {
    /// What is to be published.
    pub(super) changes: Vec<Change>,
    /// Those who were let in twice.
    pub(super) twice: Vec<NewAlert>,
}

/// Tells every visit of `touched` anew, and those that exits on the passes of `unpaired` may have ended. `taken` are
/// the events that were just stored, but for those that were taken back before they came; `before` is what they came
/// upon.
pub(super) async fn tell(
    tx: &mut Tx,
    work: &Work<'_>,
    touched: &BTreeSet<VisitorId>,
    unpaired: &BTreeSet<PassId>,
    taken: &[&Recorded],
    passes: &HashMap<PassId, Pass>,
    before: &Before,
) -> Result<Retold, StoreError> {
    let there: BTreeSet<VisitorId> = touched.iter().copied().filter(|visit| !before.is_new(*visit)).collect();
    let mut held = hold(tx, work, &there).await?;
    let mut about = events_of(tx, work, touched, &held, taken).await?;
    let ended = ended(tx, work, &mut about, unpaired).await?;
    let others: BTreeSet<VisitorId> =
        about.keys().filter(|visit| !touched.contains(visit)).copied().collect();
    held.extend(hold(tx, work, &others).await?);
    let forgotten = forgotten::of(tx, work, &about, &held, passes, before).await?;
    let twice = about.values().flat_map(|events| twice::alerts(events)).collect();
    let none = HashMap::new();
    let mut changes = Vec::with_capacity(touched.len());
    let mut rows = Vec::with_capacity(touched.len());
    for id in touched.union(&others).copied() {
        let mut events = about.remove(&id).unwrap_or_default();
        events.extend(ended.get(&id).cloned());
        let held = held.get(&id);
        let passes = if forgotten.contains(&id) { &none } else { passes };
        let Some(told) = visits::tell(id, &events, held, passes) else {
            visit_store::void(tx, work.community, id).await?;
            changes.push(Change::delete::<VisitRow>(id.0));
            continue;
        };
        let same = others.contains(&id) && held.is_some_and(|held| held.check_out_time == told.row.exited_at);
        if !same {
            changes.push(Change::put(id.0, &told.row));
            rows.push(told);
        }
    }
    visit_store::write(tx, work.community, &rows, work.now).await?;
    let asks = |told: &&Told| {
        // Nobody is rung up by whoever holds a stolen kiosk.
        told.row.status == VisitorStatus::Pending
            && !told.row.kiosk.is_some_and(|kiosk| before.is_stolen(kiosk))
    };
    let pending = rows.iter().filter(asks);
    let asked: Vec<_> = pending.filter_map(|told| Some((told.id, told.row.asked_at?))).collect();
    notifications::visitors_pending(tx, work.community, &asked, work.now).await?;
    Ok(Retold { changes, twice })
}

async fn hold(
    tx: &mut Tx,
    work: &Work<'_>,
    visits: &BTreeSet<VisitorId>,
) -> Result<HashMap<VisitorId, Held>, StoreError> {
    let visits: Vec<VisitorId> = visits.iter().copied().collect();
    let held = visit_store::hold(tx, work.community, &visits).await?;
    Ok(held.into_iter().map(|held| (held.id, held)).collect())
}

/// The events about visits: stored ones where the visit was known before, else only those just taken in.
async fn events_of(
    tx: &mut Tx,
    work: &Work<'_>,
    touched: &BTreeSet<VisitorId>,
    held: &HashMap<VisitorId, Held>,
    taken: &[&Recorded],
) -> Result<HashMap<VisitorId, Vec<Recorded>>, StoreError> {
    let (known, new): (BTreeSet<_>, BTreeSet<_>) =
        touched.iter().copied().partition(|visit| held.contains_key(visit));
    let mut about = load(tx, work, &known).await?;
    for recorded in taken {
        if let Some(visit) = recorded.visit().filter(|visit| new.contains(visit)) {
            about.entry(visit).or_default().push((*recorded).clone());
        }
    }
    Ok(about)
}

async fn load(
    tx: &mut Tx,
    work: &Work<'_>,
    visits: &BTreeSet<VisitorId>,
) -> Result<HashMap<VisitorId, Vec<Recorded>>, StoreError> {
    let visits: Vec<VisitorId> = visits.iter().copied().collect();
    let mut about: HashMap<VisitorId, Vec<Recorded>> = HashMap::new();
    for stored in events::of_visits(tx, work.community, &visits).await? {
        let Some(visit) = stored.visit else { continue };
        about.entry(visit).or_default().extend(stored.recorded());
    }
    Ok(about)
}

/// The exits without a known entry, by the visits they ended. All visits of their passes are loaded into `about`.
async fn ended(
    tx: &mut Tx,
    work: &Work<'_>,
    about: &mut HashMap<VisitorId, Vec<Recorded>>,
    unpaired: &BTreeSet<PassId>,
) -> Result<HashMap<VisitorId, Recorded>, StoreError> {
    let named = about.values().flatten().filter_map(|recorded| match &recorded.act {
        Act::Admitted { pass, .. } => *pass,
        _ => None,
    });
    let named: BTreeSet<PassId> = named.chain(unpaired.iter().copied()).collect();
    let named: Vec<PassId> = named.into_iter().collect();
    let passes = events::passes_unpaired(tx, work.community, &named).await?;
    if passes.is_empty() {
        return Ok(HashMap::new());
    }
    let of_passes = events::of_passes(tx, work.community, &passes).await?;
    let of_passes: Vec<Recorded> = of_passes.into_iter().filter_map(StoredEvent::recorded).collect();
    let others: BTreeSet<VisitorId> =
        of_passes.iter().filter_map(Recorded::visit).filter(|visit| !about.contains_key(visit)).collect();
    about.extend(load(tx, work, &others).await?);
    // An exit chosen from the list names its visit alone.
    let mut known: BTreeMap<_, &Recorded> = BTreeMap::new();
    for recorded in of_passes.iter().chain(about.values().flatten()) {
        known.insert(recorded.event.id, recorded);
    }
    let ended = visit::ended(known.values().copied());
    let exits = ended.into_iter().filter_map(|(visit, exit)| Some((visit, (*known.get(&exit)?).clone())));
    Ok(exits.collect())
}
