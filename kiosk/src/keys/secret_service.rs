//! Keys held by the Secret Service (freedesktop.org) of the session this program runs in.

use std::{collections::HashMap, path::Path};

use dbus_secret_service::{Collection, EncryptionType, Error, Item, SecretService as Service};
use gatehouse::cbor;
use zeroize::Zeroizing;

use super::{Holder, Kept, KeyStore, Keys, KeysError};

const LABEL: &str = "Gatehouse kiosk keys";
const CONTENT: &str = "application/cbor";

/// Why the Secret Service did not do it.
#[derive(Debug, thiserror::Error)]
pub enum SecretServiceError {
    /// This program runs in no session that could have one.
    #[error("this program runs in no desktop session")]
    NoSession,
    /// Its keyring is locked. Nobody is asked for a password: there may be nobody at a gate who has it.
    #[error("the keyring is locked")]
    Locked,
    /// It has no default keyring.
    #[error("there is no default keyring")]
    NoKeyring,
    /// It does not have the keys any more.
    #[error("the keyring does not have the keys")]
    Gone,
    /// It does not answer, or not as it should.
    #[error("the Secret Service does not answer as it should")]
    Service(#[source] Error),
}

impl From<Error> for SecretServiceError {
    fn from(error: Error) -> Self {
        match error {
            Error::Locked | Error::Prompt => Self::Locked,
            Error::NoResult => Self::NoKeyring,
            other => Self::Service(other),
        }
    }
}

/// The session's Secret Service as a holder of keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct SecretService;

impl SecretService {
    /// Whether the session has a bus at all. Looked for first: D-Bus would start one of its own, which nobody
    /// could ask again after a restart.
    fn has_session() -> bool {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR");
        std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
            || runtime.is_some_and(|folder| Path::new(&folder).join("bus").exists())
    }

    fn connect() -> Result<Service, SecretServiceError> {
        if !Self::has_session() {
            return Err(SecretServiceError::NoSession);
        }
        Ok(Service::connect_with_max_prompt_timeout(EncryptionType::Dh, 0)?)
    }

    fn open(service: &Service) -> Result<Collection<'_>, SecretServiceError> {
        let keyring = service.get_default_collection()?;
        if keyring.is_locked()? { Err(SecretServiceError::Locked) } else { Ok(keyring) }
    }

    fn item(service: &Service, device: [u8; 32]) -> Result<Item<'_>, SecretServiceError> {
        let name = name(device);
        let mut found = service.search_items(attributes(&name))?;
        match (found.unlocked.pop(), found.locked.pop()) {
            (Some(item), _) => Ok(item),
            (None, Some(_)) => Err(SecretServiceError::Locked),
            (None, None) => Err(SecretServiceError::Gone),
        }
    }
}

impl KeyStore for SecretService {
    fn holder(&self) -> Holder {
        Holder::SecretService
    }

    fn take(&self, keys: &Keys) -> Result<Kept, KeysError> {
        let device = keys.device().verifying_key().to_bytes();
        let secret = Zeroizing::new(cbor::to_vec(keys));
        let service = Self::connect()?;
        Self::open(&service)?
            .create_item(LABEL, attributes(&name(device)), &secret, true, CONTENT)
            .map_err(SecretServiceError::from)?;
        Ok(Kept::SecretService { device })
    }

    fn give(&self, kept: &Kept) -> Result<Keys, KeysError> {
        let Kept::SecretService { device } = kept else { return Err(KeysError::NoKeys) };
        let service = Self::connect()?;
        let secret = Self::item(&service, *device)?.get_secret().map_err(SecretServiceError::from)?;
        Ok(cbor::from_slice(&Zeroizing::new(secret))?)
    }

    fn forget(&self, kept: &Kept) -> Result<(), KeysError> {
        let Kept::SecretService { device } = kept else { return Ok(()) };
        let service = Self::connect()?;
        match Self::item(&service, *device) {
            Ok(item) => Ok(item.delete().map_err(SecretServiceError::from)?),
            Err(SecretServiceError::Gone) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn name(device: [u8; 32]) -> String {
    gatehouse::hash::Hash(device).to_string()
}

fn attributes(device: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "gatehouse-kiosk"), ("device", device)])
}
