//! Who is calling: accounts, sessions and the tokens that stand for them.

mod caller;
mod passwords;
mod store;
mod tokens;

pub use caller::{Admin, Caller, Guard, Resident};
pub use passwords::{PasswordError, Passwords};
pub use tokens::{AccessClaims, KeyError, TOKEN_LIFE, TokenError, TokenKeys, bearer};
