//! An admin is one no more.

use gatehouse::{
    api::problem::Code,
    id::UserId,
    words::{Deed, Role},
};

use super::store;
use crate::{
    accounts::store as accounts,
    app::App,
    audit,
    auth::Caller,
    communities::store as communities,
    http::{Answer, Fault},
    kiosks, links,
};

/// Ends an admin of the caller's community: their sessions there, and what they handed out and nobody has used yet. The
/// last one stays: nobody would be left to invite another.
pub(super) async fn remove(app: &App, caller: &Caller, user: UserId) -> Answer<()> {
    let now = app.now();
    let community = caller.community;
    let mut tx = caller.write(app).await?;
    // Of two admins who end each other at the same moment one stays.
    communities::hold(&mut tx, community).await?;
    let held = accounts::hold_membership(&mut tx, community, user, &Role::Admin).await?;
    let held = held.filter(|held| held.status == "ACTIVE").ok_or(Code::NotFound)?;
    if store::count(&mut tx, community).await? == 1 {
        return Err(Fault::new(Code::WrongState).detail("the last admin"));
    }
    accounts::set_membership_status(&mut tx, community, held.id, "ACTIVE", "ENDED", now).await?;
    accounts::revoke_sessions(&mut tx, community, held.id, now).await?;
    links::withdraw_all_of(&mut tx, community, user).await?;
    kiosks::store::withdraw_codes_of(&mut tx, community, user).await?;
    audit::record(app, &mut tx, community, Some(caller.user), &Deed::AdminRemoved, Some(user)).await?;
    tx.commit().await?;
    Ok(())
}
