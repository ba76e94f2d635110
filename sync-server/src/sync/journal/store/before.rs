//! What is there before events are taken in: one look at several tables.

use gatehouse::{
    id::{CommunityId, EventId, KioskId, VisitorId},
    time::UnixMs,
};
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
        kiosk: Option<KioskId>,
        at: Option<UnixMs>,
    }
}

/// Something that was found.
pub(in super::super) enum Found {
    /// A kiosk, where it stands, and since when it is revoked.
    Kiosk(KioskId, Standing, Option<UnixMs>),
    /// An event whose details were ordered to be forgotten.
    Erased(EventId),
    /// An event that was taken back, and by which kiosk, where that is known.
    Undone(EventId, Option<KioskId>),
    /// An event that is held.
    Held(EventId),
    /// A visit.
    Visit(VisitorId),
}

impl TryFrom<FoundRecord> for Found {
    type Error = StoreError;

    fn try_from(record: FoundRecord) -> Result<Self, StoreError> {
        let FoundRecord { what, id, state, kiosk, at } = record;
        Ok(match what.as_str() {
            "kiosk" => Self::Kiosk(KioskId(id), Standing::from_sql(state)?, at),
            "erased" => Self::Erased(EventId(id)),
            "undone" => Self::Undone(EventId(id), kiosk),
            "held" => Self::Held(EventId(id)),
            _ => Self::Visit(VisitorId(id)),
        })
    }
}

/// Those of the kiosks, events and visits that are there, and those of the events that something was ordered of.
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
        "select 'kiosk' as what, id, state, cast(null as uuid) as kiosk, revoked_at as at from kiosks where community = ",
        " and id" in kiosks;
        "select 'erased' as what, event as id, '' as state, cast(null as uuid) as kiosk, at from erasures where community = ",
        " and event" in events;
        "select 'undone' as what, event as id, '' as state, kiosk, cast(null as bigint) as at from undone_events
             where community = ",
        " and event" in events;
        "select 'held' as what, id, '' as state, kiosk, at from journal_events where community = ",
        " and id" in events;
        "select 'visit' as what, id, '' as state, kiosk, created_at as at from visitors where community = ",
        " and id" in visits
    )?;
    found.into_iter().map(Found::try_from).collect()
}
