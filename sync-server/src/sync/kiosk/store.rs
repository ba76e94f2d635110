//! The kiosks' table, as far as knowing a caller goes.

use gatehouse::{
    id::{CommunityId, GateId, KioskId},
    keys::PublicKey,
};

use super::{Enrolled, Standing};
use crate::{
    fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    struct KioskRecord {
        community: CommunityId,
        gate: GateId,
        public: [u8; 32],
        state: String,
    }
}

pub(super) async fn kiosk(tx: &mut Tx, id: KioskId) -> Result<Option<Enrolled>, StoreError> {
    let found = fetch_optional!(
        tx,
        KioskRecord,
        "select community, gate, public, state from kiosks where id = $1",
        id
    )?;
    let Some(record) = found else { return Ok(None) };
    let standing = match record.state.as_str() {
        "ACTIVE" => Standing::Active,
        "RETIRED" => Standing::Retired,
        "STOLEN" => Standing::Stolen,
        other => return Err(StoreError::Decode(format!("no kiosk is in state {other}").into())),
    };
    Ok(Some(Enrolled {
        id,
        community: record.community,
        gate: record.gate,
        public: PublicKey(record.public),
        standing,
    }))
}
