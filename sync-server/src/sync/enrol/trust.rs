//! What the community root says to one kiosk.

use gatehouse::{
    id::{CommunityId, KioskId},
    keys::{KeySet, PassKey},
    time::UnixMs,
    trust::{SignedTrust, TrustGuard, TrustStatement},
};

use super::store;
use crate::{
    communities,
    http::Fault,
    keyring::{self, Purpose},
    secrets::Sealer,
    store::Tx,
};

/// The trust file of a kiosk as of `now`. Its version is the time it was signed at, in milliseconds: it goes up, a
/// server restored from a copy included.
pub async fn signed(
    tx: &mut Tx,
    sealer: &Sealer,
    community: CommunityId,
    kiosk: KioskId,
    now: UnixMs,
) -> Result<SignedTrust, Fault> {
    let place = store::place(tx, community, kiosk).await?;
    let home = communities::store::community(tx, community).await?;
    let pass_keys = keyring::pass_keys(tx, community).await?;
    let end = UnixMs(i64::MAX);
    let pass_keys: KeySet = pass_keys
        .into_iter()
        .map(|key| PassKey::new(key.public, key.not_before, key.not_after.unwrap_or(end)))
        .collect();
    let guards = store::guards(tx, community).await?;
    let guards =
        guards.into_iter().map(|guard| TrustGuard { guard: guard.user_id, name: guard.name }).collect();
    let statement = TrustStatement {
        version: u64::try_from(now.0).unwrap_or(0),
        issued_at: now,
        community,
        kiosk,
        kiosk_number: place.number,
        gate: place.gate,
        gate_name: place.gate_name,
        gate_kind: place.gate_kind,
        zone: home.zone,
        policy: home.policy,
        pass_keys,
        anchor_key: keyring::signing_key(tx, sealer, community, Purpose::Anchor, now).await?.public(),
        seal_key: keyring::seal_key(tx, sealer, community, now).await?.public(),
        guards,
    };
    let root = keyring::signing_key(tx, sealer, community, Purpose::Root, now).await?;
    Ok(SignedTrust::sign(&statement, &root))
}
