//! What admins are shown: alerts, double uses, disagreements.

use gatehouse::{
    entropy::Entropy,
    id::{CommunityId, EventId, GateId, KioskId, PassId, UnitId, VisitorId, uuid_v7},
    time::UnixMs,
};
use uuid::Uuid;

use crate::{
    accounts::store::lived_there,
    fetch_all, insert_all, record,
    store::{StoreError, Tx},
};

/// An alert to be raised.
#[derive(Clone, Debug)]
pub(in super::super) struct NewAlert {
    pub(in super::super) id: Uuid,
    pub(in super::super) kind: String,
    pub(in super::super) at: UnixMs,
    pub(in super::super) kiosk: KioskId,
    pub(in super::super) gate: Option<GateId>,
    pub(in super::super) unit: Option<UnitId>,
    pub(in super::super) pass: Option<PassId>,
    pub(in super::super) visitor: Option<VisitorId>,
}

/// A use that was one too many.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct NewDoubleUse {
    pub(in super::super) id: Uuid,
    pub(in super::super) pass: PassId,
    pub(in super::super) event: EventId,
    pub(in super::super) at: UnixMs,
}

/// Something in which server and kiosk do not agree.
#[derive(Clone, Debug)]
pub(in super::super) struct NewDisagreement {
    pub(in super::super) event: EventId,
    pub(in super::super) kiosk: KioskId,
    pub(in super::super) found: &'static str,
    pub(in super::super) theirs: String,
    pub(in super::super) ours: String,
}

record! {
    /// A double use, as it is shown.
    pub(in super::super) struct DoubleUseRecord {
        pub(in super::super) id: Uuid,
        pub(in super::super) pass: PassId,
        pub(in super::super) unit: Option<UnitId>,
        pub(in super::super) event: EventId,
        pub(in super::super) kiosk: KioskId,
        pub(in super::super) gate: GateId,
        pub(in super::super) visit: VisitorId,
        pub(in super::super) at: UnixMs,
        pub(in super::super) found_at: UnixMs,
    }

    /// A disagreement, as it is shown.
    #[derive(Clone)]
    pub(in super::super) struct DisagreementRecord {
        pub(in super::super) event: EventId,
        pub(in super::super) kiosk: KioskId,
        pub(in super::super) found: String,
        pub(in super::super) theirs: String,
        pub(in super::super) ours: String,
        pub(in super::super) at: UnixMs,
    }
}

/// Raises alerts; one of an id that was raised before stays as it is. In their list they stand where now is: nobody who
/// makes an alert's id makes its place.
pub(in super::super) async fn raise(
    tx: &mut Tx,
    community: CommunityId,
    alerts: &[NewAlert],
    now: UnixMs,
    entropy: &mut impl Entropy,
) -> Result<(), StoreError> {
    let placed: Vec<(Uuid, &NewAlert)> = alerts.iter().map(|alert| (uuid_v7(now, entropy), alert)).collect();
    insert_all!(
        tx,
        "insert into alerts (community, id, place, kind, at, kiosk, gate, unit, pass, visitor) ",
        placed,
        |new| [
            community,
            new.1.id,
            new.0,
            new.1.kind,
            new.1.at,
            new.1.kiosk,
            new.1.gate,
            new.1.unit,
            new.1.pass,
            new.1.visitor
        ],
        " on conflict (community, id) do nothing"
    )
}

pub(in super::super) async fn insert_double_uses(
    tx: &mut Tx,
    community: CommunityId,
    cases: &[NewDoubleUse],
    now: UnixMs,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into double_uses (community, id, pass, event, at, found_at) ",
        cases,
        |case| [community, case.id, case.pass, case.event, case.at, now],
        " on conflict (community, event) do nothing"
    )
}

pub(in super::super) async fn insert_disagreements(
    tx: &mut Tx,
    community: CommunityId,
    found: &[NewDisagreement],
    now: UnixMs,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into disagreements (community, event, kiosk, found, theirs, ours, at) ",
        found,
        |new| [community, new.event, new.kiosk, new.found, new.theirs, new.ours, now],
        " on conflict (community, event, found) do nothing"
    )
}

macro_rules! double_uses {
    ($($rest:expr),+) => {
        concat!(
            "select d.id, d.pass, p.unit, d.event, u.kiosk, u.gate, u.visit, d.at, d.found_at from double_uses d
             join pass_uses u on u.community = d.community and u.event = d.event
             left join passes p on p.community = d.community and p.id = d.pass
             where d.community = $1 and d.id > $2 and not u.undone "
            $(, $rest)+
        )
    };
}

/// A piece of the community's double uses in order of id.
pub(in super::super) async fn double_uses(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<DoubleUseRecord>, StoreError> {
    fetch_all!(tx, DoubleUseRecord, double_uses!("order by d.id limit $3"), community, after, rows)
}

/// A piece of the double uses of passes made for the units of a membership since its holder lives there, in order of id.
pub(in super::super) async fn double_uses_of_membership(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    after: Uuid,
    rows: i64,
) -> Result<Vec<DoubleUseRecord>, StoreError> {
    fetch_all!(
        tx,
        DoubleUseRecord,
        double_uses!("and ", lived_there!("$3", "p.unit", "p.created_at"), " order by d.id limit $4"),
        community,
        after,
        membership,
        rows
    )
}

/// All that was found of the next events in order of id.
pub(in super::super) async fn disagreements(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    events: i64,
) -> Result<Vec<DisagreementRecord>, StoreError> {
    fetch_all!(
        tx,
        DisagreementRecord,
        "select event, kiosk, found, theirs, ours, at from disagreements
         where community = $1 and event in
             (select distinct event from disagreements where community = $1 and event > $2
              order by event limit $3)
         order by event, found",
        community,
        after,
        events
    )
}
