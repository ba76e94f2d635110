//! Who is calling, as routes take it.
//!
//! That is found out when a request's head is there. Its body may take its time, and its caller may lose meanwhile what
//! they had: what is written for a caller is written in a transaction from [`Caller::write`], which asks again.

use std::fmt;

use axum::{extract::FromRequestParts, http::request::Parts};
use gatehouse::{
    api::problem::Code,
    id::{CommunityId, UnitId, UserId},
    words::Role,
};
use uuid::Uuid;

use super::{AccessClaims, bearer, store};
use crate::{
    accounts::store as accounts,
    app::App,
    http::{Answer, Fault},
    store::Tx,
};

/// The audience of people's access tokens.
pub(super) const PEOPLE: &str = "gatehouse:people";

/// A signed-in person, acting under one membership.
#[derive(Clone)]
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
    token: String,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("user", &self.user).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Caller {
    /// Whether the caller lives in `unit`.
    pub fn lives_in(&self, unit: UnitId) -> bool {
        self.role == Role::Resident && self.units.contains(&unit)
    }

    /// Begins a transaction in which the caller may write: they are still who they were when they were let in. Until it
    /// ends, so they remain; whoever ends their session waits, and then sees what it wrote.
    pub async fn write(&self, app: &App) -> Answer<Tx> {
        let _: AccessClaims = app.tokens.read(PEOPLE, &self.token, app.now())?;
        let mut tx = app.store.write().await?;
        store::hold_session(&mut tx, self.session).await?;
        store::live_session(&mut tx, self.community, self.session).await?.ok_or(Code::Unauthenticated)?;
        let units = accounts::units_of(&mut tx, self.community, self.membership).await?;
        if self.units.iter().any(|unit| !units.contains(unit)) {
            return Err(Code::Unauthenticated.into());
        }
        Ok(tx)
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
            token: token.to_owned(),
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
