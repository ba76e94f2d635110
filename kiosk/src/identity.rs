//! Who this kiosk is: what enrolment gave it, and the statements its community's root signed for it since.
//!
//! All of it stands in plain files of the folder, outside both databases: with every database gone the kiosk
//! still knows its gate and verifies passes. The statement is kept twice, so that a torn write leaves one.

use gatehouse::{
    cbor::{self, CborError},
    hash::Hash,
    id::{CommunityId, KioskId},
    trust::{SignedTrust, TrustError, TrustStatement},
};
use minicbor::{Decode, Encode};

use crate::folder::{Folder, FolderError};

const IDENTITY: &str = "identity";
const TRUST: [&str; 2] = ["trust", "trust.copy"];

/// What enrolment gave this kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Identity {
    /// The server's address.
    #[n(0)]
    pub server: String,
    /// SHA-256 of the server's TLS public key (SPKI); absent over loopback without TLS.
    #[n(1)]
    pub pin: Option<Hash>,
    /// SHA-256 of the community root's public key.
    #[n(2)]
    pub root: Hash,
    /// The community.
    #[n(3)]
    pub community: CommunityId,
    /// This kiosk.
    #[n(4)]
    pub kiosk: KioskId,
}

/// Why this kiosk does not know who it is.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The folder failed.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The identity is not readable.
    #[error("the kiosk's identity is damaged")]
    Damaged(#[from] CborError),
    /// A statement is not the root's for this kiosk.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Neither copy of the statement holds.
    #[error("both copies of the trust statement are damaged")]
    NoTrust,
}

impl Identity {
    /// The identity kept in `folder`; `None` before enrolment.
    ///
    /// # Errors
    /// When the folder fails or the file is damaged.
    pub fn load(folder: &Folder) -> Result<Option<Self>, IdentityError> {
        let Some(bytes) = folder.read(IDENTITY)? else { return Ok(None) };
        Ok(Some(cbor::from_slice(&bytes)?))
    }

    /// Keeps the identity and its first statement. The identity is written last: it is what makes a kiosk an
    /// enrolled one.
    ///
    /// # Errors
    /// [`TrustError`] when the statement is not this kiosk's, else when the folder fails.
    pub fn keep(&self, folder: &Folder, trust: &SignedTrust) -> Result<TrustStatement, IdentityError> {
        let statement = trust.accept(&self.root, self.community, self.kiosk, 0)?;
        self.keep_trust(folder, trust)?;
        folder.replace(IDENTITY, &cbor::to_vec(self))?;
        Ok(statement)
    }

    /// The newest statement that holds, of the two copies.
    ///
    /// # Errors
    /// [`IdentityError::NoTrust`] when neither holds, else when the folder fails.
    pub fn trust(&self, folder: &Folder) -> Result<TrustStatement, IdentityError> {
        let mut newest: Option<TrustStatement> = None;
        for name in TRUST {
            let Some(bytes) = folder.read(name)? else { continue };
            let held = newest.as_ref().map_or(0, |statement| statement.version);
            let accepted = SignedTrust::read(&bytes)
                .and_then(|signed| signed.accept(&self.root, self.community, self.kiosk, held));
            if let Ok(statement) = accepted {
                newest = Some(statement);
            }
        }
        newest.ok_or(IdentityError::NoTrust)
    }

    /// Takes a newer statement in place of the one held.
    ///
    /// # Errors
    /// [`TrustError`] when it is not the root's for this kiosk or is older, else when the folder fails.
    pub fn take_trust(
        &self,
        folder: &Folder,
        trust: &SignedTrust,
    ) -> Result<TrustStatement, IdentityError> {
        let held = self.trust(folder).map_or(0, |statement| statement.version);
        let statement = trust.accept(&self.root, self.community, self.kiosk, held)?;
        if statement.version > held {
            self.keep_trust(folder, trust)?;
        }
        Ok(statement)
    }

    fn keep_trust(&self, folder: &Folder, trust: &SignedTrust) -> Result<(), FolderError> {
        let bytes = trust.to_bytes();
        TRUST.iter().try_for_each(|name| folder.replace(name, &bytes))
    }
}
