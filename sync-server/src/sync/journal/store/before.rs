//! What is there before events are taken in: one look at several tables.

use gatehouse::id::{CommunityId, EventId, KioskId, VisitorId};
use uuid::Uuid;

use crate::{
    fetch_united, record,
    store::{Column, StoreError, Tx},
    sync::kiosk::Standing,
};

record! {
    struct FoundRecord {
        what: String,
        id: Uuid,
        state: String,
    }
}

/// Something that was found.
pub(in super::super) enum Found {
    /// A kiosk, and where it stands.
    Kiosk(KioskId, Standing),
    /// An event whose details were ordered to be forgotten.
    Erased(EventId),
    /// An event that was taken back.
    Undone(EventId),
    /// A visit.
    Visit(VisitorId),
}

impl TryFrom<FoundRecord> for Found {
    type Error = StoreError;

    fn try_from(record: FoundRecord) -> Result<Self, StoreError> {
        let FoundRecord { what, id, state } = record;
        Ok(match what.as_str() {
            "kiosk" => Self::Kiosk(KioskId(id), Standing::from_sql(state)?),
            "erased" => Self::Erased(EventId(id)),
            "undone" => Self::Undone(EventId(id)),
            _ => Self::Visit(VisitorId(id)),
        })
    }
}

/// Those of the kiosks and visits that are there, and those of the events that something was ordered of.
pub(in super::super) async fn look(
    tx: &mut Tx,
    community: CommunityId,
    kiosks: &[KioskId],
    events: &[EventId],
    visits: &[VisitorId],
) -> Result<Vec<Found>, StoreError> {
    let found = fetch_united!(
        tx,
        FoundRecord,
        community,
        "select 'kiosk' as what, id, state from kiosks where community = ", " and id" in kiosks;
        "select 'erased' as what, event as id, '' as state from erasures where community = ", " and event" in events;
        "select 'undone' as what, event as id, '' as state from undone_events where community = ",
        " and event" in events;
        "select 'visit' as what, id, '' as state from visitors where community = ", " and id" in visits
    )?;
    found.into_iter().map(Found::try_from).collect()
}
