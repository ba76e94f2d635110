//! The audit's table.

use gatehouse::{
    api::audit::AuditEntry,
    id::{CommunityId, EventId, KioskId, UnitId, UserId, VisitorId},
    time::UnixMs,
    words::Deed,
};
use uuid::Uuid;

use crate::{
    execute, fetch_all, record,
    store::{StoreError, Tx},
};

record! {
    pub(super) struct EntryRecord {
        pub(super) id: Uuid,
        at: UnixMs,
        deed: Deed,
        by_user: Option<UserId>,
        about_user: Option<UserId>,
        about_kiosk: Option<KioskId>,
        about_unit: Option<UnitId>,
        about_event: Option<EventId>,
        about_visitor: Option<VisitorId>,
    }
}

/// To whom or to what a deed was done.
#[derive(Clone, Copy, Default)]
pub(super) struct About {
    pub(super) person: Option<UserId>,
    pub(super) kiosk: Option<KioskId>,
    pub(super) unit: Option<UnitId>,
    pub(super) event: Option<EventId>,
    pub(super) visitor: Option<VisitorId>,
}

impl From<EntryRecord> for AuditEntry {
    fn from(entry: EntryRecord) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            deed: entry.deed,
            by: entry.by_user,
            about: entry.about_user,
            about_kiosk: entry.about_kiosk,
            about_unit: entry.about_unit,
            about_event: entry.about_event,
            about_visitor: entry.about_visitor,
        }
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    at: UnixMs,
    by: Option<UserId>,
    deed: &Deed,
    about: About,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into audit (community, id, at, deed, by_user, about_user, about_kiosk, about_unit, about_event,
             about_visitor)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        community,
        id,
        at,
        *deed,
        by,
        about.person,
        about.kiosk,
        about.unit,
        about.event,
        about.visitor
    )?;
    Ok(())
}

/// A piece of the community's audit, the newest first.
pub(super) async fn list(
    tx: &mut Tx,
    community: CommunityId,
    before: Uuid,
    rows: i64,
) -> Result<Vec<EntryRecord>, StoreError> {
    fetch_all!(
        tx,
        EntryRecord,
        "select id, at, deed, by_user, about_user, about_kiosk, about_unit, about_event, about_visitor from audit
         where community = $1 and id < $2 order by id desc limit $3",
        community,
        before,
        rows
    )
}
