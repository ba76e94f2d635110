//! Passwords, and the one-time links that an admin hands over.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{id::UserId, time::UnixMs, words::LinkKind};

/// Somebody changes their own password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The one until now.
    pub current_password: String,
    /// The one from now on, at least 10 characters.
    pub new_password: String,
}

/// A one-time link as it is given out: once, and to the admin who asked alone.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandedLink {
    /// What it is listed and withdrawn by.
    pub id: Uuid,
    /// To be opened in a browser by whoever it is for. The secret stands behind the `#`, which no server logs.
    pub link: String,
    /// The secret alone, for programs.
    pub secret: String,
    /// When it is over.
    pub expires_at: UnixMs,
}

/// A link that was given out and neither used nor over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenLink {
    /// What it is withdrawn by.
    pub id: Uuid,
    /// What it is for.
    pub kind: LinkKind,
    /// Whose password, where it is for one.
    pub user_id: Option<UserId>,
    /// The admin who gave it out.
    pub made_by: UserId,
    /// When it is over.
    pub expires_at: UnixMs,
}

/// A new password by a link.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordReset {
    /// The link's secret.
    pub secret: String,
    /// The new password, at least 10 characters.
    pub password: String,
}

/// Somebody becomes an admin by a link.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptInvitation {
    /// The link's secret.
    pub secret: String,
    /// Full name, 1 to 100 characters.
    pub name: String,
    /// In E.164; ten digits without a country are taken as Indian.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// A password of at least 10 characters; of an account that exists already, its own.
    pub password: String,
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}
hidden!(PasswordChange, HandedLink, PasswordReset, AcceptInvitation);
