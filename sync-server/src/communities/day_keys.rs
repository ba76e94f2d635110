//! Day keys: issued to kiosks for yesterday (windows past midnight) and the days ahead, by policy; taken back when
//! they are over or their epoch is.

use std::collections::BTreeSet;

use gatehouse::{
    admission::Policy,
    code::EpochRoot,
    feed::row::{Body, DayKeyRow, RowId},
    hours::{Zone, date_of_day, day_number},
    id::CommunityId,
    time::UnixMs,
};
use jiff::civil::Date;

use super::{Community, store};
use crate::{
    app::App,
    feed::{self, Change},
    http::{Answer, Fault},
    keyring,
    secrets::Sealer,
    store::Tx,
};

/// The community's calendar.
pub fn zone(community: &Community) -> Answer<Zone> {
    Zone::named(&community.zone).map_err(Fault::internal)
}

/// The root of the present epoch's day keys.
pub async fn root(tx: &mut Tx, sealer: &Sealer, community: &Community, now: UnixMs) -> Answer<EpochRoot> {
    Ok(keyring::epoch_root(tx, sealer, community.id, community.key_epoch, now).await?)
}

/// The days whose keys kiosks are to hold at `now`.
pub fn wanted(community: &Community, now: UnixMs) -> Answer<Vec<Date>> {
    let policy = Policy::read(&community.policy).map_err(Fault::internal)?;
    let today = day_number(zone(community)?.local(now).date);
    let last = today + i32::from(policy.day_keys_ahead());
    Ok((today - 1..=last).filter_map(date_of_day).collect())
}

/// What is to be published so that kiosks hold the keys they should, and no others.
pub async fn due(tx: &mut Tx, sealer: &Sealer, community: &Community, now: UnixMs) -> Answer<Vec<Change>> {
    let root = root(tx, sealer, community, now).await?;
    let mut held: BTreeSet<RowId> =
        feed::ids_held(tx, community.id, DayKeyRow::KIND).await?.into_iter().collect();
    let mut changes = Vec::new();
    for date in wanted(community, now)? {
        let row = DayKeyRow {
            date: day_number(date),
            epoch: community.key_epoch,
            key: *root.day_key(community.id, date).bytes(),
        };
        if !held.remove(&row.row_id()) {
            changes.push(Change::put(row.row_id(), &row));
        }
    }
    changes.extend(held.into_iter().map(Change::delete::<DayKeyRow>));
    Ok(changes)
}

/// Publishes what is due for one community.
pub async fn issue(app: &App, community: CommunityId) -> Answer<()> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    store::hold(&mut tx, community).await?;
    let community = store::community(&mut tx, community).await?;
    let changes = due(&mut tx, &app.sealer, &community, now).await?;
    if changes.is_empty() {
        return Ok(());
    }
    feed::publish(&mut tx, community.id, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(())
}
