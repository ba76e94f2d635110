//! Signing in with a password.

use std::net::IpAddr;

use gatehouse::{
    api::{
        auth::{Login, Session},
        problem::Code,
    },
    words::Role,
};

use super::{
    attempts::{self, Subject, Tried},
    sessions,
};
use crate::{
    accounts::{
        Email, Phone,
        store::{self as accounts, MembershipRecord},
    },
    app::App,
    http::{Answer, Fault},
};

/// Signs in, or says no without saying why.
pub(super) async fn sign_in(app: &App, login: Login, from: IpAddr) -> Answer<Session> {
    let contact = contact(&login)?;
    let _turn = app.passwords.turn().await?;
    let mut tx = app.store.write().await?;
    let account = accounts::account_of_contact(&mut tx, &contact).await?;
    let tried = account.as_ref().map_or(Tried::Unknown(&contact), |account| Tried::Known(account.id));
    let of_account = Subject::of_account(&tried, from);
    let of_source = [Subject::address(from)];
    attempts::charge(&mut tx, &[of_account.as_slice(), &of_source].concat(), app.now()).await?;
    tx.commit().await?;

    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = app.passwords.verify(login.password.clone(), hash).await?;
    let Some(account) = account.filter(|_| right) else { return Err(Code::WrongCredentials.into()) };
    let mut tx = app.store.write().await?;
    // Held: whoever sets another password meanwhile is either seen here, or finds the session and ends it.
    let now_held = accounts::hold_account(&mut tx, account.id).await?.and_then(|held| held.password_hash);
    if now_held != account.password_hash {
        return Err(Code::WrongCredentials.into());
    }
    attempts::succeeded(&mut tx, &of_account, &of_source).await?;
    let memberships = accounts::memberships_of(&mut tx, account.id).await?;
    let chosen = match choose(memberships, &login) {
        Ok(chosen) => chosen,
        Err(fault) => {
            // The password was right all the same: nobody is locked out by it.
            tx.commit().await?;
            return Err(fault);
        }
    };
    let session =
        sessions::begin(app, &mut tx, &account, chosen.community, chosen.id, chosen.role.clone()).await?;
    tx.commit().await?;
    Ok(session)
}

fn contact(login: &Login) -> Answer<String> {
    match (&login.email, &login.phone) {
        (Some(email), None) => {
            let email: Result<Email, _> = email.parse();
            email
                .map(|email| email.as_str().to_owned())
                .map_err(|error| Fault::invalid("email", error.to_string()))
        }
        (None, Some(phone)) => {
            let phone: Result<Phone, _> = phone.parse();
            phone
                .map(|phone| phone.as_str().to_owned())
                .map_err(|error| Fault::invalid("phone", error.to_string()))
        }
        _ => Err(Fault::invalid("email", "e-mail or phone, one of them")),
    }
}

/// The membership to act under: of those asked for the most powerful, of equals the oldest.
fn choose(memberships: Vec<MembershipRecord>, login: &Login) -> Answer<MembershipRecord> {
    let asked = |one: &MembershipRecord| {
        login.community_id.is_none_or(|community| one.community == community)
            && login.role.as_ref().is_none_or(|role| one.role == *role)
            && one.status != "ENDED"
    };
    let mut memberships: Vec<_> = memberships.into_iter().filter(asked).collect();
    let first_community = memberships.iter().find(|one| one.status == "ACTIVE").map(|one| one.community);
    memberships
        .sort_by_key(|one| (one.status != "ACTIVE", Some(one.community) != first_community, rank(&one.role)));
    match memberships.into_iter().next() {
        Some(one) if one.status == "ACTIVE" => Ok(one),
        Some(_) => Err(Code::MembershipPending.into()),
        None => Err(Code::Forbidden.into()),
    }
}

fn rank(role: &Role) -> u8 {
    match role {
        Role::Admin => 0,
        Role::Security => 1,
        Role::Resident => 2,
        Role::Unknown(_) => 3,
    }
}
