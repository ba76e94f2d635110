//! People's accounts and their memberships. Signing in is [`crate::auth`]'s business.

pub mod contact;
pub mod store;

pub use contact::{Email, Phone};

use crate::http::{Answer, Fields};

/// A full name's most characters, as in the tables of the owner's document.
pub const NAME: usize = 100;
/// A password's fewest characters.
pub const PASSWORD_LEAST: usize = 10;
/// A password's most characters: hashing takes no longer for more, reading does.
pub const PASSWORD_MOST: usize = 200;

/// Whether `password` will do as one; `field` is what it was sent as.
pub fn check_password(field: &str, password: &str) -> Answer<()> {
    let mut fields = Fields::new();
    let fits = (PASSWORD_LEAST..=PASSWORD_MOST).contains(&password.chars().count());
    fields.require(fits, field, "10 to 200 characters");
    fields.finish()
}
