//! Somebody asks to come in, told by a guard over the API.

use gatehouse::{
    admission::{Field, Policy},
    api::visitors::RequestEntry,
    id::{CommunityId, UnitId, VisitorId},
    journal::Requested,
    presence::MOST_PEOPLE,
    words::{Role, Subject, VisitorStatus, VisitorType},
};

use super::store::VisitorRecord;
use crate::{
    accounts::{NAME, Phone},
    app::App,
    auth::Caller,
    communities::store as communities,
    gates::store as gates,
    http::{Answer, Fault, Fields},
    store::Tx,
    units::store as units,
};

/// Checks what was asked of `units` against itself.
pub(super) fn check(
    app: &App,
    caller: &Caller,
    asked: &RequestEntry,
    units: &[UnitId],
) -> Answer<VisitorRecord> {
    let now = app.now();
    let request = Requested {
        at: now,
        gate: asked.gate_id,
        units: units.to_vec(),
        visitor_type: asked.visitor_type.clone(),
        subject: asked.subject.clone(),
        people: asked.people,
    };
    let mut fields = Fields::new();
    let phone: Option<Phone> = asked.phone.as_ref().and_then(|phone| fields.parsed("phone", phone.parse()));
    let visitor = VisitorRecord {
        id: VisitorId::new(now, &mut app.entropy()),
        name: fields.optional("name", asked.name.as_deref(), NAME),
        phone: phone.map(|phone| phone.as_str().to_owned()),
        visitor_type: asked.visitor_type.clone(),
        vehicle_number: fields.optional("vehicle_number", asked.vehicle_number.as_deref(), 20),
        company: fields.optional("company", asked.company.as_deref(), 40),
        people: asked.people,
        subject: asked.subject.clone(),
        status: VisitorStatus::Pending,
        resident_id: None,
        security_id: (caller.role == Role::Security).then_some(caller.user),
        pass: None,
        kiosk: None,
        gate: asked.gate_id,
        asked_at: Some(now),
        answer: None,
        answered_at: None,
        check_in_time: None,
        check_in_gate: None,
        check_out_time: None,
        exit_assumed: None,
        created_at: now,
        request: Some(request),
    };
    fields.require(
        VisitorType::is_known(&visitor.visitor_type),
        "visitor_type",
        "GUEST, DELIVERY, SERVICE or TAXI",
    );
    fields.require(Subject::is_known(&visitor.subject), "subject", "VISITOR, CHILD or GOODS");
    fields.require((1..=MOST_PEOPLE).contains(&visitor.people), "people", "1 to 100");
    fields.require((1..=10).contains(&asked.unit_ids.len()), "unit_ids", "1 to 10 units");
    fields.finish()?;
    Ok(visitor)
}

/// Checks what only the database knows: policy, units, gate.
pub(super) async fn check_known(
    tx: &mut Tx,
    community: CommunityId,
    visitor: &VisitorRecord,
    unit_ids: &[UnitId],
) -> Answer<()> {
    let policy = communities::community(tx, community).await?.policy;
    let policy = Policy::read(&policy).map_err(Fault::internal)?;
    let mut fields = Fields::new();
    let given = (visitor.name.is_some(), visitor.phone.is_some(), visitor.vehicle_number.is_some());
    for missing in policy.of(&visitor.visitor_type).missing(given.0, given.1, given.2) {
        let field = match missing {
            Field::Name => "name",
            Field::Phone => "phone",
            Field::Plate => "vehicle_number",
        };
        fields.wrong(field, "the community's policy wants it");
    }
    for unit in unit_ids {
        let known = units::unit(tx, community, *unit).await?;
        fields.require(known.is_some(), "unit_ids", "no such unit");
    }
    if let Some(gate) = visitor.gate {
        let known = gates::gate(tx, community, gate).await?;
        fields.require(known.is_some(), "gate_id", "no such gate");
    }
    fields.finish()
}
