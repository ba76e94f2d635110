//! What every request is served with.

use std::sync::Arc;

use gatehouse::time::{Clock, UnixMs};

use crate::{
    auth::{Passwords, TokenKeys},
    http::TrustedProxies,
    origin::Origin,
    randomness::OsEntropy,
    secrets::Sealer,
    server_keys::KeyError,
    store::Store,
    sync::Live,
};

/// The server's state, cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Seals and opens secrets at rest.
    pub sealer: Sealer,
    /// Signs and reads access tokens.
    pub tokens: Arc<TokenKeys>,
    /// Hashes passwords and PINs, a few at a time.
    pub passwords: Passwords,
    /// How the server is reached from outside.
    pub origin: Arc<Origin>,
    /// The reverse proxies whose word is taken for whom they speak.
    pub proxies: Arc<TrustedProxies>,
    /// The kiosks that are connected, and those that were heard of.
    pub live: Live,
    clock: Arc<dyn Clock>,
}

impl App {
    /// The state over an open database: reads the server's own keys from it, or makes them.
    pub async fn over(
        store: Store,
        sealer: Sealer,
        clock: Arc<dyn Clock>,
        origin: Origin,
    ) -> Result<Self, KeyError> {
        let tokens = TokenKeys::load_or_make(&store, &sealer, &mut OsEntropy).await?;
        Ok(Self {
            live: Live::over(&store),
            store,
            sealer,
            tokens: Arc::new(tokens),
            passwords: Passwords::new(),
            origin: Arc::new(origin),
            proxies: Arc::default(),
            clock,
        })
    }

    /// The same, behind reverse proxies.
    #[must_use]
    pub fn behind(self, proxies: TrustedProxies) -> Self {
        Self { proxies: Arc::new(proxies), ..self }
    }

    /// Now.
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// The machine's randomness.
    pub fn entropy(&self) -> OsEntropy {
        OsEntropy
    }
}
