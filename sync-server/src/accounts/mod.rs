//! People's accounts and their memberships. Signing in is [`crate::auth`]'s business.

pub mod contact;
pub mod store;

pub use contact::{Email, Phone};

/// A full name's most characters, as in the tables of the owner's document.
pub const NAME: usize = 100;
/// A password's fewest characters.
pub const PASSWORD_LEAST: usize = 10;
/// A password's most characters: hashing takes no longer for more, reading does.
pub const PASSWORD_MOST: usize = 200;
