//! Installation: the first admin of a community.

use gatehouse::{
    api::problem::Code,
    id::{CommunityId, UserId},
    words::Role,
};

use crate::{
    accounts::{
        Email, NAME, PASSWORD_LEAST, PASSWORD_MOST, Phone,
        store::{self as accounts, Account},
    },
    app::App,
    communities::{
        create::{self, DEFAULT_ZONE},
        store as communities,
    },
    feed,
    http::{Answer, Fault, Fields},
};

/// Who is to be the first admin of which community.
#[derive(Clone)]
pub struct FirstAdmin {
    /// Name of the community to be made.
    pub community: String,
    /// Its IANA zone; India's if absent.
    pub zone: Option<String>,
    /// The admin's full name.
    pub name: String,
    /// The admin's e-mail.
    pub email: String,
    /// The admin's phone.
    pub phone: String,
    /// The admin's password.
    pub password: String,
}

/// What was made.
#[derive(Clone, Copy, Debug)]
pub struct MadeAdmin {
    /// The community.
    pub community: CommunityId,
    /// The admin's account.
    pub user: UserId,
}

/// Makes a community and its first admin. An account that exists is used if the password is its own.
pub async fn first_admin(app: &App, first: FirstAdmin) -> Answer<MadeAdmin> {
    let mut fields = Fields::new();
    let community_name = fields.text("community", &first.community, 1..=NAME);
    let name = fields.text("name", &first.name, 1..=NAME);
    let phone: Option<Phone> = fields.parsed("phone", first.phone.parse());
    let email: Option<Email> = fields.parsed("email", first.email.parse());
    let length = first.password.chars().count();
    fields.require((PASSWORD_LEAST..=PASSWORD_MOST).contains(&length), "password", "10 to 200 characters");
    fields.finish()?;
    let (Some(phone), Some(email)) = (phone, email) else { return Err(Code::Invalid.into()) };

    let now = app.now();
    let mut entropy = app.entropy();
    let mut tx = app.store.read().await?;
    if communities::community_named(&mut tx, &community_name).await?.is_some() {
        return Err(Fault::new(Code::AlreadyExists).detail("there is a community of this name"));
    }
    let known = match accounts::account_of_contact(&mut tx, email.as_str()).await? {
        Some(account) => Some(account),
        None => accounts::account_of_contact(&mut tx, phone.as_str()).await?,
    };
    drop(tx);
    let (account, new) = if let Some(account) = known {
        if !app.passwords.verify(first.password, account.password_hash.clone()).await? {
            return Err(Fault::new(Code::AlreadyExists)
                .detail("there is an account of this e-mail or phone with another password"));
        }
        (account, false)
    } else {
        let account = Account {
            id: UserId::new(now, &mut entropy),
            name,
            phone: Some(phone.as_str().to_owned()),
            email: Some(email.as_str().to_owned()),
            password_hash: Some(app.passwords.hash(first.password, &mut entropy).await?),
        };
        (account, true)
    };
    let mut tx = app.store.write().await?;
    if new {
        accounts::insert_account(&mut tx, &account, now).await?;
    }
    let zone = first.zone.as_deref().unwrap_or(DEFAULT_ZONE);
    let (community, changes) =
        create::create(&mut tx, &app.sealer, &community_name, zone, now, &mut entropy).await?;
    let membership = UserId::new(now, &mut entropy).0;
    accounts::insert_membership(&mut tx, community.id, membership, account.id, &Role::Admin, "ACTIVE", now)
        .await?;
    feed::publish(&mut tx, community.id, &changes, now, &mut entropy).await?;
    tx.commit().await?;
    Ok(MadeAdmin { community: community.id, user: account.id })
}
