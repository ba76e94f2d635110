//! Who is calling, as routes take it.

use axum::{extract::FromRequestParts, http::request::Parts};
use gatehouse::{
    api::problem::Code,
    id::{CommunityId, UnitId, UserId},
    words::Role,
};
use uuid::Uuid;

use super::{AccessClaims, bearer, store};
use crate::{accounts::store as accounts, app::App, http::Fault};

/// The audience of people's access tokens.
pub(super) const PEOPLE: &str = "gatehouse:people";

/// A signed-in person, acting under one membership.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: UserId,
    /// The only community this caller sees.
    pub community: CommunityId,
    /// The role there.
    pub role: Role,
    /// The units of the membership; empty for other than residents.
    pub units: Vec<UnitId>,
    /// The membership under which the caller acts.
    pub membership: Uuid,
    /// The session, which ends with logout.
    pub session: Uuid,
}

impl Caller {
    /// Whether the caller lives in `unit`.
    pub fn lives_in(&self, unit: UnitId) -> bool {
        self.role == Role::Resident && self.units.contains(&unit)
    }

    fn expect(self, roles: &[Role]) -> Result<Self, Fault> {
        if roles.contains(&self.role) { Ok(self) } else { Err(Code::Forbidden.into()) }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Fault;

    /// The token must be ours and not over, its session not ended, its membership active: all asked anew each time,
    /// so that logout and moving out take effect at once.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let token = bearer(&parts.headers).ok_or(Code::Unauthenticated)?;
        let claims: AccessClaims = app.tokens.read(PEOPLE, token, app.now())?;
        let mut tx = app.store.read().await?;
        let live =
            store::live_session(&mut tx, claims.com, claims.sid).await?.ok_or(Code::Unauthenticated)?;
        if live.user_id != claims.sub || live.role != claims.role {
            return Err(Code::Unauthenticated.into());
        }
        let units = match live.role {
            Role::Resident => accounts::units_of(&mut tx, claims.com, live.membership).await?,
            _ => Vec::new(),
        };
        let caller = Self {
            user: claims.sub,
            community: claims.com,
            role: claims.role,
            units,
            membership: live.membership,
            session: claims.sid,
        };
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident: $($role:ident)|+;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl FromRequestParts<App> for $name {
            type Rejection = Fault;
            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
                Caller::from_request_parts(parts, app).await?.expect(&[$(Role::$role),+]).map(Self)
            }
        }
    )*};
}
roles! {
    /// A caller who is an admin.
    Admin: Admin;
    /// A caller who is a resident.
    Resident: Resident;
    /// A caller who is a guard.
    Guard: Security;
}
