//! Making a guard: account, membership and PIN.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::gates::NewGuard,
    code::SixDigits,
    entropy::Entropy,
    id::{CommunityId, UserId},
    words::Role,
};
use zeroize::Zeroizing;

use super::store::{self, GuardRecord};
use crate::{
    accounts::{Email, NAME, Phone, account_of, join, require_password, store::Account, taken},
    app::App,
    http::{Answer, Fields},
    pictures::{Square, redraw},
    store::Tx,
};

/// The photo of a kiosk's tile, as it goes with the guard's row of the feed.
pub const TILE: Square = Square { side: 240, most_bytes: 12 << 10 };

/// A guard whose PIN and password are hashed: what remains is writing it down.
pub struct Prepared {
    account: Account,
    guard: GuardRecord,
}

/// Checks what was asked and hashes what is secret. Outside any transaction: it takes a while.
pub async fn prepare(app: &App, new: NewGuard) -> Answer<Prepared> {
    let mut fields = Fields::new();
    let name = fields.text("name", &new.name, 1..=NAME);
    let phone: Option<Phone> = fields.parsed("phone", new.phone.parse());
    let email: Option<Email> = new.email.as_ref().and_then(|email| fields.parsed("email", email.parse()));
    let digits: Option<SixDigits> = fields.parsed("pin", new.pin.parse());
    if let Some(password) = &new.password {
        require_password(&mut fields, "password", password);
    }
    let photo = match new.photo {
        Some(photo) => tile(&mut fields, &photo).await,
        None => None,
    };
    fields.finish()?;
    let pin = Zeroizing::new(digits.map(|digits| digits.as_str().to_owned()).unwrap_or_default());

    let now = app.now();
    let mut entropy = app.entropy();
    let pin_salt = entropy.bytes();
    let pin_hash = app.passwords.pin(pin.to_string(), pin_salt).await?;
    let password_hash = match new.password {
        Some(password) => Some(app.passwords.hash(password, &mut entropy).await?),
        None => None,
    };
    let id = UserId::new(now, &mut entropy);
    let phone = phone.map(|phone| phone.as_str().to_owned());
    let email = email.map(|email| email.as_str().to_owned());
    Ok(Prepared {
        guard: GuardRecord {
            user_id: id,
            name: name.clone(),
            phone: phone.clone(),
            pin_hash,
            pin_salt,
            photo,
            active: true,
            created_at: now,
        },
        account: Account { id, name, phone, email, password_hash },
    })
}

async fn tile(fields: &mut Fields, photo: &str) -> Option<Vec<u8>> {
    let bytes = fields.parsed("photo", STANDARD.decode(photo))?;
    fields.parsed("photo", redraw(bytes, TILE).await)
}

/// Writes a prepared guard down, with the account of that phone and e-mail or a new one.
pub async fn write(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    prepared: Prepared,
) -> Answer<GuardRecord> {
    let account = account_of(app, tx, community, prepared.account).await?;
    if store::guard(tx, community, account.id).await?.is_some() {
        return Err(taken("phone", "a guard of this community has it: let that one sign in again"));
    }
    join(app, tx, community, account.id, &Role::Security, "ACTIVE").await?;
    let guard =
        GuardRecord { user_id: account.id, name: account.name, phone: account.phone, ..prepared.guard };
    store::insert(tx, community, &guard).await?;
    Ok(guard)
}
