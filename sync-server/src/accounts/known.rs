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

/// Who has a contact.
#[derive(Clone)]
struct Holder {
    account: Account,
    /// Whether an admin ever let them in.
    vouched: bool,
}

impl Holder {
    async fn of(tx: &mut Tx, contact: Option<&str>) -> Answer<Option<Self>> {
        let Some(contact) = contact else { return Ok(None) };
        let Some(account) = store::account_of_contact(tx, contact).await? else { return Ok(None) };
        // Whoever lets its holder in waits, or was first.
        let Some(account) = store::hold_account(tx, account.id).await? else { return Ok(None) };
        let vouched = store::is_vouched_for(tx, account.id).await?;
        Ok(Some(Self { account, vouched }))
    }
}

/// The account that somebody is to be a member by: the one of their phone and e-mail, else `new`, which is made.
///
/// An account that is there keeps its name, its contacts and its password: it is its owner's, who may be at home in another
/// community as well. Only where it has no password, and never belonged to any community but this one, it gets that of
/// `new`. One that no admin ever let in is nobody's yet, whoever registered it: it becomes what `new` says, and whoever
/// chose its password before knows it no more, and what they asked to be is asked no more.
pub async fn account_of(app: &App, tx: &mut Tx, community: CommunityId, new: Account) -> Answer<Account> {
    let by_phone = Holder::of(tx, new.phone.as_deref()).await?;
    let by_email = Holder::of(tx, new.email.as_deref()).await?;
    let vouched = |holder: &Option<Holder>| holder.clone().filter(|one| one.vouched).map(|one| one.account);
    if let Some(known) = named(vouched(&by_phone), vouched(&by_email))? {
        if let (None, Some(hash)) = (&known.password_hash, &new.password_hash)
            && belongs_here_alone(tx, community, known.id).await?
        {
            store::set_password(tx, known.id, hash).await?;
        }
        return Ok(known);
    }
    made(app, tx, new, [by_phone, by_email]).await
}

/// The account of somebody who knows the password of none: `new`, unless an admin let somebody else in by one of their
/// contacts, which is a fault.
pub async fn own_account(app: &App, tx: &mut Tx, new: Account) -> Answer<Account> {
    let holders = [Holder::of(tx, new.phone.as_deref()).await?, Holder::of(tx, new.email.as_deref()).await?];
    if holders.iter().flatten().any(|holder| holder.vouched) {
        return Err(Code::WrongCredentials.into());
    }
    made(app, tx, new, holders).await
}

/// Makes `new`, in place of what those registered who have its contacts by now and whom no admin ever let in.
async fn made(
    app: &App,
    tx: &mut Tx,
    new: Account,
    [by_phone, by_email]: [Option<Holder>; 2],
) -> Answer<Account> {
    let Some(claimed) = by_phone.as_ref().or(by_email.as_ref()) else {
        store::insert_account(tx, &new, app.now()).await?;
        return Ok(new);
    };
    let id = claimed.account.id;
    if let Some(other) = by_email.map(|other| other.account).filter(|other| other.id != id) {
        store::update_account(tx, &Account { email: None, ..other }).await?;
    }
    let account = Account { id, ..new };
    store::update_account(tx, &account).await?;
    store::end_pending(tx, id, app.now()).await?;
    Ok(account)
}

/// The account that two contacts name, by the holder of each: all that it has, so that nobody finds out whose a phone is
/// by adding its holder.
fn named(by_phone: Option<Account>, by_email: Option<Account>) -> Answer<Option<Account>> {
    match (by_phone, by_email) {
        (None, None) => Ok(None),
        (Some(one), Some(other)) if one.id == other.id => Ok(Some(one)),
        (Some(one), None) if one.email.is_none() => Ok(Some(one)),
        (None, Some(one)) if one.phone.is_none() => Ok(Some(one)),
        (Some(_), _) => Err(taken("phone", "the account that has it has another e-mail")),
        (None, Some(_)) => Err(taken("email", "the account that has it has another phone")),
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
