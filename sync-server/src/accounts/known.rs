//! Whether somebody whom an admin adds has an account already.

use gatehouse::{
    api::problem::Code,
    id::{CommunityId, UserId},
};

use super::store::{self, Account};
use crate::{
    app::App,
    http::{Answer, Fault},
    store::Tx,
};

/// The account that somebody is to be a member by: the one of their phone and e-mail, else `new`, which is made.
///
/// An account that is there keeps its name, its contacts and its password: it is its owner's, who may be at home in another
/// community as well. Only where it has no password, and never belonged to any community but this one, it gets that of
/// `new`.
pub async fn account_of(app: &App, tx: &mut Tx, community: CommunityId, new: Account) -> Answer<Account> {
    let Some(known) = named(tx, &new).await? else {
        store::insert_account(tx, &new, app.now()).await?;
        return Ok(new);
    };
    if let (None, Some(hash)) = (&known.password_hash, &new.password_hash)
        && belongs_here_alone(tx, community, known.id).await?
    {
        store::set_password(tx, known.id, hash).await?;
    }
    Ok(known)
}

/// The account that the contacts of `new` name: all that it has, so that nobody finds out whose a phone is by adding its
/// holder.
async fn named(tx: &mut Tx, new: &Account) -> Answer<Option<Account>> {
    let by_phone = of_contact(tx, new.phone.as_deref()).await?;
    let by_email = of_contact(tx, new.email.as_deref()).await?;
    match (by_phone, by_email) {
        (None, None) => Ok(None),
        (Some(one), Some(other)) if one.id == other.id => Ok(Some(one)),
        (Some(one), None) if one.email.is_none() => Ok(Some(one)),
        (None, Some(one)) if one.phone.is_none() => Ok(Some(one)),
        (Some(_), _) => Err(taken("phone", "the account that has it has another e-mail")),
        (None, Some(_)) => Err(taken("email", "the account that has it has another phone")),
    }
}

async fn of_contact(tx: &mut Tx, contact: Option<&str>) -> Answer<Option<Account>> {
    match contact {
        Some(contact) => Ok(store::account_of_contact(tx, contact).await?),
        None => Ok(None),
    }
}

async fn belongs_here_alone(tx: &mut Tx, community: CommunityId, user: UserId) -> Answer<bool> {
    let memberships = store::memberships_of(tx, user).await?;
    Ok(memberships.iter().all(|one| one.community == community))
}

/// A contact, or what else a field names, that somebody has already.
pub fn taken(field: &str, reason: &str) -> Fault {
    Fault::new(Code::AlreadyExists).field(field, reason)
}
