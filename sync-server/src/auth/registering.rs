//! A resident asks to join. Nobody makes themselves more than a resident, and nobody is one before an admin says so.

use std::net::IpAddr;

use gatehouse::{
    api::{
        auth::{Register, Registered},
        problem::Code,
    },
    id::{CommunityId, UnitId, UserId},
    words::Role,
};

use super::attempts::{self, Subject, Tried};
use crate::{
    accounts::{Claim, Newcomer, Said, join, store as accounts, taken},
    app::App,
    communities::store as communities,
    http::{Answer, Fault, Fields},
    store::Tx,
    units::store as units,
};

/// Takes a registration. An account that no admin let in yet, and that somebody else registers as well, loses its
/// password: the admin who lets its holder in hands them a link for a new one. Who gives a contact that somebody else has is
/// made an account with the other one.
///
/// The answer is the same whether the account existed before or not, to all who do not know its
/// password: who holds which phone is nobody's business.
pub(super) async fn register(app: &App, asked: Register, from: IpAddr) -> Answer<Registered> {
    let mut tx = app.store.write().await?;
    attempts::charge(&mut tx, &[Subject::address(from)], app.now()).await?;
    tx.commit().await?;
    if asked.role != Role::Resident {
        return Err(Fault::new(Code::Forbidden).detail("guards and admins are made by an admin"));
    }
    let mut fields = Fields::new();
    let Register { name, phone, email, password, .. } = &asked;
    let newcomer = Newcomer::check(&mut fields, Said { name, phone, email, password });
    let mut tx = app.store.read().await?;
    let community = communities::community_named(&mut tx, asked.community.trim()).await?;
    fields.require(community.is_some(), "community", "no community of this name");
    let unit = match &community {
        Some(community) => {
            units::unit_labelled(&mut tx, community.id, asked.tower.trim(), asked.apartment_no.trim()).await?
        }
        None => None,
    };
    fields.require(unit.is_some() || community.is_none(), "apartment_no", "no such apartment");
    drop(tx);
    fields.finish()?;
    let (Some(community), Some(unit), Some(newcomer)) = (community, unit, newcomer) else {
        return Err(Code::Invalid.into());
    };

    attempts::charge_newcomer(app, &newcomer, from).await?;
    let claim = newcomer.claim(app).await?;
    let now = app.now();
    let mut tx = app.store.write().await?;
    let account = match claim {
        // Whoever knows the account's password may ask for a further membership of it.
        Claim::Own(account) => {
            let of_account = Subject::of_account(&Tried::Known(account.id), from);
            attempts::succeeded(&mut tx, &of_account, &[]).await?;
            Some(account)
        }
        Claim::New { account, others } => {
            let made = newcomer.contest(&mut tx, account, others).await?;
            if let Some(account) = &made {
                accounts::insert_account(&mut tx, account, now).await?;
            }
            made
        }
    };
    if let Some(account) = account {
        ask_for(app, &mut tx, community.id, account.id, unit.id).await?;
    }
    tx.commit().await?;
    Ok(Registered { status: "PENDING".to_owned() })
}

/// A membership of the unit for an admin to decide on: a new one, that of somebody who moved out and comes back, or one
/// that waits already, in which the unit is added.
async fn ask_for(app: &App, tx: &mut Tx, community: CommunityId, user: UserId, unit: UnitId) -> Answer<()> {
    let held = accounts::hold_membership(tx, community, user, &Role::Resident).await?;
    let membership = match held {
        Some(held) if held.status == "PENDING" => held.id,
        // Whoever comes this far has the account's password: they are told nothing that signing in would not tell them.
        Some(held) if held.status == "ACTIVE" => {
            let reason = "you live in this community already: its admin adds a further apartment";
            return Err(taken("apartment_no", reason));
        }
        _ => join(app, tx, community, user, &Role::Resident, "PENDING").await?,
    };
    accounts::insert_membership_unit(tx, community, membership, unit, None).await?;
    Ok(())
}
