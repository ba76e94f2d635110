//! Signing in, and who is signed in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::{CommunityId, UnitId, UserId},
    words::Role,
};

/// A resident asks to join a community. An admin decides.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Register {
    /// Name of the community.
    pub community: String,
    /// Full name, 1 to 100 characters.
    pub name: String,
    /// In E.164 (`+919900000001`); ten digits without a country are taken as Indian.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// At least 10 characters.
    pub password: String,
    /// What to be: RESIDENT (the default). SECURITY and ADMIN are made by an admin.
    #[serde(default = "resident")]
    pub role: Role,
    /// Tower of the apartment; empty where there are none.
    #[serde(default)]
    pub tower: String,
    /// Number of the apartment.
    pub apartment_no: String,
}

fn resident() -> Role {
    Role::Resident
}

/// Signing in by e-mail or phone.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Login {
    /// E-mail; this or the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone; this or the e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The password.
    pub password: String,
    /// Which community, for an account with memberships in several; the oldest one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_id: Option<CommunityId>,
    /// Which role there, for an account with several; the most powerful one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// A refresh token in exchange for the next one.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refresh {
    /// The one last given out.
    pub refresh_token: String,
}

/// A session's tokens.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Bearer token of the next requests.
    pub access_token: String,
    /// Good once, for the next pair.
    pub refresh_token: String,
    /// Seconds until the access token is over.
    pub expires_in: u32,
    /// Who signed in.
    pub user: User,
}

/// An account under one membership.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// The account.
    pub id: UserId,
    /// Full name.
    pub name: String,
    /// Phone, if known.
    pub phone: Option<String>,
    /// E-mail, if known.
    pub email: Option<String>,
    /// The role under which the session acts.
    pub role: Role,
    /// The community in which it acts.
    pub community_id: CommunityId,
    /// The units of that membership.
    pub unit_ids: Vec<UnitId>,
    /// Every membership of the account.
    pub memberships: Vec<Membership>,
}

/// What an account is in one community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    /// The community.
    pub community_id: CommunityId,
    /// Its name.
    pub community: String,
    /// The role.
    pub role: Role,
    /// PENDING (an admin has not approved it), ACTIVE or ENDED.
    pub status: String,
}

/// What became of a registration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registered {
    /// Always PENDING: an admin decides. The answer does not tell whether the account existed before.
    pub status: String,
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
hidden!(Register, Login, Refresh, Session, User);
