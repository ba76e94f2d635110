//! What the data folder notes of the keys: themselves, sealed, or who has them.

use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Write},
};

use gatehouse::cbor;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::{Holder, Keys, KeysError, SealedBy};
use crate::folder::Folder;

const NAME: &str = "keys";

/// The data folder's one note of where its keys are. It is replaced whole, so that a move to another holder
/// either happened or did not.
#[derive(Clone, Encode, Decode)]
pub enum Kept {
    /// The keys themselves.
    #[n(0)]
    Plain(#[n(0)] Keys),
    /// The keys as systemd-creds sealed them.
    #[n(1)]
    Sealed {
        /// Under which of its keys.
        #[n(0)]
        by: SealedBy,
        /// What it made of them.
        #[cbor(n(1), with = "minicbor::bytes")]
        blob: Vec<u8>,
    },
    /// The Secret Service has them.
    #[n(2)]
    SecretService {
        /// The device's public key, by which the item is found.
        #[cbor(n(0), with = "minicbor::bytes")]
        device: [u8; 32],
    },
}

impl Kept {
    /// What `folder` notes; `None` where it was never enrolled, or its keys were destroyed.
    pub(super) fn read(folder: &Folder) -> Result<Option<Self>, KeysError> {
        let Some(bytes) = folder.read(NAME)? else { return Ok(None) };
        Ok(Some(cbor::from_slice(&Zeroizing::new(bytes))?))
    }

    /// Notes it durably in place of what was noted, which is overwritten once it is no longer needed.
    pub(super) fn write(&self, folder: &Folder) -> Result<(), KeysError> {
        let former = former(folder);
        folder.replace(NAME, &Zeroizing::new(cbor::to_vec(self)))?;
        former.overwrite();
        Ok(())
    }

    /// Destroys the note.
    pub(super) fn erase(folder: &Folder) -> Result<(), KeysError> {
        former(folder).overwrite();
        Ok(folder.remove(NAME)?)
    }

    /// Who holds the keys.
    pub fn holder(&self) -> Holder {
        match self {
            Self::Plain(_) => Holder::File,
            Self::Sealed { by: SealedBy::Tpm, .. } => Holder::Tpm,
            Self::Sealed { by: SealedBy::Host, .. } => Holder::Host,
            Self::SecretService { .. } => Holder::SecretService,
        }
    }
}

/// The file that holds the note now, whatever its name leads to later.
struct Former(io::Result<std::fs::File>);

fn former(folder: &Folder) -> Former {
    Former(OpenOptions::new().write(true).open(folder.path().join(NAME)))
}

impl Former {
    /// Overwrites it where it lies. On flash the old cells may outlive that: sealing is the cure.
    fn overwrite(self) {
        let overwritten = self.0.and_then(|mut file| {
            let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
            file.write_all(&vec![0; length])?;
            file.sync_all()
        });
        match overwritten {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the keys' former file could not be overwritten");
            }
            _ => {}
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({})", self.holder())
    }
}
