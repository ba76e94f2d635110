//! Who is calling: accounts, sessions and the tokens that stand for them.

pub(crate) mod attempts;
mod caller;
mod own_password;
mod passwords;
mod proven;
mod registering;
mod routes;
mod sessions;
mod signing_in;
mod store;
mod tokens;

pub use caller::{Admin, Caller, Guard, Resident};
pub use passwords::{PasswordError, Passwords};
pub use routes::routes;
pub use store::forget_old;
pub use tokens::{AccessClaims, TOKEN_LIFE, TokenError, TokenKeys, bearer};
