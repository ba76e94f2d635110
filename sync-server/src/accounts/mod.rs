//! People's accounts and their memberships. Signing in is [`crate::auth`]'s business.

pub mod email;
mod known;
mod membership;
pub mod newcomer;
pub mod store;

pub use email::Email;
pub use gatehouse::phone::Phone;
pub use known::{account_of, own_account, taken};
pub use membership::join;
pub use newcomer::{Claim, Newcomer, Said};

use crate::http::{Answer, Fields};

/// A full name's most characters, as in the tables of the owner's document.
pub const NAME: usize = 100;
/// A password's fewest characters.
const PASSWORD_LEAST: usize = 10;
/// A password's most characters: hashing takes no longer for more, reading does.
const PASSWORD_MOST: usize = 200;

/// Whether `password` will do as one; `field` is what it was sent as.
pub fn check_password(field: &str, password: &str) -> Answer<()> {
    let mut fields = Fields::new();
    require_password(&mut fields, field, password);
    fields.finish()
}

/// Notes in `fields` that `password` will not do as one, where it will not.
pub fn require_password(fields: &mut Fields, field: &str, password: &str) {
    let fits = (PASSWORD_LEAST..=PASSWORD_MOST).contains(&password.chars().count());
    fields.require(fits, field, "10 to 200 characters");
}
