//! Becoming an admin by invitation.

use std::net::IpAddr;

use gatehouse::{
    api::{
        people::{AcceptInvitation, HandedLink},
        problem::Code,
        residents::Admin,
    },
    words::{Deed, LinkKind, Role},
};

use super::{find, make, take};
use crate::{
    accounts::{Claim, Newcomer, Said, join, own_account, store as accounts},
    app::App,
    audit,
    auth::{
        Caller,
        attempts::{self, Subject, Tried},
    },
    http::{Answer, Fields},
    store::Tx,
};

/// A link by which somebody becomes an admin of the caller's community.
pub(super) async fn invite(app: &App, tx: &mut Tx, caller: &Caller, server: &str) -> Answer<HandedLink> {
    let link = make(app, tx, caller, server, LinkKind::Admin, None).await?;
    audit::record(app, tx, caller.community, Some(caller.user), &Deed::AdminInvited, None).await?;
    Ok(link)
}

/// Whoever holds the link becomes an admin: with an account of their own, if they have one and know its password, else
/// with a new one. A registration of their contacts that no admin let in stands in nobody's way: it is nobody's account.
pub(super) async fn accept(app: &App, asked: AcceptInvitation, from: IpAddr) -> Answer<Admin> {
    let source = [Subject::address(from)];
    let mut tx = app.store.write().await?;
    attempts::charge(&mut tx, &source, app.now()).await?;
    tx.commit().await?;
    let mut fields = Fields::new();
    let AcceptInvitation { name, phone, email, password, .. } = &asked;
    let newcomer = Newcomer::check(&mut fields, Said { name, phone, email, password });
    fields.finish()?;
    let mut tx = app.store.read().await?;
    find(&mut tx, &asked.secret, &LinkKind::Admin, app.now()).await?;
    drop(tx);
    let newcomer = newcomer.ok_or(Code::Invalid)?;
    attempts::charge_newcomer(app, &newcomer, from).await?;
    let (account, is_own) = match newcomer.claim(app).await? {
        Claim::New { account, .. } => (account, false),
        Claim::Own(account) => (account, true),
    };
    let mut tx = app.store.write().await?;
    let link = find(&mut tx, &asked.secret, &LinkKind::Admin, app.now()).await?;
    take(&mut tx, &link).await?;
    let account = if is_own {
        let held = accounts::hold_account(&mut tx, account.id).await?;
        if held.and_then(|held| held.password_hash) != account.password_hash {
            return Err(Code::WrongCredentials.into());
        }
        account
    } else {
        own_account(app, &mut tx, account).await?
    };
    join(app, &mut tx, link.community, account.id, &Role::Admin, "ACTIVE").await?;
    attempts::succeeded(&mut tx, &Subject::of_account(&Tried::Known(account.id), from), &source).await?;
    audit::record(app, &mut tx, link.community, None, &Deed::AdminJoined, Some(account.id)).await?;
    tx.commit().await?;
    Ok(Admin { id: account.id, name: account.name, phone: account.phone, email: account.email })
}
