//! Keys sealed by systemd-creds(1), under the machine's TPM or its own secret.
//!
//! Its program is what every version since systemd 250 offers; the keys go in and out by pipes alone. What it
//! makes of them lies in the data folder and is of use only on this machine.

use std::{ffi::OsString, time::Duration};

use gatehouse::cbor;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::{Holder, Kept, KeyStore, Keys, KeysError, program};

/// The name that is sealed with the keys: nothing else that this machine sealed is taken for them.
const NAME: &str = "--name=gatehouse-kiosk-keys";

/// A TPM takes a second or two; a broken one may never answer.
const BOUND: Duration = Duration::from_secs(30);

/// Under which of its keys systemd-creds seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum SealedBy {
    /// The machine's TPM.
    #[n(0)]
    Tpm,
    /// The secret in `/var/lib/systemd/credential.secret`.
    #[n(1)]
    Host,
}

/// systemd-creds as a holder of keys.
#[derive(Clone, Debug)]
pub struct SystemdCreds {
    program: OsString,
    by: SealedBy,
}

impl SystemdCreds {
    /// The program of this machine, sealing under `by`.
    pub fn new(by: SealedBy) -> Self {
        Self::of("systemd-creds", by)
    }

    /// Another program of the same kind.
    pub fn of(program: impl Into<OsString>, by: SealedBy) -> Self {
        Self { program: program.into(), by }
    }

    fn run(&self, words: &[&str], input: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeysError> {
        Ok(program::run(&self.program, words, input, BOUND)?)
    }
}

impl KeyStore for SystemdCreds {
    fn holder(&self) -> Holder {
        match self.by {
            SealedBy::Tpm => Holder::Tpm,
            SealedBy::Host => Holder::Host,
        }
    }

    fn take(&self, keys: &Keys) -> Result<Kept, KeysError> {
        // PCR 16 stands at zero after every start, so the keys are bound to this TPM and to no state of its
        // firmware: an update of that must not close a gate. (No PCR at all is what systemd 252 cannot unseal.)
        let under: &[&str] = match self.by {
            SealedBy::Tpm => &["encrypt", "--with-key=tpm2", "--tpm2-pcrs=16", NAME, "-", "-"],
            SealedBy::Host => &["encrypt", "--with-key=host", NAME, "-", "-"],
        };
        let blob = self.run(under, &Zeroizing::new(cbor::to_vec(keys)))?;
        Ok(Kept::Sealed { by: self.by, blob: blob.to_vec() })
    }

    fn give(&self, kept: &Kept) -> Result<Keys, KeysError> {
        let Kept::Sealed { blob, .. } = kept else { return Err(KeysError::NoKeys) };
        let opened = self.run(&["decrypt", "--newline=no", NAME, "-", "-"], blob)?;
        Ok(cbor::from_slice(&opened)?)
    }

    fn forget(&self, _: &Kept) -> Result<(), KeysError> {
        // All there is of them is in the data folder.
        Ok(())
    }
}
