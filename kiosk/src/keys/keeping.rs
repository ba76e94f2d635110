//! Who holds a data folder's keys: chosen once, noted there, moved on a person's word alone.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Holder, Kept, KeyFile, KeyStore, Keys, KeysError, SealedBy, SecretService, SystemdCreds, Wish};
use crate::folder::Folder;

/// What is asked for in turn where nobody says who is to hold the keys. A plain file always can.
const BEST: [Holder; 2] = [Holder::Tpm, Holder::SecretService];

/// Who holds the keys of one data folder.
#[derive(Debug)]
pub struct Keeping {
    folder: Arc<Folder>,
    holder: Mutex<Option<Holder>>,
}

/// How a move went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Who held them before.
    pub from: Holder,
    /// Who holds them now.
    pub to: Holder,
    /// Whether the former holder could not be made to forget them.
    pub left_behind: bool,
}

impl Keeping {
    /// What `folder` notes, and the keys; no keys where none are held yet.
    ///
    /// # Errors
    /// When the note is damaged, or the holder does not give them.
    pub fn open(folder: Arc<Folder>) -> Result<(Self, Option<Keys>), KeysError> {
        let kept = Kept::read(&folder)?;
        let holder = kept.as_ref().map(Kept::holder);
        let keys = kept.map(|kept| store(kept.holder()).give(&kept)).transpose()?;
        Ok((Self { folder, holder: Mutex::new(holder) }, keys))
    }

    /// Who holds the keys; `None` where nobody does yet, or does any more.
    pub fn holder(&self) -> Option<Holder> {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `keys` held as wished, and says by whom. Keys that are held stay where they are, but for a wish that
    /// names another holder.
    ///
    /// # Errors
    /// When the holder wished for cannot be used. Of the best, a plain file always can, on a sound disk.
    pub fn hold(&self, keys: &Keys, wish: Wish) -> Result<Holder, KeysError> {
        match (self.holder(), wish) {
            (Some(held), Wish::Best) => Ok(held),
            (Some(_), Wish::By(to)) => Ok(self.move_to(to)?.to),
            (None, Wish::By(by)) => self.note(&*store(by), keys),
            (None, Wish::Best) => {
                for holder in BEST {
                    match self.note(&*store(holder), keys) {
                        Err(KeysError::Creds(error)) => tracing::info!(%holder, %error, "not to be had"),
                        Err(KeysError::SecretService(error)) => {
                            tracing::info!(%holder, %error, "not to be had");
                        }
                        Err(KeysError::OtherKeys(_)) => tracing::warn!(%holder, "gives other keys back"),
                        settled => return settled,
                    }
                }
                self.note(&KeyFile, keys)
            }
        }
    }

    /// Moves the keys to another holder: given there, read back, noted, and only then forgotten where they were.
    ///
    /// # Errors
    /// When there are none, or either holder cannot be used; the former one then still has them.
    pub fn move_to(&self, to: Holder) -> Result<Moved, KeysError> {
        let kept = Kept::read(&self.folder)?.ok_or(KeysError::NoKeys)?;
        let from = kept.holder();
        if from == to {
            return Ok(Moved { from, to, left_behind: false });
        }
        let former = store(from);
        self.note(&*store(to), &former.give(&kept)?)?;
        let forgotten = former.forget(&kept);
        if let Err(error) = &forgotten {
            tracing::warn!(%error, holder = %from, "the keys moved, and their former holder still has a copy");
        }
        Ok(Moved { from, to, left_behind: forgotten.is_err() })
    }

    /// Destroys the keys: what is encrypted under them is gone for good.
    ///
    /// # Errors
    /// As [`Keeping::destroy_in`].
    pub fn destroy(&self) -> Result<(), KeysError> {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Self::destroy_in(&self.folder)
    }

    /// The same for a folder whose keys nobody has in hand.
    ///
    /// # Errors
    /// When the folder cannot be written, or the holder not be asked. What the folder had is destroyed first.
    pub fn destroy_in(folder: &Folder) -> Result<(), KeysError> {
        let kept = Kept::read(folder);
        Kept::erase(folder)?;
        match kept? {
            Some(kept) => store(kept.holder()).forget(&kept),
            None => Ok(()),
        }
    }

    fn note(&self, store: &dyn KeyStore, keys: &Keys) -> Result<Holder, KeysError> {
        let kept = store.take(keys)?;
        let given = store.give(&kept)?;
        if !given.is(keys) {
            return Err(KeysError::OtherKeys(store.holder()));
        }
        kept.write(&self.folder)?;
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = Some(store.holder());
        Ok(store.holder())
    }
}

fn store(holder: Holder) -> Box<dyn KeyStore> {
    match holder {
        Holder::Tpm => Box::new(SystemdCreds::new(SealedBy::Tpm)),
        Holder::Host => Box::new(SystemdCreds::new(SealedBy::Host)),
        Holder::SecretService => Box::new(SecretService),
        Holder::File => Box::new(KeyFile),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn keys_outlive_a_restart_and_not_their_destruction() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let (keeping, none) = Keeping::open(Arc::clone(&folder)).unwrap();
        assert!(none.is_none() && keeping.holder().is_none());
        let keys = Keys::new(&mut SystemEntropy);
        assert_eq!(keeping.hold(&keys, Wish::By(Holder::File)).unwrap(), Holder::File);
        assert_eq!(keeping.hold(&keys, Wish::Best).unwrap(), Holder::File, "never changed unasked");
        let (again, held) = Keeping::open(Arc::clone(&folder)).unwrap();
        assert!(held.unwrap().is(&keys));
        again.destroy().unwrap();
        assert!(again.holder().is_none());
        assert!(Keeping::open(folder).unwrap().1.is_none());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left but the lock");
    }

    #[test]
    fn a_damaged_note_is_an_error_and_never_new_keys() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        folder.replace("keys", b"rubbish").unwrap();
        assert!(matches!(Keeping::open(folder), Err(KeysError::Damaged(_))));
    }

    #[test]
    fn a_holder_that_cannot_take_them_leaves_the_keys_where_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let keys = Keys::new(&mut SystemEntropy);
        let (keeping, _) = Keeping::open(Arc::clone(&folder)).unwrap();
        keeping.hold(&keys, Wish::By(Holder::File)).unwrap();
        let liar = Liar;
        assert!(matches!(keeping.note(&liar, &keys), Err(KeysError::OtherKeys(Holder::Tpm))));
        assert_eq!(keeping.holder(), Some(Holder::File));
        assert!(Keeping::open(folder).unwrap().1.unwrap().is(&keys));
    }

    /// Takes keys and gives others back.
    struct Liar;

    impl KeyStore for Liar {
        fn holder(&self) -> Holder {
            Holder::Tpm
        }
        fn take(&self, keys: &Keys) -> Result<Kept, KeysError> {
            Ok(Kept::Plain(keys.clone()))
        }
        fn give(&self, _: &Kept) -> Result<Keys, KeysError> {
            Ok(Keys::new(&mut SystemEntropy))
        }
        fn forget(&self, _: &Kept) -> Result<(), KeysError> {
            Ok(())
        }
    }
}
