//! A new password by a link that an admin handed over.

use std::net::IpAddr;

use gatehouse::{
    api::{
        people::{HandedLink, PasswordReset},
        problem::Code,
    },
    id::{CommunityId, UserId},
    words::{Deed, LinkKind, Role},
};

use super::{find, make, store, take};
use crate::{
    accounts::{check_password, store as accounts},
    app::App,
    audit,
    auth::{
        Caller,
        attempts::{self, Subject, Tried},
    },
    http::{Answer, Fault},
    store::Tx,
};

/// A link for a resident's new password, in place of any given out before.
pub(super) async fn give(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    server: &str,
    user: UserId,
) -> Answer<HandedLink> {
    let memberships = accounts::memberships_of(tx, user).await?;
    let here = |role| memberships.iter().any(|one| one.community == caller.community && one.role == role);
    if !here(Role::Resident) {
        return Err(Code::NotFound.into());
    }
    if is_more_than_a_resident_of(tx, caller.community, user).await? {
        let detail = "this account is more than a resident's of this community";
        return Err(Fault::new(Code::Forbidden).detail(detail));
    }
    store::delete_of(tx, user).await?;
    let link = make(app, tx, caller, server, LinkKind::Password, Some(user)).await?;
    audit::record(app, tx, caller.community, Some(caller.user), &Deed::PasswordLinkMade, Some(user)).await?;
    Ok(link)
}

/// One account may belong to several communities: whoever sets its password is let into all of them. No admin reaches
/// into another community, or into a colleague's account, by way of a resident's.
async fn is_more_than_a_resident_of(tx: &mut Tx, community: CommunityId, user: UserId) -> Answer<bool> {
    let memberships = accounts::memberships_of(tx, user).await?;
    let mut standing = memberships.iter().filter(|one| one.status != "ENDED");
    Ok(standing.any(|one| one.community != community || one.role != Role::Resident))
}

/// Sets the new password; every session of the account ends.
pub(super) async fn reset(app: &App, asked: PasswordReset, from: IpAddr) -> Answer<()> {
    let source = [Subject::address(from)];
    attempts::charge_first(app, &source).await?;
    check_password("password", &asked.password)?;
    let mut tx = app.store.read().await?;
    find(&mut tx, &asked.secret, &LinkKind::Password, app.now()).await?;
    drop(tx);
    let hash = app.passwords.hash(asked.password, &mut app.entropy()).await?;

    let mut tx = app.store.write().await?;
    let link = find(&mut tx, &asked.secret, &LinkKind::Password, app.now()).await?;
    let user = link.user_id.ok_or(Code::LinkGone)?;
    // What the account became since the link was made counts, and it becomes nothing else meanwhile.
    accounts::hold_account(&mut tx, user).await?;
    if is_more_than_a_resident_of(&mut tx, link.community, user).await? {
        return Err(Code::LinkGone.into());
    }
    take(&mut tx, &link).await?;
    accounts::set_password(&mut tx, user, &hash).await?;
    accounts::revoke_sessions_of(&mut tx, user, None, app.now()).await?;
    attempts::succeeded(&mut tx, &Subject::of_account(&Tried::Known(user), from), &source).await?;
    audit::record(app, &mut tx, link.community, None, &Deed::PasswordReset, Some(user)).await?;
    tx.commit().await?;
    Ok(())
}
