//! The alerts' table, as admins read it.

use gatehouse::{
    api::community::Alert,
    id::{CommunityId, GateId, KioskId, PassId, UnitId, UserId, VisitorId},
    time::UnixMs,
};
use uuid::Uuid;

use crate::{
    execute, fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    pub(super) struct AlertRecord {
        id: Uuid,
        /// What the list runs by.
        pub(super) place: Uuid,
        kind: String,
        at: UnixMs,
        kiosk: Option<KioskId>,
        gate: Option<GateId>,
        unit: Option<UnitId>,
        pass: Option<PassId>,
        visitor: Option<VisitorId>,
        acknowledged_at: Option<UnixMs>,
        acknowledged_by: Option<UserId>,
    }
}

impl From<AlertRecord> for Alert {
    fn from(alert: AlertRecord) -> Self {
        Self {
            id: alert.id,
            kind: alert.kind,
            at: alert.at,
            kiosk_id: alert.kiosk,
            gate_id: alert.gate,
            unit_id: alert.unit,
            pass_id: alert.pass,
            visitor_id: alert.visitor,
            acknowledged_at: alert.acknowledged_at,
            acknowledged_by: alert.acknowledged_by,
        }
    }
}

/// A piece of the alerts, those first that the server had last; only those nobody took note of, if `open`.
pub(super) async fn list(
    tx: &mut Tx,
    community: CommunityId,
    open: bool,
    before: Uuid,
    rows: i64,
) -> Result<Vec<AlertRecord>, StoreError> {
    fetch_all!(
        tx,
        AlertRecord,
        "select id, place, kind, at, kiosk, gate, unit, pass, visitor, acknowledged_at, acknowledged_by from alerts
         where community = $1 and place < $2 and ($3 = 0 or acknowledged_at is null)
         order by place desc limit $4",
        community,
        before,
        i64::from(open),
        rows
    )
}

/// The alert of an id.
pub(super) async fn alert(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
) -> Result<Option<AlertRecord>, StoreError> {
    fetch_optional!(
        tx,
        AlertRecord,
        "select id, place, kind, at, kiosk, gate, unit, pass, visitor, acknowledged_at, acknowledged_by from alerts
         where community = $1 and id = $2",
        community,
        id
    )
}

/// Notes who took note first.
pub(super) async fn acknowledge(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    by: UserId,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update alerts set acknowledged_at = $3, acknowledged_by = $4
         where community = $1 and id = $2 and acknowledged_at is null",
        community,
        id,
        now,
        by
    )?;
    Ok(())
}
