//! What is there before events are taken in: one look at several tables.

use gatehouse::{
    id::{CommunityId, EventId, KioskId, PassId, VisitorId},
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
        applied: u64,
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
    /// How many events about a visit are applied.
    OfVisit(VisitorId, u64),
    /// How many applied events are found by a pass.
    OfPass(PassId, u64),
}

impl TryFrom<FoundRecord> for Found {
    type Error = StoreError;

    fn try_from(record: FoundRecord) -> Result<Self, StoreError> {
        let FoundRecord { what, id, state, kiosk, at, applied } = record;
        Ok(match what.as_str() {
            "kiosk" => Self::Kiosk(KioskId(id), Standing::from_sql(state)?, at),
            "erased" => Self::Erased(EventId(id)),
            "undone" => Self::Undone(EventId(id), kiosk),
            "held" => Self::Held(EventId(id)),
            "of visit" => Self::OfVisit(VisitorId(id), applied),
            "of pass" => Self::OfPass(PassId(id), applied),
            _ => Self::Visit(VisitorId(id)),
        })
    }
}

/// Those of the kiosks, events and visits that are there, those of the events that something was ordered of, and how many
/// events of the visits and passes are applied.
pub(in super::super) async fn look(
    tx: &mut Tx,
    community: CommunityId,
    kiosks: &[KioskId],
    events: &[EventId],
    visits: &[VisitorId],
    passes: &[PassId],
) -> Result<Vec<Found>, StoreError> {
    let found = fetch_united!(
        tx,
        FoundRecord,
        community,
        "select 'kiosk' as what, id, state, cast(null as uuid) as kiosk, revoked_at as at, cast(0 as bigint) as applied
             from kiosks where community = ",
        " and id" in kiosks;
        "select 'erased' as what, event as id, '' as state, cast(null as uuid) as kiosk, at, cast(0 as bigint) as applied
             from erasures where community = ",
        " and event" in events;
        "select 'undone' as what, event as id, '' as state, kiosk, cast(null as bigint) as at,
             cast(0 as bigint) as applied from undone_events where community = ",
        " and event" in events;
        "select 'held' as what, id, '' as state, kiosk, at, cast(0 as bigint) as applied from journal_events
             where community = ",
        " and id" in events;
        "select 'visit' as what, id, '' as state, kiosk, created_at as at, cast(0 as bigint) as applied from visitors
             where community = ",
        " and id" in visits;
        "select 'of visit' as what, visit as id, '' as state, cast(null as uuid) as kiosk, cast(null as bigint) as at,
             count(*) as applied from journal_events where not parked and community = ",
        " and visit" in visits, " group by visit";
        "select 'of pass' as what, pass as id, '' as state, cast(null as uuid) as kiosk, cast(null as bigint) as at,
             count(*) as applied from journal_events where not parked and community = ",
        " and pass" in passes, " group by pass"
    )?;
    found.into_iter().map(Found::try_from).collect()
}
