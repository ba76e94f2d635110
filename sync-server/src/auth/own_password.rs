//! Changing one's own password.

use std::net::IpAddr;

use gatehouse::{
    api::{people::PasswordChange, problem::Code},
    words::Deed,
};

use super::{
    Caller,
    attempts::{self, Subject, Tried},
};
use crate::{
    accounts::{check_password, store as accounts},
    app::App,
    audit,
    http::Answer,
    links,
};

/// Changes the caller's password, if they know the one until now. Their other sessions end: whoever else was signed in
/// is so no more, and no link that was handed over for a new password is good any longer.
pub(super) async fn change(app: &App, caller: &Caller, asked: PasswordChange, from: IpAddr) -> Answer<()> {
    check_password("new_password", &asked.new_password)?;
    let of_account = Subject::of_account(&Tried::Known(caller.user), from);
    let mut tx = caller.write(app).await?;
    attempts::charge(&mut tx, &of_account, app.now()).await?;
    let account = accounts::account(&mut tx, caller.user).await?.ok_or(Code::Unauthenticated)?;
    tx.commit().await?;
    if !app.passwords.verify(asked.current_password, account.password_hash.clone()).await? {
        return Err(Code::WrongCredentials.into());
    }
    let hash = app.passwords.hash(asked.new_password, &mut app.entropy()).await?;
    let mut tx = caller.write(app).await?;
    let now_held = accounts::account(&mut tx, caller.user).await?.and_then(|account| account.password_hash);
    if now_held != account.password_hash {
        return Err(Code::WrongCredentials.into());
    }
    accounts::set_password(&mut tx, caller.user, &hash).await?;
    accounts::revoke_sessions_of(&mut tx, caller.user, Some(caller.session), app.now()).await?;
    links::delete_of(&mut tx, caller.user).await?;
    attempts::succeeded(&mut tx, &of_account, &[]).await?;
    audit::record(
        app,
        &mut tx,
        caller.community,
        Some(caller.user),
        &Deed::PasswordChanged,
        Some(caller.user),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}
