//! The kiosks' table, as far as knowing a caller goes.

use gatehouse::{
    id::{CommunityId, GateId, KioskId},
    keys::PublicKey,
};

use super::{Enrolled, Standing};
use crate::{
    fetch_optional, record,
    store::{Column, StoreError, Tx},
};

record! {
    struct KioskRecord {
        community: CommunityId,
        gate: GateId,
        public: [u8; 32],
        state: Standing,
    }
}

impl Column for Standing {
    type Sql = String;

    fn to_sql(&self) -> String {
        match self {
            Self::Active => "ACTIVE",
            Self::Retired => "RETIRED",
            Self::Stolen => "STOLEN",
        }
        .to_owned()
    }

    fn from_sql(sql: String) -> Result<Self, StoreError> {
        match sql.as_str() {
            "ACTIVE" => Ok(Self::Active),
            "RETIRED" => Ok(Self::Retired),
            "STOLEN" => Ok(Self::Stolen),
            other => Err(StoreError::Decode(format!("no kiosk is in state {other}").into())),
        }
    }
}

pub(super) async fn kiosk(tx: &mut Tx, id: KioskId) -> Result<Option<Enrolled>, StoreError> {
    let found = fetch_optional!(
        tx,
        KioskRecord,
        "select community, gate, public, state from kiosks where id = $1",
        id
    )?;
    Ok(found.map(|record| Enrolled {
        id,
        community: record.community,
        gate: record.gate,
        public: PublicKey(record.public),
        standing: record.state,
    }))
}
