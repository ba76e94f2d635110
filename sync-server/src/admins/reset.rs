//! A new password for an admin who is locked out, by the server's owner.

use gatehouse::{
    api::problem::Code,
    id::UserId,
    words::{Deed, Role},
};

use crate::{
    accounts::{
        Email, check_password,
        store::{self as accounts, MembershipRecord},
    },
    app::App,
    audit,
    auth::attempts,
    http::{Answer, Fault},
};

/// Sets the password of the admin of that e-mail; every session of the account ends, and wrong tries are forgiven. Each community whose admin they are
/// has it in its audit.
pub async fn reset_password(app: &App, email: &str, password: String) -> Answer<UserId> {
    let email: Email = email.parse().map_err(|error| Fault::invalid("email", format!("{error}")))?;
    check_password("password", &password)?;
    let hash = app.passwords.hash(password, &mut app.entropy()).await?;
    let none = || Fault::new(Code::NotFound).detail("no admin has this e-mail");
    let mut tx = app.store.write().await?;
    let account = accounts::account_of_contact(&mut tx, email.as_str()).await?.ok_or_else(none)?;
    let is_admin = |one: &MembershipRecord| one.role == Role::Admin && one.status == "ACTIVE";
    let mut memberships = accounts::memberships_of(&mut tx, account.id).await?;
    memberships.retain(is_admin);
    if memberships.is_empty() {
        return Err(none());
    }
    accounts::set_password(&mut tx, account.id, &hash).await?;
    accounts::revoke_sessions_of(&mut tx, account.id, None, app.now()).await?;
    attempts::forgive_account(&mut tx, account.id).await?;
    for one in memberships {
        audit::record(app, &mut tx, one.community, None, &Deed::PasswordReset, Some(account.id)).await?;
    }
    tx.commit().await?;
    Ok(account.id)
}
