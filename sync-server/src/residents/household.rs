//! Moving in and moving out, and what follows from it for units and passes.

use std::collections::BTreeSet;

use gatehouse::{
    api::{problem::Code, residents::Resident},
    id::{CommunityId, UnitId, UserId},
    time::UnixMs,
    words::{Deed, Role, UnitState},
};

use super::store::{self, ResidentRecord};
use crate::{
    accounts::{join, store as accounts, taken},
    app::App,
    feed::Change,
    http::{Answer, Fault},
    passes::{photos::store as photos, store as passes},
    store::Tx,
    units::store as units,
};

/// Somebody moves into `unit_ids`, for the first time, again, or into further ones, approved; answers what is to be
/// published.
pub async fn move_in(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    unit_ids: &[UnitId],
) -> Answer<Vec<Change>> {
    let membership = match accounts::hold_membership(tx, community, user, &Role::Resident).await? {
        Some(held) if held.status == "ACTIVE" => held.id,
        _ => join(app, tx, community, user, &Role::Resident, "ACTIVE").await?,
    };
    let lived_in = accounts::units_of(tx, community, membership).await?;
    if unit_ids.iter().all(|unit| lived_in.contains(unit)) {
        return Err(taken("unit_ids", "they live there already"));
    }
    let mut changes = Vec::new();
    for unit in unit_ids {
        let known = units::unit(tx, community, *unit).await?;
        if known.is_none() {
            return Err(Fault::invalid("unit_ids", "no such unit"));
        }
        accounts::insert_membership_unit(tx, community, membership, *unit, Some(app.now())).await?;
        changes.extend(occupy(tx, community, *unit).await?);
    }
    Ok(changes)
}

/// An admin approves a resident who registered, having `seen` that they asked for these units, where that is said.
pub async fn approve(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    resident: &ResidentRecord,
    seen: Option<&[UnitId]>,
) -> Answer<Vec<Change>> {
    let now = app.now();
    // Whoever makes another's of the account waits, or was first and has ended what is to be approved.
    accounts::hold_account(tx, resident.user_id).await?;
    let set = accounts::set_membership_status(tx, community, resident.membership, "PENDING", "ACTIVE", now);
    if !set.await? {
        return Err(Code::WrongState.into());
    }
    // Nobody adds a unit to it from here on.
    let units = accounts::units_of(tx, community, resident.membership).await?;
    if seen.is_some_and(|seen| BTreeSet::from_iter(seen) != BTreeSet::from_iter(&units)) {
        return Err(Fault::new(Code::WrongState).detail("they ask for other units by now: look again"));
    }
    accounts::enter_units(tx, community, resident.membership, now).await?;
    let mut changes = Vec::new();
    for unit in units {
        changes.extend(occupy(tx, community, unit).await?);
    }
    Ok(changes)
}

async fn occupy(tx: &mut Tx, community: CommunityId, unit: UnitId) -> Answer<Option<Change>> {
    let mut unit = units::hold(tx, community, unit).await?.ok_or(Code::NotFound)?;
    if unit.state != UnitState::Vacant {
        return Ok(None);
    }
    unit.state = UnitState::Occupied;
    units::update(tx, community, &unit).await?;
    Ok(Some(unit.change()))
}

/// A resident's membership ends. Of one who was never approved that is all: the household they wanted to belong to has
/// nothing to do with it. Answers what is to be published, and the deed.
pub async fn move_out(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    resident: &ResidentRecord,
) -> Answer<(Vec<Change>, Deed)> {
    let now = app.now();
    let status = resident.status.as_str();
    if status == "ENDED"
        || !accounts::set_membership_status(tx, community, resident.membership, status, "ENDED", now).await?
    {
        return Err(Code::WrongState.into());
    }
    if status != "ACTIVE" {
        return Ok((Vec::new(), Deed::ResidentRejected));
    }
    accounts::revoke_sessions(tx, community, resident.membership, now).await?;
    Ok((leave(tx, community, resident, now).await?, Deed::ResidentMovedOut))
}

/// What a resident leaves behind is worth nothing any more: their passes are revoked, all of the unit's where nobody is
/// left in it, and what their household fetched ahead for spoken answers dies, since the units' epochs go up.
async fn leave(
    tx: &mut Tx,
    community: CommunityId,
    resident: &ResidentRecord,
    now: UnixMs,
) -> Answer<Vec<Change>> {
    let mut changes = Vec::new();
    for unit in accounts::units_of(tx, community, resident.membership).await? {
        let mut record = units::hold(tx, community, unit).await?.ok_or(Code::NotFound)?;
        record.epoch += 1;
        let is_empty = store::living_in(tx, community, unit).await? == 0;
        if is_empty && record.state == UnitState::Occupied {
            record.state = UnitState::Vacant;
        }
        units::update(tx, community, &record).await?;
        changes.push(record.change());
        let maker = (!is_empty).then_some(resident.user_id);
        for mut pass in passes::valid_of_unit(tx, community, unit, maker, now).await? {
            pass.revoked_at = Some(now);
            passes::revoke(tx, community, pass.id, now).await?;
            changes.push(pass.change()?);
            changes.extend(photos::forget(tx, community, pass.id).await?);
        }
    }
    Ok(changes)
}

/// The resident as an admin sees it.
pub async fn show(tx: &mut Tx, community: CommunityId, resident: ResidentRecord) -> Answer<Resident> {
    Ok(Resident {
        unit_ids: accounts::units_of(tx, community, resident.membership).await?,
        membership_id: resident.membership,
        id: resident.user_id,
        name: resident.name,
        phone: resident.phone,
        email: resident.email,
        status: resident.status,
        created_at: resident.created_at,
    })
}
