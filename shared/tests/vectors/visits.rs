//! Rows of the feed that tell of visits: by whom somebody is waited for.

use gatehouse::{
    feed::row::{Awaited, Body, VisitRow},
    id::{GateId, KioskId, UnitId},
    time::UnixMs,
    words::{Answer, Subject, VisitorStatus, VisitorType},
};
use serde_json::{Value, json};
use uuid::Uuid;

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x0193_8c2e_7b00_7a11_8f00_0000_0000_0000 | last)
}

/// Asked by a kiosk; over the API at one gate, at any; answered.
pub fn rows() -> Vec<Value> {
    let own = VisitRow {
        units: vec![UnitId(id(0x0a))],
        visitor_type: VisitorType::Delivery,
        status: VisitorStatus::Pending,
        subject: Subject::Visitor,
        people: 1,
        name: None,
        company: Some("Zomato".into()),
        plate: None,
        phone4: None,
        pass: None,
        asked_at: Some(UnixMs(1_795_408_200_000)),
        kiosk: Some(KioskId(id(0x60))),
        answer: None,
        answered_at: None,
        entered_at: None,
        entered_gate: None,
        exited_at: None,
        exit_assumed: None,
        awaited: None,
    };
    let anywhere = VisitRow { kiosk: None, awaited: Some(Awaited { gate: None }), ..own.clone() };
    let there = VisitRow { awaited: Some(Awaited { gate: Some(GateId(id(0x6a))) }), ..anywhere.clone() };
    let answered = VisitRow {
        status: VisitorStatus::Approved,
        answer: Some(Answer::Approve),
        answered_at: Some(UnixMs(1_795_408_230_000)),
        ..there.clone()
    };
    [own, anywhere, there, answered].iter().map(vector).collect()
}

fn vector(row: &VisitRow) -> Value {
    let body = row.to_body();
    assert_eq!(&VisitRow::from_body(&body).expect("a body that can be read"), row);
    json!({
        "units": row.units,
        "visitor_type": row.visitor_type,
        "status": row.status,
        "subject": row.subject,
        "people": row.people,
        "company": row.company,
        "asked_at": row.asked_at,
        "kiosk": row.kiosk,
        "answer": row.answer,
        "answered_at": row.answered_at,
        "awaited": row.awaited.map(|awaited| json!({ "gate": awaited.gate })),
        "expect": { "body": hex::encode(body) },
    })
}
