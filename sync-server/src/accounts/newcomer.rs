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
    /// One that is to be made.
    New(Account),
    /// One that has their e-mail or phone, and their password.
    Own(Account),
    /// Somebody else's: it has their e-mail or phone, but another password.
    Foreign,
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

    /// Notes that somebody says to have their contacts and does not know the password of the account that has them.
    pub async fn contest(&self, tx: &mut Tx) -> Answer<()> {
        store::contest(tx, self.email.as_str(), self.phone.as_str()).await?;
        Ok(())
    }

    /// Their e-mail, as it is stored.
    pub fn email(&self) -> &str {
        self.email.as_str()
    }

    /// The account that has their e-mail, or else their phone: theirs, if they know its password.
    pub async fn known(&self, tx: &mut Tx) -> Answer<Option<Account>> {
        let by_email = store::account_of_contact(tx, self.email.as_str()).await?;
        let by_phone = store::account_of_contact(tx, self.phone.as_str()).await?;
        Ok(by_email.or(by_phone))
    }

    /// The account that they have by e-mail or phone, else a new one. It hashes: not for a transaction.
    pub async fn claim(&self, app: &App) -> Answer<Claim> {
        let mut tx = app.store.read().await?;
        let known = self.known(&mut tx).await?;
        drop(tx);
        let Some(account) = known else { return Ok(Claim::New(self.account(app).await?)) };
        let own = app.passwords.verify(self.password.clone(), account.password_hash.clone()).await?;
        Ok(if own { Claim::Own(account) } else { Claim::Foreign })
    }
}
