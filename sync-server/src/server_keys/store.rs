//! The table of the server's own keys.

use crate::{
    execute, fetch_optional,
    store::{StoreError, Tx},
};

/// Whether there is a key.
pub(super) async fn any(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(fetch_optional!(tx, (String,), "select name from server_keys limit 1")?.is_some())
}

/// Keeps a key; one that is there already stays.
pub(super) async fn insert(tx: &mut Tx, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into server_keys (name, sealed) values ($1, $2) on conflict (name) do nothing",
        name,
        sealed
    )?;
    Ok(())
}

pub(super) async fn sealed(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select sealed from server_keys where name = $1";
    Ok(fetch_optional!(tx, (Vec<u8>,), sql, name)?.map(|row| row.0))
}
