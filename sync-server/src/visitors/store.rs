//! The visitors' table, the API's side.

use gatehouse::{
    feed::row::VisitRow,
    id::{CommunityId, GateId, KioskId, PassId, UnitId, UserId, VisitorId},
    journal::Requested,
    phone::last_four,
    time::UnixMs,
    words::{Answer, Subject, VisitorStatus, VisitorType},
};
use uuid::Uuid;

use crate::{
    accounts::store::lived_there,
    execute,
    feed::Change,
    fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A visitor.
    #[derive(Clone)]
    pub struct VisitorRecord {
        /// The visit.
        pub id: VisitorId,
        /// Name, if told.
        pub name: Option<String>,
        /// Phone, if told.
        pub phone: Option<String>,
        /// Why they come.
        pub visitor_type: VisitorType,
        /// Number plate, if told.
        pub vehicle_number: Option<String>,
        /// The company that sent them.
        pub company: Option<String>,
        /// How many people.
        pub people: u16,
        /// Who or what.
        pub subject: Subject,
        /// Where the visit stands.
        pub status: VisitorStatus,
        /// The resident who answered.
        pub resident_id: Option<UserId>,
        /// The guard on shift.
        pub security_id: Option<UserId>,
        /// The pass, where one was used.
        pub pass: Option<PassId>,
        /// The kiosk that asked or admitted.
        pub kiosk: Option<KioskId>,
        /// The gate where they asked.
        pub gate: Option<GateId>,
        /// When they asked.
        pub asked_at: Option<UnixMs>,
        /// The household's answer.
        pub answer: Option<Answer>,
        /// When it came.
        pub answered_at: Option<UnixMs>,
        /// When they came in.
        pub check_in_time: Option<UnixMs>,
        /// At which gate.
        pub check_in_gate: Option<GateId>,
        /// When they went out.
        pub check_out_time: Option<UnixMs>,
        /// Whether nobody saw them go.
        pub exit_assumed: Option<bool>,
        /// When the visit was first known of.
        pub created_at: UnixMs,
        /// What was asked over the API, where it was.
        pub request: Option<Requested>,
    }

    struct UnitOf {
        unit: UnitId,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select v.id, v.name, v.phone, v.visitor_type, v.vehicle_number, v.company, v.people, v.subject,
                    v.status, v.resident_id, v.security_id, v.pass, v.kiosk, v.gate, v.asked_at, v.answer,
                    v.answered_at, v.check_in_time, v.check_in_gate, v.check_out_time, v.exit_assumed, v.created_at,
                    v.request
             from visitors v ",
            $rest
        )
    };
}

impl VisitorRecord {
    /// What is to be published when the visit has changed.
    pub fn change(&self, units: Vec<UnitId>) -> Change {
        let row = VisitRow {
            units,
            visitor_type: self.visitor_type.clone(),
            status: self.status.clone(),
            subject: self.subject.clone(),
            people: self.people,
            name: self.name.clone(),
            company: self.company.clone(),
            plate: self.vehicle_number.clone(),
            phone4: self.phone.as_deref().map(last_four),
            pass: self.pass,
            asked_at: self.asked_at,
            kiosk: self.kiosk,
            answer: self.answer.clone(),
            answered_at: self.answered_at,
            entered_at: self.check_in_time,
            entered_gate: self.check_in_gate,
            exited_at: self.check_out_time,
            exit_assumed: self.exit_assumed,
            awaited: self.request.as_ref().filter(|_| self.is_open()).map(Requested::awaited),
        };
        Change::put(self.id.0, &row)
    }

    /// Whether it still waits for a gate's outcome. Once a guard has closed a denial, nothing that households or time do
    /// changes the visit any more: it is published by what events tell alone.
    fn is_open(&self) -> bool {
        let untold = self.check_in_time.is_none() && self.check_out_time.is_none();
        let open = [VisitorStatus::Pending, VisitorStatus::Approved, VisitorStatus::Denied];
        untold && open.contains(&self.status)
    }
}

/// Makes a visit that waits for an answer.
pub async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    visitor: &VisitorRecord,
    units: &[UnitId],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into visitors (community, id, name, phone, visitor_type, vehicle_number, company, people, subject,
             status, security_id, gate, asked_at, created_at, request)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        community,
        visitor.id,
        visitor.name,
        visitor.phone,
        visitor.visitor_type,
        visitor.vehicle_number,
        visitor.company,
        visitor.people,
        visitor.subject,
        visitor.status,
        visitor.security_id,
        visitor.gate,
        visitor.asked_at,
        visitor.created_at,
        visitor.request
    )?;
    for unit in units {
        execute!(
            tx,
            "insert into visitor_units (community, visitor, unit) values ($1, $2, $3)",
            community,
            visitor.id,
            *unit
        )?;
    }
    Ok(())
}

/// Keeps a visit from being changed by others until this transaction ends.
pub async fn hold(tx: &mut Tx, community: CommunityId, id: VisitorId) -> Result<(), StoreError> {
    execute!(tx, "update visitors set id = id where community = $1 and id = $2", community, id)?;
    Ok(())
}

/// Writes a household's answer and where the visit stands now.
pub async fn write_answer(
    tx: &mut Tx,
    community: CommunityId,
    visitor: &VisitorRecord,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update visitors set status = $3, resident_id = $4, answer = $5, answered_at = $6
         where community = $1 and id = $2",
        community,
        visitor.id,
        visitor.status,
        visitor.resident_id,
        visitor.answer,
        visitor.answered_at
    )?;
    Ok(())
}

/// The visit of an id.
pub async fn visitor(
    tx: &mut Tx,
    community: CommunityId,
    id: VisitorId,
) -> Result<Option<VisitorRecord>, StoreError> {
    fetch_optional!(tx, VisitorRecord, select!("where v.community = $1 and v.id = $2"), community, id)
}

/// The units of a visit.
pub async fn units_of(tx: &mut Tx, community: CommunityId, id: VisitorId) -> Result<Vec<UnitId>, StoreError> {
    let rows = fetch_all!(
        tx,
        UnitOf,
        "select unit from visitor_units where community = $1 and visitor = $2 order by unit",
        community,
        id
    )?;
    Ok(rows.into_iter().map(|row| row.unit).collect())
}

/// A piece of the community's visits, the newest first; of one status, or of all if it is empty.
pub async fn list(
    tx: &mut Tx,
    community: CommunityId,
    status: &str,
    before: Uuid,
    rows: i64,
) -> Result<Vec<VisitorRecord>, StoreError> {
    fetch_all!(
        tx,
        VisitorRecord,
        select!(
            "where v.community = $1 and v.id < $2 and ($3 = '' or v.status = $3) order by v.id desc limit $4"
        ),
        community,
        before,
        status,
        rows
    )
}

/// That a visit `v` is to a unit of membership $2, and no older than its holder's life there. When a visit was is what
/// the gate says, for the server may have heard of it much later; unless the gate's clock was wrong, and says a time when
/// its kiosk was not there yet, or one after the server heard of it.
macro_rules! of_membership {
    () => {
        concat!(
            "exists (select 1 from visitor_units u where u.community = $1 and u.visitor = v.id and ",
            lived_there!(
                "$2",
                "u.unit",
                "(case when coalesce(v.asked_at, v.check_in_time, v.check_out_time) >= coalesce((select k.enrolled_at
                     from kiosks k where k.community = v.community and k.id = v.kiosk), 0)
                     and coalesce(v.asked_at, v.check_in_time, v.check_out_time) <= v.created_at
                 then coalesce(v.asked_at, v.check_in_time, v.check_out_time) else v.created_at end)"
            ),
            ")"
        )
    };
}

/// A piece of the visits to the units of a membership since its holder lives there, the newest first; of one status, or of
/// all if it is empty. What was before is the business of those who lived there before.
pub async fn list_of_membership(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    status: &str,
    before: Uuid,
    rows: i64,
) -> Result<Vec<VisitorRecord>, StoreError> {
    fetch_all!(
        tx,
        VisitorRecord,
        concat!(
            select!("where v.community = $1 and v.id < $3 and ($4 = '' or v.status = $4) and "),
            of_membership!(),
            " order by v.id desc limit $5"
        ),
        community,
        membership,
        before,
        status,
        rows
    )
}

/// Whether a visit is to the units of a membership, and no older than its holder's life there.
pub async fn is_of_membership(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    id: VisitorId,
) -> Result<bool, StoreError> {
    let found = fetch_optional!(
        tx,
        VisitorRecord,
        concat!(select!("where v.community = $1 and v.id = $3 and "), of_membership!()),
        community,
        membership,
        id
    )?;
    Ok(found.is_some())
}

/// Until when what stands open has lapsed.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// Asked over the API until then, and not answered.
    pub asked: UnixMs,
    /// Approved over the API until then, and nobody came.
    pub approved: UnixMs,
    /// Heard of until then from a kiosk, and not heard of the end. Of a kiosk that was ended nothing is waited for.
    pub untold: UnixMs,
}

macro_rules! due {
    () => {
        "(v.kiosk is null and
             (v.status = 'PENDING' and v.asked_at <= $2 or v.status = 'APPROVED' and v.answered_at <= $3)
          or v.kiosk is not null and v.status = 'PENDING' and
             (v.created_at <= $4 or not exists (select 1 from kiosks k
                 where k.community = v.community and k.id = v.kiosk and k.state = 'ACTIVE')))"
    };
}

/// Visits that have lapsed; held until this transaction ends.
pub async fn to_lapse(
    tx: &mut Tx,
    community: CommunityId,
    due: Due,
    most: i64,
) -> Result<Vec<VisitorRecord>, StoreError> {
    execute!(
        tx,
        concat!("update visitors as v set id = v.id where v.community = $1 and ", due!()),
        community,
        due.asked,
        due.approved,
        due.untold
    )?;
    fetch_all!(
        tx,
        VisitorRecord,
        concat!(select!("where v.community = $1 and "), due!(), " order by v.id limit $5"),
        community,
        due.asked,
        due.approved,
        due.untold,
        most
    )
}
