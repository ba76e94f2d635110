//! What a kiosk is, kept twice outside both databases: with every database gone, and one copy damaged, it
//! still knows its server, its gate, and the keys that passes are signed with.

use std::sync::Arc;

use gatehouse::{
    cbor::{self, CborError},
    enrol::ServerAddress,
    hash::Hash,
    id::{CommunityId, KioskId},
    keys::PublicKey,
    trust::{SignedTrust, TrustError, TrustStatement},
};
use minicbor::{Decode, Encode};

use crate::{
    folder::{Folder, FolderError},
    net::Trust,
};

const COPIES: [&str; 2] = ["membership", "membership.2"];

/// What enrolment made of this kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Membership {
    /// The server's address.
    #[n(0)]
    server: String,
    /// What the server's key is known by; absent where authorities vouch for it, or it is on this machine.
    #[n(1)]
    pub pin: Option<Hash>,
    /// The community root's fingerprint.
    #[n(2)]
    pub root: Hash,
    /// This kiosk's id.
    #[n(3)]
    pub kiosk: KioskId,
    /// Its community.
    #[n(4)]
    pub community: CommunityId,
    /// The community's name.
    #[n(5)]
    pub community_name: String,
    /// The kiosk's own name.
    #[n(6)]
    pub name: String,
    /// The trust file's bytes, as the root signed them.
    #[cbor(n(7), with = "minicbor::bytes")]
    trust: Vec<u8>,
}

/// A membership whose trust file was checked, with what the root says in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// What enrolment made of this kiosk.
    pub membership: Membership,
    /// What the community root says to it.
    pub statement: TrustStatement,
}

/// Why this kiosk does not know what it is.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// The folder failed.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Neither copy is readable.
    #[error("what this kiosk is can no longer be read: enrol it again")]
    Damaged(#[source] CborError),
    /// The trust file does not hold.
    #[error("the trust file does not hold")]
    Trust(#[from] TrustError),
    /// The address is none.
    #[error("the server's address does not hold")]
    Address(#[from] gatehouse::enrol::AddressError),
}

impl Membership {
    /// What an enrolment that was answered with `trust` makes of this kiosk, if the root signed it.
    pub fn enrolled(
        server: &ServerAddress,
        pin: Option<Hash>,
        root: Hash,
        kiosk: (KioskId, String),
        community: (CommunityId, String),
        trust: &SignedTrust,
    ) -> Result<Trusted, MembershipError> {
        let statement = trust.accept(&root, community.0, kiosk.0, 0)?;
        let membership = Self {
            server: server.to_string(),
            pin,
            root,
            kiosk: kiosk.0,
            community: community.0,
            community_name: community.1,
            name: kiosk.1,
            trust: trust.to_bytes(),
        };
        Ok(Trusted { membership, statement })
    }

    /// What the folder holds; `None` before enrolment. A damaged copy is replaced by the sound one.
    pub fn load(folder: &Arc<Folder>) -> Result<Option<Trusted>, MembershipError> {
        let mut damage = None;
        for name in COPIES {
            match Self::read(folder, name) {
                Ok(None) => {}
                Ok(Some(trusted)) => {
                    if let Some(error) = &damage {
                        tracing::warn!(%error, "one copy of the membership was damaged and is replaced");
                        // A disk that does not take it now is no reason not to know what this kiosk is.
                        if let Err(error) = trusted.keep(folder) {
                            tracing::error!(%error, "the damaged copy cannot be replaced");
                        }
                    }
                    return Ok(Some(trusted));
                }
                Err(error) => damage = Some(error),
            }
        }
        damage.map_or(Ok(None), Err)
    }

    fn read(folder: &Folder, name: &str) -> Result<Option<Trusted>, MembershipError> {
        let Some(bytes) = folder.read(name)? else { return Ok(None) };
        let membership: Self = cbor::from_slice(&bytes).map_err(MembershipError::Damaged)?;
        membership.trusted().map(Some)
    }

    fn trusted(self) -> Result<Trusted, MembershipError> {
        let statement = SignedTrust::read(&self.trust)?.accept(&self.root, self.community, self.kiosk, 0)?;
        Ok(Trusted { membership: self, statement })
    }

    /// Where the server is.
    pub fn server(&self) -> Result<ServerAddress, MembershipError> {
        Ok(self.server.parse()?)
    }

    /// The server's address as it is written.
    pub fn server_text(&self) -> &str {
        &self.server
    }

    /// The community root's public key, as the trust file names it.
    pub fn root_key(&self) -> Result<PublicKey, MembershipError> {
        Ok(*SignedTrust::read(&self.trust)?.root())
    }

    /// By what the server proves itself.
    pub fn trust(&self) -> Trust {
        self.pin.map_or(Trust::Authorities, Trust::Pinned)
    }

    /// Forgets everything, as after an order to wipe.
    pub fn forget(folder: &Folder) -> Result<(), FolderError> {
        COPIES.iter().try_for_each(|name| folder.remove(name))
    }
}

impl Trusted {
    /// Keeps it, one copy after the other: at any moment one of them is whole.
    pub fn keep(&self, folder: &Folder) -> Result<(), FolderError> {
        let bytes = cbor::to_vec(&self.membership);
        COPIES.iter().try_for_each(|name| folder.replace(name, &bytes))
    }

    /// Takes a newer word of the root; false where it says what is held already.
    pub fn renew(&mut self, trust: &SignedTrust) -> Result<bool, TrustError> {
        let Membership { root, community, kiosk, .. } = &self.membership;
        let statement = trust.accept(root, *community, *kiosk, self.statement.version)?;
        let newer = statement.version > self.statement.version;
        if newer {
            self.membership.trust = trust.to_bytes();
            self.statement = statement;
        }
        Ok(newer)
    }
}

#[cfg(test)]
mod tests {
    use gatehouse::{
        id::GateId,
        keys::{SealPublic, SigningKey},
        time::UnixMs,
        words::GateKind,
    };
    use uuid::Uuid;

    use super::*;

    const KIOSK: KioskId = KioskId(Uuid::from_u128(2));
    const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(1));

    fn signed(version: u64, root: &SigningKey) -> SignedTrust {
        let statement = TrustStatement {
            version,
            issued_at: UnixMs(0),
            community: COMMUNITY,
            kiosk: KIOSK,
            kiosk_number: 1,
            gate: GateId(Uuid::from_u128(3)),
            gate_name: "North".into(),
            gate_kind: GateKind::Both,
            zone: "Asia/Kolkata".into(),
            policy: Vec::new(),
            pass_keys: std::iter::empty().collect(),
            anchor_key: root.public(),
            seal_key: SealPublic([0; 32]),
            guards: Vec::new(),
        };
        SignedTrust::sign(&statement, root)
    }

    fn member(version: u64) -> (Trusted, SigningKey) {
        let root = SigningKey::from_seed(&[1; 32]);
        let fingerprint = Hash(root.public().fingerprint());
        let server = "https://gate.example".parse().unwrap();
        let trusted = Membership::enrolled(
            &server,
            None,
            fingerprint,
            (KIOSK, "Kiosk 1".into()),
            (COMMUNITY, "Lakeview".into()),
            &signed(version, &root),
        );
        (trusted.unwrap(), root)
    }

    #[test]
    fn one_damaged_copy_is_mended_from_the_other_and_two_are_said() {
        let place = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(place.path()).unwrap());
        assert!(Membership::load(&folder).unwrap().is_none());
        let (trusted, _) = member(1);
        trusted.keep(&folder).unwrap();
        for damaged in COPIES {
            folder.replace(damaged, b"rubbish").unwrap();
            assert_eq!(Membership::load(&folder).unwrap().unwrap(), trusted, "{damaged}");
            trusted.keep(&folder).unwrap();
        }
        for damaged in COPIES {
            folder.replace(damaged, b"rubbish").unwrap();
        }
        assert!(matches!(Membership::load(&folder), Err(MembershipError::Damaged(_))));
    }

    #[test]
    fn a_copy_that_cannot_be_read_at_all_leaves_the_other() {
        for unreadable in COPIES {
            let place = tempfile::tempdir().unwrap();
            let folder = Arc::new(Folder::open(place.path()).unwrap());
            let (trusted, _) = member(1);
            trusted.keep(&folder).unwrap();
            folder.remove(unreadable).unwrap();
            // Nothing reads a folder as a file, and nothing replaces it by one.
            std::fs::create_dir(place.path().join(unreadable)).unwrap();
            assert_eq!(Membership::load(&folder).unwrap().unwrap(), trusted, "{unreadable}");
        }
    }

    #[test]
    fn the_root_s_word_only_goes_forward() {
        let (mut trusted, root) = member(2);
        assert!(!trusted.renew(&signed(2, &root)).unwrap());
        assert!(trusted.renew(&signed(3, &root)).unwrap());
        assert!(matches!(trusted.renew(&signed(2, &root)), Err(TrustError::Older { .. })));
        let usurper = SigningKey::from_seed(&[9; 32]);
        assert!(matches!(trusted.renew(&signed(4, &usurper)), Err(TrustError::OtherRoot)));
    }
}
