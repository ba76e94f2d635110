//! Moving in and moving out, and what follows from it for units and passes.

use gatehouse::{
    api::{problem::Code, residents::Resident},
    id::{CommunityId, UnitId, UserId},
    words::{Role, UnitState},
};

use super::store::{self, ResidentRecord};
use crate::{
    accounts::store::{self as accounts, Account},
    app::App,
    feed::Change,
    http::{Answer, Fault},
    passes::{photos::store as photos, store as passes},
    store::Tx,
    units::store as units,
};

/// A new resident's account and membership, approved, in `unit_ids`; answers what is to be published.
pub async fn move_in(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    account: &Account,
    unit_ids: &[UnitId],
) -> Answer<Vec<Change>> {
    let now = app.now();
    let membership = UserId::new(now, &mut app.entropy()).0;
    accounts::insert_account(tx, account, now).await?;
    accounts::insert_membership(tx, community, membership, account.id, &Role::Resident, "ACTIVE", now)
        .await?;
    let mut changes = Vec::new();
    for unit in unit_ids {
        let known = units::unit(tx, community, *unit).await?;
        if known.is_none() {
            return Err(Fault::invalid("unit_ids", "no such unit"));
        }
        accounts::insert_membership_unit(tx, community, membership, *unit).await?;
        changes.extend(occupy(tx, community, *unit).await?);
    }
    Ok(changes)
}

/// An admin approves a resident who registered.
pub async fn approve(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    resident: &ResidentRecord,
) -> Answer<Vec<Change>> {
    let set =
        accounts::set_membership_status(tx, community, resident.membership, "PENDING", "ACTIVE", app.now());
    if !set.await? {
        return Err(Code::WrongState.into());
    }
    let mut changes = Vec::new();
    for unit in accounts::units_of(tx, community, resident.membership).await? {
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

/// A resident moves out: their sessions end, their passes are revoked, and what their household fetched ahead for
/// spoken answers is worth nothing, since the units' epochs go up.
pub async fn move_out(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    resident: &ResidentRecord,
) -> Answer<Vec<Change>> {
    let now = app.now();
    if resident.status == "ENDED" {
        return Err(Code::WrongState.into());
    }
    accounts::set_membership_status(tx, community, resident.membership, &resident.status, "ENDED", now)
        .await?;
    accounts::revoke_sessions(tx, community, resident.membership, now).await?;
    let mut changes = Vec::new();
    for unit in accounts::units_of(tx, community, resident.membership).await? {
        let mut record = units::hold(tx, community, unit).await?.ok_or(Code::NotFound)?;
        record.epoch += 1;
        if store::living_in(tx, community, unit).await? == 0 && record.state == UnitState::Occupied {
            record.state = UnitState::Vacant;
        }
        units::update(tx, community, &record).await?;
        changes.push(record.change());
        for mut pass in passes::valid_of_maker(tx, community, unit, resident.user_id, now).await? {
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
