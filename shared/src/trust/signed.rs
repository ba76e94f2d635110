//! The root's word for a statement.

use minicbor::{Decode, Encode};

use super::TrustStatement;
use crate::{
    cbor::{self, CborError},
    hash::Hash,
    id::{CommunityId, KioskId},
    keys::{PublicKey, Signature, SignatureError, SigningKey},
};

const CONTEXT: &[u8] = b"gatehouse/trust/1";

/// A statement as it is kept and sent: its bytes, the root's public key, and the root's Ed25519 signature
/// over `"gatehouse/trust/1" ‖ bytes`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedTrust {
    /// Canonical CBOR of the [`TrustStatement`].
    #[cbor(n(0), with = "minicbor::bytes")]
    bytes: Vec<u8>,
    #[n(1)]
    root: PublicKey,
    #[n(2)]
    signature: Signature,
}

/// Why a statement is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Not readable.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Signed by another root than the one whose fingerprint was in the enrolment QR.
    #[error("signed by another root than this kiosk was enrolled under")]
    OtherRoot,
    /// The root did not sign it.
    #[error("the root did not sign this")]
    Signature(#[from] SignatureError),
    /// It is for another kiosk or community.
    #[error("the statement is for another kiosk")]
    OtherKiosk,
    /// It is older than what is held already.
    #[error("version {found} is older than version {held}, which is held already")]
    Older {
        /// The version held.
        held: u64,
        /// The version that came.
        found: u64,
    },
}

impl SignedTrust {
    /// Signs a statement.
    pub fn sign(statement: &TrustStatement, root: &SigningKey) -> Self {
        let bytes = cbor::to_vec(statement);
        let signature = root.sign(CONTEXT, &bytes);
        Self { bytes, root: root.public(), signature }
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Reads a file, its word unchecked.
    pub fn read(bytes: &[u8]) -> Result<Self, TrustError> {
        Ok(cbor::from_slice(bytes)?)
    }

    /// The root that it says it is signed by, its word unchecked.
    pub fn root(&self) -> &PublicKey {
        &self.root
    }

    /// The statement, if the root of that fingerprint signed it.
    pub fn verify(&self, root: &Hash) -> Result<TrustStatement, TrustError> {
        if Hash(self.root.fingerprint()) != *root {
            return Err(TrustError::OtherRoot);
        }
        self.root.verify(CONTEXT, &self.bytes, &self.signature)?;
        Ok(cbor::from_slice(&self.bytes)?)
    }

    /// The statement, if it is this kiosk's and not older than the version held already.
    pub fn accept(
        &self,
        root: &Hash,
        community: CommunityId,
        kiosk: KioskId,
        held: u64,
    ) -> Result<TrustStatement, TrustError> {
        let statement = self.verify(root)?;
        if statement.community != community || statement.kiosk != kiosk {
            return Err(TrustError::OtherKiosk);
        }
        if statement.version < held {
            return Err(TrustError::Older { held, found: statement.version });
        }
        Ok(statement)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        admission::Policy,
        id::{GateId, UserId},
        keys::{PassKey, SealPublic},
        time::UnixMs,
        trust::TrustGuard,
        words::GateKind,
    };

    const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(1));
    const KIOSK: KioskId = KioskId(Uuid::from_u128(2));

    fn root() -> SigningKey {
        SigningKey::from_seed(&[1; 32])
    }

    fn fingerprint() -> Hash {
        Hash(root().public().fingerprint())
    }

    fn statement() -> TrustStatement {
        let pass = PassKey::new(SigningKey::from_seed(&[2; 32]).public(), UnixMs(0), UnixMs(9));
        TrustStatement {
            version: 7,
            issued_at: UnixMs(5),
            community: COMMUNITY,
            kiosk: KIOSK,
            kiosk_number: 2,
            gate: GateId(Uuid::from_u128(3)),
            gate_name: "Main gate".into(),
            gate_kind: GateKind::Both,
            zone: "Asia/Kolkata".into(),
            policy: Policy::default().to_bytes(),
            pass_keys: [pass].into_iter().collect(),
            anchor_key: SigningKey::from_seed(&[3; 32]).public(),
            seal_key: SealPublic([9; 32]),
            guards: vec![TrustGuard { guard: UserId(Uuid::from_u128(4)), name: "Ramesh".into() }],
        }
    }

    #[test]
    fn a_statement_of_the_enrolled_root_is_taken_and_survives_its_file() {
        let signed = SignedTrust::sign(&statement(), &root());
        let read = SignedTrust::read(&signed.to_bytes()).unwrap();
        assert_eq!(read.accept(&fingerprint(), COMMUNITY, KIOSK, 7).unwrap(), statement());
    }

    #[test]
    fn no_older_one_no_other_root_and_no_other_kiosk() {
        let signed = SignedTrust::sign(&statement(), &root());
        let older = signed.accept(&fingerprint(), COMMUNITY, KIOSK, 8);
        assert!(matches!(older, Err(TrustError::Older { held: 8, found: 7 })));
        let other = KioskId(Uuid::from_u128(9));
        assert!(matches!(signed.accept(&fingerprint(), COMMUNITY, other, 0), Err(TrustError::OtherKiosk)));
        let usurper = SignedTrust::sign(&statement(), &SigningKey::from_seed(&[6; 32]));
        assert!(matches!(usurper.verify(&fingerprint()), Err(TrustError::OtherRoot)));
        let posing = SignedTrust { root: root().public(), ..usurper };
        assert!(matches!(posing.verify(&fingerprint()), Err(TrustError::Signature(_))));
    }

    #[test]
    fn no_changed_byte_is_taken() {
        let bytes = SignedTrust::sign(&statement(), &root()).to_bytes();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let taken = SignedTrust::read(&changed).and_then(|signed| signed.verify(&fingerprint()));
            assert!(taken.is_err(), "byte {at}");
        }
    }
}
