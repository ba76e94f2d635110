//! Which kiosk is calling, as routes take it.

mod store;

use axum::{extract::FromRequestParts, http::request::Parts};
use gatehouse::{
    api::problem::Code,
    id::{CommunityId, GateId, KioskId},
    keys::PublicKey,
};
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    auth::bearer,
    http::Fault,
    store::{StoreError, Tx},
};

/// The audience of kiosks' access tokens.
const KIOSKS: &str = "gatehouse:kiosks";

/// What a kiosk's access token says.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct KioskClaims {
    sub: KioskId,
    com: CommunityId,
}

/// Where a kiosk stands with its community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// At its gate.
    Active,
    /// Taken out of service: it may still deliver its journal.
    Retired,
    /// In other hands.
    Stolen,
}

impl Standing {
    /// Who may deliver a journal: active and retired kiosks.
    pub const fn delivers(self) -> Result<(), Code> {
        match self {
            Self::Active | Self::Retired => Ok(()),
            Self::Stolen => Err(Code::KioskRevoked),
        }
    }
}

/// An enrolled kiosk as the database has it.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Which kiosk.
    pub id: KioskId,
    /// Its community.
    pub community: CommunityId,
    /// The gate it stands at.
    pub gate: GateId,
    /// Its public key.
    pub public: PublicKey,
    /// Where it stands.
    pub standing: Standing,
}

/// The kiosk of that id, in whichever community it is.
pub async fn enrolled(tx: &mut Tx, kiosk: KioskId) -> Result<Option<Enrolled>, StoreError> {
    store::kiosk(tx, kiosk).await
}

/// Whether a kiosk is at its gate: enrolled, and not revoked.
pub async fn is_active(tx: &mut Tx, kiosk: KioskId) -> Result<bool, StoreError> {
    Ok(enrolled(tx, kiosk).await?.is_some_and(|kiosk| kiosk.standing == Standing::Active))
}

/// An access token for `kiosk`, good for `life` milliseconds.
pub fn access_token(app: &App, kiosk: &Enrolled, life: i64) -> Result<String, Fault> {
    app.tokens.sign(KIOSKS, KioskClaims { sub: kiosk.id, com: kiosk.community }, app.now(), life)
}

/// A kiosk that is calling and has not been revoked.
#[derive(Clone, Debug)]
pub struct Kiosk {
    /// Which kiosk.
    pub id: KioskId,
    /// Its community: the only one it sees.
    pub community: CommunityId,
    /// The gate it stands at.
    pub gate: GateId,
}

/// A kiosk that says who it is by a token of ours. Whether it may still do so is asked for once its request is whole,
/// in the transaction that serves it: a request that was begun before the kiosk was revoked is not served after.
#[derive(Clone, Copy, Debug)]
pub struct Caller(KioskClaims);

impl Caller {
    fn of(parts: &Parts, app: &App) -> Result<Self, Fault> {
        let token = bearer(&parts.headers).ok_or(Code::Unauthenticated)?;
        Ok(Self(app.tokens.read(KIOSKS, token, app.now())?))
    }

    /// The kiosk as the database has it: asked for anew each time, so that revoking it takes effect at once.
    async fn find(self, tx: &mut Tx) -> Result<Enrolled, Fault> {
        let found = enrolled(tx, self.0.sub).await?;
        found.filter(|kiosk| kiosk.community == self.0.com).ok_or(Code::Unauthenticated.into())
    }

    /// The kiosk, if it is active: who may ask for anything.
    pub async fn active(self, tx: &mut Tx) -> Result<Kiosk, Fault> {
        let kiosk = self.find(tx).await?;
        match kiosk.standing {
            Standing::Active => Ok(kiosk.into()),
            Standing::Retired | Standing::Stolen => Err(Code::KioskRevoked.into()),
        }
    }

    /// The kiosk that it says it is.
    pub fn id(self) -> KioskId {
        self.0.sub
    }

    /// The community that it says it is of.
    pub fn community(self) -> CommunityId {
        self.0.com
    }

    /// The kiosk, be it active or retired: who may deliver a journal.
    pub async fn delivers(self, tx: &mut Tx) -> Result<Enrolled, Fault> {
        let kiosk = self.find(tx).await?;
        kiosk.standing.delivers()?;
        Ok(kiosk)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        Self::of(parts, app)
    }
}

impl From<Enrolled> for Kiosk {
    fn from(kiosk: Enrolled) -> Self {
        Self { id: kiosk.id, community: kiosk.community, gate: kiosk.gate }
    }
}

impl FromRequestParts<App> for Kiosk {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let caller = Caller::of(parts, app)?;
        caller.active(&mut app.store.look().await?).await
    }
}

/// A kiosk that is calling, be it active or retired: who may deliver what its journal tells of.
#[derive(Clone, Debug)]
pub struct AnyKiosk(pub Kiosk);

impl FromRequestParts<App> for AnyKiosk {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let caller = Caller::of(parts, app)?;
        let kiosk = caller.delivers(&mut app.store.look().await?).await?;
        Ok(Self(kiosk.into()))
    }
}
