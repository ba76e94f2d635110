//! The kiosks' table, as far as streams go.

use std::collections::HashSet;

use gatehouse::id::{CommunityId, KioskId};

use crate::{
    fetch_all, record,
    store::{StoreError, Tx},
};

record! {
    struct KioskRecord {
        id: KioskId,
    }
}

/// The kiosks of a community that were revoked.
pub(super) async fn revoked(tx: &mut Tx, community: CommunityId) -> Result<HashSet<KioskId>, StoreError> {
    let kiosks = fetch_all!(
        tx,
        KioskRecord,
        "select id from kiosks where community = $1 and state <> 'ACTIVE'",
        community
    )?;
    Ok(kiosks.into_iter().map(|record| record.id).collect())
}
