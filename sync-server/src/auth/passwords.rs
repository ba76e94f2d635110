//! Passwords and PINs: argon2id as [`gatehouse::pin`] has it, off the async threads, a few at a time.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use gatehouse::{
    entropy::Entropy,
    pin::{HASH_BYTES, LANES, MEMORY_KIB, PASSES},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
};
use zeroize::Zeroizing;

/// Each takes 19 MiB and a core.
const AT_ONCE: usize = 4;

/// Hashing failed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The parameters or the stored hash are not what argon2 takes.
    #[error("argon2: {0}")]
    Argon(String),
    /// The hashing thread died.
    #[error("the hashing thread died")]
    Thread(#[from] task::JoinError),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Closed(#[from] tokio::sync::AcquireError),
}

impl From<PasswordError> for crate::http::Fault {
    fn from(error: PasswordError) -> Self {
        Self::internal(error)
    }
}

/// Hashes and checks passwords and PINs.
#[derive(Clone, Debug)]
pub struct Passwords {
    hashings: Arc<Semaphore>,
    tries: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn argon() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)).map_err(argon_error)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn argon_error(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Argon(error.to_string())
}

impl Passwords {
    /// A few hashings at once, all others wait.
    pub fn new() -> Self {
        let few = || Arc::new(Semaphore::new(AT_ONCE));
        Self { hashings: few(), tries: few() }
    }

    /// A turn at trying a password, to be held until the try is counted or given back. A try counts as a wrong one while
    /// it is looked at: of many right ones at the same time, those that only wait would lock their owner out.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, PasswordError> {
        Ok(Arc::clone(&self.tries).acquire_owned().await?)
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: String, entropy: &mut impl Entropy) -> Result<String, PasswordError> {
        let password = Zeroizing::new(password);
        let salt = SaltString::encode_b64(&entropy.bytes::<16>()).map_err(argon_error)?;
        self.off_thread(move || {
            let hash = argon()?.hash_password(password.as_bytes(), &salt).map_err(argon_error)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one of `hash`. Without a hash the work is done all the same and the answer is no,
    /// so that the time taken does not tell which accounts exist.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
        let password = Zeroizing::new(password);
        self.off_thread(move || {
            let Some(hash) = hash else {
                raw(&password, &[0; 16])?;
                return Ok(false);
            };
            let parsed = PasswordHash::new(&hash).map_err(argon_error)?;
            Ok(argon()?.verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    /// The 32 bytes that a kiosk compares a guard's PIN by.
    pub async fn pin(&self, pin: String, salt: [u8; 16]) -> Result<[u8; 32], PasswordError> {
        let pin = Zeroizing::new(pin);
        self.off_thread(move || raw(&pin, &salt)).await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = Arc::clone(&self.hashings).acquire_owned().await?;
        task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await?
    }
}

fn raw(secret: &str, salt: &[u8; 16]) -> Result<[u8; 32], PasswordError> {
    let mut out = [0; 32];
    argon()?.hash_password_into(secret.as_bytes(), salt, &mut out).map_err(argon_error)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::OsEntropy;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash("right horse".into(), &mut OsEntropy).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("right horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("wrong horse".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("right horse".into(), None).await.unwrap());
    }
}
