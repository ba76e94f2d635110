//! What a stolen kiosk had not sent, sealed to its community's server: unreadable for whoever holds the disk, and
//! still to be handed in. It needs no token: the events in it are signed by the kiosk and chained.

use minicbor::{Decode, Encode};

use super::{PROTOCOL, Upload};
use crate::{
    cbor::{self, CborError},
    entropy::Entropy,
    id::KioskId,
    keys::{SealError, SealPublic, SealSecret, seal},
};

const CONTEXT: &[u8] = b"gatehouse/sealed-upload/1";

/// A run of a journal's events that only the server can read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealedUpload {
    /// Version of the messages.
    #[n(0)]
    pub protocol: u16,
    /// The kiosk whose journal it is.
    #[n(1)]
    pub kiosk: KioskId,
    /// Canonical CBOR of the [`Upload`], sealed ([`crate::keys::seal`]) with the associated data
    /// `"gatehouse/sealed-upload/1" ‖ kiosk id (16)`.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// Why nothing was read from a sealed upload.
#[derive(Debug, thiserror::Error)]
pub enum SealedUploadError {
    /// It is not sealed to this key for this kiosk.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What was sealed is no upload.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// What was sealed is another kiosk's upload.
    #[error("the sealed upload is another kiosk's")]
    OtherKiosk,
}

impl SealedUpload {
    /// Seals an upload to the server. Fails only on a public key of small order.
    pub fn seal(upload: &Upload, to: &SealPublic, entropy: &mut impl Entropy) -> Result<Self, SealError> {
        let sealed = seal(to, &cbor::to_vec(upload), &bound_to(upload.kiosk), entropy)?;
        Ok(Self { protocol: PROTOCOL, kiosk: upload.kiosk, sealed })
    }

    /// Opens it with the server's secret.
    pub fn open(&self, secret: &SealSecret) -> Result<Upload, SealedUploadError> {
        let upload: Upload = cbor::from_slice(&secret.open(&self.sealed, &bound_to(self.kiosk))?)?;
        if upload.kiosk == self.kiosk { Ok(upload) } else { Err(SealedUploadError::OtherKiosk) }
    }
}

fn bound_to(kiosk: KioskId) -> Vec<u8> {
    [CONTEXT, kiosk.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{hash::Hash, id::IncarnationId, journal::Head};

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn an_upload_is_read_by_the_server_for_its_kiosk_alone() {
        let kiosk = KioskId(Uuid::from_u128(1));
        let after = Head { incarnation: IncarnationId(Uuid::from_u128(2)), seq: 3, hash: Hash([4; 32]) };
        let upload = Upload { protocol: PROTOCOL, kiosk, after, events: Vec::new(), waiting: 0, oldest: 1 };
        let secret = SealSecret::from_bytes(&[9; 32]);
        let sealed = SealedUpload::seal(&upload, &secret.public(), &mut Sevens).unwrap();
        assert_eq!(sealed.open(&secret).unwrap(), upload);
        assert!(sealed.open(&SealSecret::from_bytes(&[8; 32])).is_err());
        let renamed = SealedUpload { kiosk: KioskId(Uuid::from_u128(5)), ..sealed };
        assert!(matches!(renamed.open(&secret), Err(SealedUploadError::Seal(_))));
    }
}
