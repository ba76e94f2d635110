//! Events as an admin reads them.

use gatehouse::{
    id::{CommunityId, EventId, IncarnationId, KioskId},
    time::UnixMs,
};

use super::super::listing::Place;
use crate::{
    fetch_all, record,
    store::{StoreError, Tx},
};

record! {
    /// An event with its place in its journal.
    pub(in super::super) struct ListedEvent {
        pub(in super::super) id: EventId,
        pub(in super::super) kiosk: KioskId,
        pub(in super::super) incarnation: IncarnationId,
        pub(in super::super) seq: u64,
        pub(in super::super) hash: [u8; 32],
        pub(in super::super) in_chain: bool,
        pub(in super::super) parked: bool,
        pub(in super::super) bytes: Vec<u8>,
        pub(in super::super) received_at: UnixMs,
    }
}

/// Events in the order of their ids, which is that of their times; of one kiosk or of all.
pub(in super::super) async fn events(
    tx: &mut Tx,
    community: CommunityId,
    kiosk: Option<KioskId>,
    after: Place,
    limit: i64,
) -> Result<Vec<ListedEvent>, StoreError> {
    fetch_all!(
        tx,
        ListedEvent,
        "select id, kiosk, incarnation, seq, hash, in_chain, parked, bytes, received_at from journal_events
         where community = $1 and kiosk = coalesce($2, kiosk) and (id, hash) > ($3, $4)
         order by id, hash limit $5",
        community,
        kiosk,
        after.id,
        after.hash.0,
        limit
    )
}
