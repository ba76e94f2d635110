//! Which nonces were used, and the orders that end kiosks.

use gatehouse::{id::KioskId, sync::TokenNonce, time::UnixMs};

use crate::{
    execute, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    pub(super) struct OrderRecord {
        pub(super) state: String,
        pub(super) order_signature: Option<[u8; 64]>,
    }
}

/// Marks a nonce as used; false if it was before.
pub(super) async fn use_nonce(
    tx: &mut Tx,
    nonce: &TokenNonce,
    expires_at: UnixMs,
) -> Result<bool, StoreError> {
    let used = execute!(
        tx,
        "insert into used_nonces (nonce, expires_at) values ($1, $2) on conflict (nonce) do nothing",
        nonce.0,
        expires_at
    )?;
    Ok(used == 1)
}

/// Forgets the nonces that are over anyway.
pub(super) async fn forget_nonces(tx: &mut Tx, now: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "delete from used_nonces where expires_at <= $1", now)?;
    Ok(())
}

pub(super) async fn order(tx: &mut Tx, kiosk: KioskId) -> Result<Option<OrderRecord>, StoreError> {
    fetch_optional!(tx, OrderRecord, "select state, order_signature from kiosks where id = $1", kiosk)
}
