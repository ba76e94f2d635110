//! Somebody of whom an account is to be made: what was said of them, checked, and what account that makes.

use gatehouse::id::UserId;

use super::{
    Email, NAME, Phone, require_password,
    store::{self, Account},
};
use crate::{
    app::App,
    http::{Answer, Fields},
    store::Tx,
};

/// What is said of somebody who is to have an account.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// Their full name.
    pub name: &'a str,
    /// Their phone.
    pub phone: &'a str,
    /// Their e-mail.
    pub email: &'a str,
    /// The password they chose.
    pub password: &'a str,
}

/// Somebody of whom all that an account needs is known and will do.
pub struct Newcomer {
    name: String,
    phone: Phone,
    email: Email,
    password: String,
}

/// Whose account a newcomer's is.
pub enum Claim {
    /// One that has their e-mail or phone, and their password.
    Own(Account),
    /// One that is to be made.
    New {
        /// That one.
        account: Account,
        /// Whose accounts have their e-mail or phone, with other passwords.
        others: Vec<UserId>,
    },
}

impl Newcomer {
    /// Checks what was said; nothing, and noted in `fields`, where that will not do.
    pub fn check(fields: &mut Fields, said: Said<'_>) -> Option<Self> {
        let name = fields.text("name", said.name, 1..=NAME);
        let phone = fields.parsed("phone", said.phone.parse());
        let email = fields.parsed("email", said.email.parse());
        require_password(fields, "password", said.password);
        Some(Self { name, phone: phone?, email: email?, password: said.password.to_owned() })
    }

    /// A new account of theirs. It hashes: not for a transaction.
    pub async fn account(&self, app: &App) -> Answer<Account> {
        Ok(Account {
            id: UserId::new(app.now(), &mut app.entropy()),
            name: self.name.clone(),
            phone: Some(self.phone.as_str().to_owned()),
            email: Some(self.email.as_str().to_owned()),
            password_hash: Some(app.passwords.hash(self.password.clone(), &mut app.entropy()).await?),
        })
    }

    /// Notes that they say to have contacts that `others` have; answers `account`, which is theirs, with the contacts that
    /// nobody has, or nothing where there are none. So nobody who registers another's contact with one of their own finds
    /// out that it is another's.
    pub async fn contest(
        &self,
        tx: &mut Tx,
        account: Account,
        others: Vec<UserId>,
    ) -> Answer<Option<Account>> {
        for other in others {
            store::contest(tx, other).await?;
        }
        let [by_email, by_phone] = self.holders(tx).await?;
        let email = account.email.filter(|_| by_email.is_none());
        let phone = account.phone.filter(|_| by_phone.is_none());
        let has_any = email.is_some() || phone.is_some();
        Ok(has_any.then_some(Account { phone, email, ..account }))
    }

    /// Their e-mail and their phone, as they are stored.
    pub fn contacts(&self) -> [&str; 2] {
        [self.email.as_str(), self.phone.as_str()]
    }

    /// The accounts that have their e-mail and their phone.
    pub async fn holders(&self, tx: &mut Tx) -> Answer<[Option<Account>; 2]> {
        let [email, phone] = self.contacts();
        Ok([store::account_of_contact(tx, email).await?, store::account_of_contact(tx, phone).await?])
    }

    /// The account that they have by e-mail or phone and know the password of, else a new one. It hashes: not for a
    /// transaction.
    pub async fn claim(&self, app: &App) -> Answer<Claim> {
        let mut tx = app.store.read().await?;
        let holders = self.holders(&mut tx).await?;
        drop(tx);
        let mut others = Vec::new();
        let mut own = None;
        // All of it is done whoever they are: how long it takes tells nobody who is known.
        let account = self.account(app).await?;
        for holder in holders {
            let hash = holder.as_ref().and_then(|holder| holder.password_hash.clone());
            let right = app.passwords.verify(self.password.clone(), hash).await?;
            match holder {
                Some(holder) if right => own = own.or(Some(holder)),
                other => others.extend(other.map(|other| other.id)),
            }
        }
        Ok(own.map_or(Claim::New { account, others }, Claim::Own))
    }
}
