//! The server's own keys: sealed at rest, the same for every server over one database. What each is used for belongs
//! where it is used.

mod store;

use gatehouse::entropy::Entropy;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    secrets::{Place, Sealer},
    store::{Store, StoreError},
};

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerKey {
    /// Signs access tokens: the seed of an Ed25519 key.
    AccessToken,
    /// Of the server's own certificate, which kiosks pin: PKCS #8.
    Tls,
}

impl ServerKey {
    const ALL: [Self; 2] = [Self::AccessToken, Self::Tls];

    fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::Tls => "tls",
        }
    }

    fn place(self) -> Place<'static> {
        let row = self.name().as_bytes();
        Place { table: "server_keys", column: "sealed", community: Uuid::nil(), row }
    }

    fn open(self, sealer: &Sealer, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        sealer.open(&self.place(), sealed).map_err(|_| KeyError::Unseal(self.name()))
    }
}

/// Why a key of the server cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database failed.
    #[error("the server's keys cannot be read from the database")]
    Store(#[from] StoreError),
    /// It does not open.
    #[error(
        "the server's key \"{0}\" does not open: the database is sealed under another master key than this one, or \
         damaged: put the right master key back, or the database from a copy"
    )]
    Unseal(&'static str),
    /// What is stored is no such key.
    #[error("what the database holds as the server's key \"{0}\" is none")]
    Format(&'static str),
}

impl KeyError {
    /// What is stored is no such key.
    pub fn format(key: ServerKey) -> Self {
        Self::Format(key.name())
    }
}

/// Whether the database holds any: they are the first that is ever sealed in it.
pub async fn are_kept(store: &Store) -> Result<bool, StoreError> {
    let mut tx = store.look().await?;
    store::any(&mut tx).await
}

/// Reads a key from the database; where there is none, `new` is kept as it. Nothing is sealed beside what does not open:
/// the master key is not the database's then.
pub async fn load_or_keep(
    store: &Store,
    sealer: &Sealer,
    key: ServerKey,
    new: &[u8],
    entropy: &mut (impl Entropy + Send),
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut tx = store.write().await?;
    if store::sealed(&mut tx, key.name()).await?.is_none() {
        for other in ServerKey::ALL {
            if let Some(sealed) = store::sealed(&mut tx, other.name()).await? {
                other.open(sealer, &sealed)?;
            }
        }
        // Another server over the same database may be first all the same: then its key stays.
        store::insert(&mut tx, key.name(), &sealer.seal(&key.place(), new, entropy)).await?;
    }
    let sealed = store::sealed(&mut tx, key.name()).await?.ok_or(KeyError::format(key))?;
    let opened = key.open(sealer, &sealed)?;
    tx.commit().await?;
    Ok(opened)
}
