//! Keys in a plain file of the data folder, mode 0600: the last resort, of which a person is warned
//! ([`Holder::warning`]).

use super::{Holder, Kept, KeyStore, Keys, KeysError};

/// The keys in the data folder's own file, unsealed.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyFile;

impl KeyStore for KeyFile {
    fn holder(&self) -> Holder {
        Holder::File
    }

    fn take(&self, keys: &Keys) -> Result<Kept, KeysError> {
        Ok(Kept::Plain(keys.clone()))
    }

    fn give(&self, kept: &Kept) -> Result<Keys, KeysError> {
        match kept {
            Kept::Plain(keys) => Ok(keys.clone()),
            _ => Err(KeysError::NoKeys),
        }
    }

    fn forget(&self, _: &Kept) -> Result<(), KeysError> {
        Ok(())
    }
}
