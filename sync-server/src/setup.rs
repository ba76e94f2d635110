//! Installation: the first admin of a community.

use gatehouse::{
    api::problem::Code,
    id::{CommunityId, UserId},
    words::Role,
};

use crate::{
    accounts::{Claim, NAME, Newcomer, Said, store as accounts},
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
    let FirstAdmin { name, phone, email, password, .. } = &first;
    let newcomer = Newcomer::check(&mut fields, Said { name, phone, email, password });
    fields.finish()?;
    let newcomer = newcomer.ok_or(Code::Invalid)?;

    let mut tx = app.store.read().await?;
    if communities::community_named(&mut tx, &community_name).await?.is_some() {
        return Err(Fault::new(Code::AlreadyExists).detail("there is a community of this name"));
    }
    drop(tx);
    let (account, new) = match newcomer.claim(app).await? {
        Claim::Own(account) => (account, false),
        Claim::New { account, others } if others.is_empty() => (account, true),
        Claim::New { .. } => {
            return Err(Fault::new(Code::AlreadyExists)
                .detail("there is an account of this e-mail or phone with another password"));
        }
    };
    let now = app.now();
    let mut entropy = app.entropy();
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
