//! Becoming an admin by invitation.

use std::net::IpAddr;

use gatehouse::{
    api::{
        people::{AcceptInvitation, HandedLink},
        problem::Code,
        residents::Admin,
    },
    id::UserId,
    words::{Deed, LinkKind, Role},
};

use super::{find, make, take};
use crate::{
    accounts::{
        Email, NAME, Phone, check_password,
        store::{self as accounts, Account},
    },
    app::App,
    audit,
    auth::{
        Caller,
        attempts::{self, Subject},
    },
    http::{Answer, Fields},
};

/// A link by which somebody becomes an admin of the caller's community.
pub(super) async fn invite(app: &App, caller: &Caller) -> Answer<HandedLink> {
    let mut tx = app.store.write().await?;
    let link = make(app, &mut tx, caller, LinkKind::Admin, None).await?;
    audit::record(app, &mut tx, caller.community, Some(caller.user), &Deed::AdminInvited, None).await?;
    tx.commit().await?;
    Ok(link)
}

/// Whoever holds the link becomes an admin: with an account of their own, if they have one and know its password, else
/// with a new one.
pub(super) async fn accept(app: &App, asked: AcceptInvitation, from: IpAddr) -> Answer<Admin> {
    let source = [Subject::address(from)];
    let mut tx = app.store.write().await?;
    attempts::charge(&mut tx, &source, app.now()).await?;
    tx.commit().await?;
    let mut fields = Fields::new();
    let name = fields.text("name", &asked.name, 1..=NAME);
    let phone: Option<Phone> = fields.parsed("phone", asked.phone.parse());
    let email: Option<Email> = fields.parsed("email", asked.email.parse());
    fields.finish()?;
    check_password("password", &asked.password)?;
    let (Some(phone), Some(email)) = (phone, email) else { return Err(Code::Invalid.into()) };
    let mut tx = app.store.read().await?;
    find(&mut tx, &asked.secret, &LinkKind::Admin, app.now()).await?;
    let by_phone = accounts::account_of_contact(&mut tx, phone.as_str()).await?;
    let by_email = accounts::account_of_contact(&mut tx, email.as_str()).await?;
    drop(tx);
    let now = app.now();
    let (account, is_new) = if let Some(account) = by_email.or(by_phone) {
        if !app.passwords.verify(asked.password, account.password_hash.clone()).await? {
            return Err(Code::WrongCredentials.into());
        }
        (account, false)
    } else {
        let account = Account {
            id: UserId::new(now, &mut app.entropy()),
            name,
            phone: Some(phone.as_str().to_owned()),
            email: Some(email.as_str().to_owned()),
            password_hash: Some(app.passwords.hash(asked.password, &mut app.entropy()).await?),
        };
        (account, true)
    };
    let mut tx = app.store.write().await?;
    let link = find(&mut tx, &asked.secret, &LinkKind::Admin, now).await?;
    take(&mut tx, &link).await?;
    if is_new {
        accounts::insert_account(&mut tx, &account, now).await?;
    }
    let membership = UserId::new(now, &mut app.entropy()).0;
    accounts::insert_membership(&mut tx, link.community, membership, account.id, &Role::Admin, "ACTIVE", now)
        .await?;
    attempts::succeeded(&mut tx, &[], &source).await?;
    audit::record(app, &mut tx, link.community, None, &Deed::AdminJoined, Some(account.id)).await?;
    tx.commit().await?;
    Ok(Admin { id: account.id, name: account.name, phone: account.phone, email: account.email })
}
