//! Visits as the tables hold them.

use gatehouse::{
    feed::row::VisitRow,
    id::{CommunityId, GateId, PassId, UnitId, UserId, VisitorId},
    journal::Requested,
    time::UnixMs,
    words::{Answer, VisitorStatus},
};

use crate::{
    execute, fetch_in, insert_all, record,
    store::{StoreError, Tx},
};

record! {
    /// What the tables hold of a visit that events do not tell.
    #[derive(Clone)]
    pub(in super::super) struct Held {
        pub(in super::super) id: VisitorId,
        pub(in super::super) name: Option<String>,
        pub(in super::super) phone: Option<String>,
        pub(in super::super) vehicle_number: Option<String>,
        pub(in super::super) company: Option<String>,
        pub(in super::super) pass: Option<PassId>,
        pub(in super::super) asked_at: Option<UnixMs>,
        pub(in super::super) answer: Option<Answer>,
        pub(in super::super) answered_at: Option<UnixMs>,
        pub(in super::super) check_out_time: Option<UnixMs>,
        pub(in super::super) status: VisitorStatus,
        pub(in super::super) request: Option<Requested>,
    }
}

/// Reads visits and keeps them from being changed by others until this transaction ends.
pub(in super::super) async fn hold(
    tx: &mut Tx,
    community: CommunityId,
    visits: &[VisitorId],
) -> Result<Vec<Held>, StoreError> {
    fetch_in!(
        tx,
        Held,
        "update visitors set id = id where community = ",
        community,
        " and id",
        visits,
        " returning id, name, phone, vehicle_number, company, pass, asked_at, answer, answered_at,
             check_out_time, status, request"
    )
}

/// A visit as events and tables together tell it.
pub(in super::super) struct Told {
    pub(in super::super) id: VisitorId,
    pub(in super::super) row: VisitRow,
    pub(in super::super) phone: Option<String>,
    pub(in super::super) gate: Option<GateId>,
    pub(in super::super) guard: Option<UserId>,
    pub(in super::super) exited_gate: Option<GateId>,
}

/// Writes visits and the units they lead to.
pub(in super::super) async fn write(
    tx: &mut Tx,
    community: CommunityId,
    visits: &[Told],
    now: UnixMs,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into visitors (community, id, name, phone, visitor_type, vehicle_number, company, people, subject,
             status, security_id, pass, kiosk, gate, asked_at, answer, answered_at, check_in_time, check_in_gate,
             check_out_time, check_out_gate, exit_assumed, created_at) ",
        visits,
        |told| [
            community,
            told.id,
            told.row.name,
            told.phone,
            told.row.visitor_type,
            told.row.plate,
            told.row.company,
            told.row.people,
            told.row.subject,
            told.row.status,
            told.guard,
            told.row.pass,
            told.row.kiosk,
            told.gate,
            told.row.asked_at,
            told.row.answer,
            told.row.answered_at,
            told.row.entered_at,
            told.row.entered_gate,
            told.row.exited_at,
            told.exited_gate,
            told.row.exit_assumed,
            now
        ],
        " on conflict (community, id) do update set name = excluded.name, phone = excluded.phone,
             visitor_type = excluded.visitor_type, vehicle_number = excluded.vehicle_number,
             company = excluded.company, people = excluded.people, subject = excluded.subject,
             status = excluded.status, security_id = coalesce(excluded.security_id, visitors.security_id),
             pass = excluded.pass, kiosk = excluded.kiosk,
             gate = case when visitors.request is null then coalesce(excluded.gate, visitors.gate) else excluded.gate end,
             asked_at = excluded.asked_at, answer = excluded.answer, answered_at = excluded.answered_at,
             check_in_time = excluded.check_in_time, check_in_gate = excluded.check_in_gate,
             check_out_time = excluded.check_out_time, check_out_gate = excluded.check_out_gate,
             exit_assumed = excluded.exit_assumed"
    )?;
    let units: Vec<(VisitorId, UnitId)> =
        visits.iter().flat_map(|told| told.row.units.iter().map(|unit| (told.id, *unit))).collect();
    insert_all!(
        tx,
        "insert into visitor_units (community, visitor, unit) ",
        units,
        |pair| [community, pair.0, pair.1],
        " on conflict (community, visitor, unit) do nothing"
    )
}

/// A visit of which every event was taken back: nobody came in.
pub(in super::super) async fn void(
    tx: &mut Tx,
    community: CommunityId,
    visit: VisitorId,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update visitors set status = 'LAPSED', check_in_time = null, check_in_gate = null,
             check_out_time = null, check_out_gate = null, exit_assumed = null
         where community = $1 and id = $2",
        community,
        visit
    )?;
    Ok(())
}

/// Forgets what was said of the persons of a visit; false where nothing was.
pub(in super::super) async fn erase(
    tx: &mut Tx,
    community: CommunityId,
    visit: VisitorId,
) -> Result<bool, StoreError> {
    let erased = execute!(
        tx,
        "update visitors set name = null, phone = null, vehicle_number = null, company = null
         where community = $1 and id = $2 and coalesce(name, phone, vehicle_number, company) is not null",
        community,
        visit
    )?;
    Ok(erased == 1)
}
