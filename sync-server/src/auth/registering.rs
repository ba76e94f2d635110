//! A resident asks to join. Nobody makes themselves more than a resident, and nobody is one before an admin says so.

use std::net::IpAddr;

use gatehouse::{
    api::{
        auth::{Register, Registered},
        problem::Code,
    },
    id::UserId,
    words::Role,
};

use super::attempts::{self, Subject};
use crate::{
    accounts::{
        Email, NAME, PASSWORD_LEAST, PASSWORD_MOST, Phone,
        store::{self as accounts, Account},
    },
    app::App,
    communities::store as communities,
    http::{Answer, Fault, Fields},
    units::store as units,
};

/// Takes a registration. The answer is the same whether the account existed before or not: who holds which phone is
/// nobody's business.
pub(super) async fn register(app: &App, asked: Register, from: IpAddr) -> Answer<Registered> {
    let mut tx = app.store.write().await?;
    attempts::charge(&mut tx, &[Subject::address(from)], app.now()).await?;
    tx.commit().await?;
    if asked.role != Role::Resident {
        return Err(Fault::new(Code::Forbidden).detail("guards and admins are made by an admin"));
    }
    let mut fields = Fields::new();
    let name = fields.text("name", &asked.name, 1..=NAME);
    let phone: Option<Phone> = fields.parsed("phone", asked.phone.parse());
    let email: Option<Email> = fields.parsed("email", asked.email.parse());
    let length = asked.password.chars().count();
    fields.require((PASSWORD_LEAST..=PASSWORD_MOST).contains(&length), "password", "10 to 200 characters");
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
    let (Some(community), Some(unit), Some(phone), Some(email)) = (community, unit, phone, email) else {
        return Err(Code::Invalid.into());
    };

    let mut tx = app.store.read().await?;
    let by_phone = accounts::account_of_contact(&mut tx, phone.as_str()).await?;
    let by_email = accounts::account_of_contact(&mut tx, email.as_str()).await?;
    drop(tx);
    let now = app.now();
    let known = by_phone.or(by_email);
    let pending = Registered { status: "PENDING".to_owned() };
    let (user, new) = match known {
        None => {
            let hash = app.passwords.hash(asked.password, &mut app.entropy()).await?;
            let id = UserId::new(now, &mut app.entropy());
            let account = Account {
                id,
                name,
                phone: Some(phone.as_str().to_owned()),
                email: Some(email.as_str().to_owned()),
                password_hash: Some(hash),
            };
            (id, Some(account))
        }
        // Whoever knows the account's password may ask for a further membership of it.
        Some(account) => {
            if !app.passwords.verify(asked.password, account.password_hash).await? {
                return Ok(pending);
            }
            (account.id, None)
        }
    };
    let mut tx = app.store.write().await?;
    if let Some(account) = &new {
        accounts::insert_account(&mut tx, account, now).await?;
    }
    let held = accounts::memberships_of(&mut tx, user).await?;
    if !held.iter().any(|one| one.community == community.id && one.role == Role::Resident) {
        let membership = UserId::new(now, &mut app.entropy()).0;
        accounts::insert_membership(&mut tx, community.id, membership, user, &Role::Resident, "PENDING", now)
            .await?;
        accounts::insert_membership_unit(&mut tx, community.id, membership, unit.id).await?;
    }
    tx.commit().await?;
    Ok(pending)
}
