//! A community's own keys: each for one purpose, sealed at rest, opened only for use.

mod store;

use gatehouse::{
    code::EpochRoot,
    entropy::Entropy,
    id::CommunityId,
    keys::{Kid, PublicKey, SealSecret, SigningKey},
    time::UnixMs,
};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    http::Fault,
    secrets::{Place, Sealer, UnsealError},
    store::{StoreError, Tx},
};

/// What a key is for. No key serves two purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signs trust files and orders to kiosks; its fingerprint is in the enrolment QR.
    Root,
    /// Signs the server's time.
    Anchor,
    /// Signs passes.
    Pass,
    /// The root of the day keys of one epoch.
    Epoch(u32),
    /// Opens what kiosks seal for the server.
    Seal,
    /// Keys the digests by which phones and plates are looked up.
    Lookup,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Root => "ROOT",
            Self::Anchor => "ANCHOR",
            Self::Pass => "PASS",
            Self::Epoch(_) => "EPOCH",
            Self::Seal => "SEAL",
            Self::Lookup => "LOOKUP",
        }
    }

    fn epoch(self) -> Option<u32> {
        if let Self::Epoch(epoch) = self { Some(epoch) } else { None }
    }
}

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The database failed.
    #[error("the community's keys cannot be read")]
    Store(#[from] StoreError),
    /// The key does not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// There is none in force.
    #[error("the community has no {} key in force", .0.word())]
    None(Purpose),
    /// What is stored is not 32 bytes.
    #[error("the stored {} key is not one", .0.word())]
    Format(Purpose),
}

impl From<KeyringError> for Fault {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// A pass key's public half, and when it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicPassKey {
    /// The key's own id.
    pub id: Uuid,
    /// The public half.
    pub public: PublicKey,
    /// In force from.
    pub not_before: UnixMs,
    /// In force until, where an end is set.
    pub not_after: Option<UnixMs>,
}

/// Makes a key for `purpose`, in force from `not_before`; answers its id.
pub async fn make(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    purpose: Purpose,
    not_before: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<Uuid, StoreError> {
    let id = gatehouse::id::uuid_v7(not_before, entropy);
    let secret = Zeroizing::new(entropy.bytes::<32>());
    let public = match purpose {
        Purpose::Root | Purpose::Anchor | Purpose::Pass => Some(SigningKey::from_seed(&secret).public().0),
        Purpose::Seal => Some(SealSecret::from_bytes(&secret).public().0),
        Purpose::Epoch(_) | Purpose::Lookup => None,
    };
    let sealed = sealer.seal(&place(community, &id), secret.as_slice(), entropy);
    store::insert(tx, community, id, purpose, public, &sealed, not_before).await?;
    Ok(id)
}

/// Makes a key that is to sign passes from `not_before`; answers its public half.
pub async fn make_pass_key(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    not_before: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<PublicPassKey, KeyringError> {
    let id = make(tx, sealer, community, Purpose::Pass, not_before, entropy).await?;
    let keys = pass_keys(tx, community).await?;
    keys.into_iter().find(|key| key.id == id).ok_or(KeyringError::None(Purpose::Pass))
}

/// Makes one key for every purpose, all in force from `now`: once, when the community is made.
pub async fn begin(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    first_epoch: u32,
    now: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<(), StoreError> {
    let epoch = Purpose::Epoch(first_epoch);
    for purpose in [Purpose::Root, Purpose::Anchor, Purpose::Pass, epoch, Purpose::Seal, Purpose::Lookup] {
        make(tx, sealer, community, purpose, now, entropy).await?;
    }
    Ok(())
}

/// The newest Ed25519 key of `purpose` (root, anchor, pass) that is in force at `now`.
pub async fn signing_key(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    purpose: Purpose,
    now: UnixMs,
) -> Result<SigningKey, KeyringError> {
    Ok(SigningKey::from_seed(&*secret(tx, sealer, community, purpose, now).await?))
}

/// The anchor key that a kiosk knows by its name, though a newer one took its place; the newest where there is none of
/// that name.
pub async fn anchor_key_known(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    known: Kid,
    now: UnixMs,
) -> Result<SigningKey, KeyringError> {
    for (id, sealed) in store::all(tx, community, Purpose::Anchor).await? {
        let key = SigningKey::from_seed(&*open(sealer, community, Purpose::Anchor, &id, &sealed)?);
        if key.public().kid() == known {
            return Ok(key);
        }
    }
    signing_key(tx, sealer, community, Purpose::Anchor, now).await
}

/// The key that kiosks are to seal to.
pub async fn seal_key(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    now: UnixMs,
) -> Result<SealSecret, KeyringError> {
    Ok(SealSecret::from_bytes(&*secret(tx, sealer, community, Purpose::Seal, now).await?))
}

/// The keys that open what kiosks seal for the server, the newest first. A kiosk that was away sealed to an older one.
pub async fn seal_keys(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
) -> Result<Vec<SealSecret>, KeyringError> {
    let kept = store::all(tx, community, Purpose::Seal).await?;
    let opened = kept.iter().map(|(id, sealed)| {
        Ok(SealSecret::from_bytes(&*open(sealer, community, Purpose::Seal, id, sealed)?))
    });
    opened.collect()
}

/// The key of the digests by which phones and plates are looked up.
pub async fn lookup_key(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    now: UnixMs,
) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
    secret(tx, sealer, community, Purpose::Lookup, now).await
}

/// The root of an epoch's day keys.
pub async fn epoch_root(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    epoch: u32,
    now: UnixMs,
) -> Result<EpochRoot, KeyringError> {
    Ok(EpochRoot::from_bytes(*secret(tx, sealer, community, Purpose::Epoch(epoch), now).await?))
}

/// Says until when a pass key that signs no more passes is good, and destroys its secret half: nothing is ever signed
/// with it again.
pub async fn end_pass_key(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    not_after: UnixMs,
) -> Result<(), StoreError> {
    store::end(tx, community, id, not_after).await
}

/// Forgets a pass key that no pass is verified with any more.
pub async fn drop_pass_key(tx: &mut Tx, community: CommunityId, id: Uuid) -> Result<(), StoreError> {
    store::delete(tx, community, id).await
}

/// The public halves of all pass keys, those to come and those out of force included.
pub async fn pass_keys(tx: &mut Tx, community: CommunityId) -> Result<Vec<PublicPassKey>, StoreError> {
    store::pass_keys(tx, community).await
}

async fn secret(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    purpose: Purpose,
    now: UnixMs,
) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
    let found = store::in_force(tx, community, purpose, now).await?;
    let (id, sealed) = found.ok_or(KeyringError::None(purpose))?;
    open(sealer, community, purpose, &id, &sealed)
}

fn open(
    sealer: &Sealer,
    community: CommunityId,
    purpose: Purpose,
    id: &Uuid,
    sealed: &[u8],
) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
    let secret = sealer.open(&place(community, id), sealed)?;
    let bytes = <[u8; 32]>::try_from(secret.as_slice()).map_err(|_| KeyringError::Format(purpose))?;
    Ok(Zeroizing::new(bytes))
}

fn place(community: CommunityId, id: &Uuid) -> Place<'_> {
    Place { table: "community_keys", column: "sealed", community: community.0, row: id.as_bytes() }
}
