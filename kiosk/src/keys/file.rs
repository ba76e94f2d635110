//! Keys in a plain file of the data folder, mode 0600: the last resort.

use std::sync::Arc;

use gatehouse::cbor;
use zeroize::Zeroizing;

use super::{Guarded, KeyStore, Keys, KeysError};
use crate::folder::Folder;

const NAME: &str = "keys";

/// The keys in the data folder's own file, unsealed.
#[derive(Clone, Debug)]
pub struct KeyFile {
    folder: Arc<Folder>,
}

impl KeyFile {
    /// The key file of `folder`.
    pub fn new(folder: Arc<Folder>) -> Self {
        Self { folder }
    }
}

impl KeyStore for KeyFile {
    fn load(&self) -> Result<Option<Keys>, KeysError> {
        let Some(bytes) = self.folder.read(NAME)? else { return Ok(None) };
        Ok(Some(cbor::from_slice(&Zeroizing::new(bytes))?))
    }

    fn keep(&self, keys: &Keys) -> Result<(), KeysError> {
        let bytes = Zeroizing::new(cbor::to_vec(keys));
        tracing::warn!("keys are kept in a plain file: whoever can read this disk can read them");
        Ok(self.folder.replace(NAME, &bytes)?)
    }

    fn destroy(&self) -> Result<(), KeysError> {
        // Overwritten before it is unlinked. On flash the old cells may outlive both: sealing is the cure.
        if self.folder.read(NAME)?.is_some() {
            self.folder.replace(NAME, &[0; 160])?;
        }
        Ok(self.folder.remove(NAME)?)
    }

    fn guarded(&self) -> Guarded {
        Guarded::FileOnly
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn keys_outlive_a_restart_and_not_their_destruction() {
        let dir = tempfile::tempdir().unwrap();
        let store = KeyFile::new(Arc::new(Folder::open(dir.path()).unwrap()));
        let made = Keys::load_or_make(&store, &mut SystemEntropy).unwrap();
        let again = Keys::load_or_make(&store, &mut SystemEntropy).unwrap();
        assert_eq!(made.device().to_bytes(), again.device().to_bytes());
        assert_eq!(made.journal(), again.journal());
        assert_ne!(made.cache(), made.journal());
        store.destroy().unwrap();
        assert!(store.load().unwrap().is_none());
    }

    #[test]
    fn debug_output_shows_no_key() {
        assert_eq!(format!("{:?}", Keys::new(&mut SystemEntropy)), "Keys(…)");
    }
}
