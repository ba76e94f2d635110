//! The model stores keep the contract that the real ones keep.

use ed25519_dalek::SigningKey;
use gatehouse::{
    id::{CommunityId, GateId, KioskId},
    testing::{Chance, Home, ModelCache, ModelJournal, ModelServer, contract},
    time::UnixMs,
};
use uuid::Uuid;

#[test]
fn the_model_journal_keeps_the_contract() {
    contract::check_journal(|home| ModelJournal::new(home.clone(), UnixMs(0), Chance::new(3)));
}

#[test]
fn the_model_cache_keeps_the_contract() {
    contract::check_cache(ModelCache::default);
}

#[test]
fn the_model_server_keeps_the_contract() {
    contract::check_server(|| {
        let home = Home {
            community: CommunityId(Uuid::from_u128(1)),
            kiosk: KioskId(Uuid::from_u128(2)),
            gate: GateId(Uuid::from_u128(3)),
            key: SigningKey::from_bytes(&[4; 32]),
        };
        let mut server = ModelServer::new(home.community, Chance::new(5), 1_000);
        server.enrol(home.kiosk, home.key.verifying_key());
        (server, home)
    });
}
