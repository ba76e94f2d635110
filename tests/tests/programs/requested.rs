//! Somebody is asked about over the API: a card at the gates that wait, an entry at one of them.

use std::time::Duration;

use gatehouse_tests::community::Community;
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::record;
use gatehouse_tests::server::{How, Server};
use gatehouse_tests::waiting::until;
use serde_json::{Value, json};

const DELIVERY: Duration = Duration::from_secs(90);

#[tokio::test]
async fn who_is_asked_about_over_the_api_is_let_in_once() {
    let_in_once(How::default()).await;
}

/// The same with PostgreSQL behind the server.
#[tokio::test]
async fn who_is_asked_about_over_the_api_is_let_in_once_on_postgresql() {
    let_in_once(How::on_postgres()).await;
}

async fn let_in_once(how: How) {
    let (community, server) = Community::found_on(how).await;
    let here = community.kiosk(&server, "here").await;
    let beside = community.kiosk(&server, "beside").await;
    let elsewhere = at_another_gate(&community, &server).await;
    let frames = community.frames("frames");
    let mut watching = Vec::new();
    for kiosk in [&here, &beside, &elsewhere] {
        watching.push(kiosk.watch(&frames).await);
    }
    let asked = json!({ "unit_ids": [community.unit["id"]], "visitor_type": "SERVICE", "name": "Meera",
        "phone": "+919812345678", "company": "Otis", "people": 2, "gate_id": community.gate["id"] });
    let visitor = community.admin.post("/visitors/request-entry", &asked).await;
    let visit = visitor["id"].as_str().expect("a visit has an id");
    for kiosk in [&here, &beside] {
        let card = card_that_is(kiosk, visit, "waiting").await;
        assert_eq!((&card["who"]["name"], &card["who"]["company"]), (&json!("Meera"), &json!("Otis")));
        assert_eq!(card["who"]["units"][0]["label"], "A-1203", "{card}");
    }
    assert_eq!(here.run(&["admit", "--visit", visit]).await.code, 10, "nobody has answered");

    community.resident.put(&format!("/visitors/{visit}/approve"), &Value::Null).await;
    card_that_is(&here, visit, "approved").await;
    card_that_is(&beside, visit, "approved").await;
    elsewhere.succeed(&["sync"]).await;
    assert_eq!(asks(&elsewhere).await.len(), 0, "they stand at another gate");

    // What the feed brought is there with no network.
    let stopped = server.kill().await;
    let entered = here.succeed(&["admit", "--visit", visit]).await;
    assert_eq!((&entered["verdict"], &entered["visit_id"]), (&json!("ADMIT"), &json!(visit)), "{entered}");
    assert_eq!(here.succeed(&["status"]).await["asks"], 0);
    assert_eq!(here.run(&["admit", "--visit", visit]).await.code, 8, "once");
    let server = stopped.restart().await;
    record::delivered(&here, DELIVERY).await;
    until("the card is gone beside", DELIVERY, async || asks(&beside).await.is_empty().then_some(())).await;
    assert_eq!(beside.run(&["admit", "--visit", visit]).await.code, 8, "they are in already");

    let resident = community.resident.user["id"].as_str().expect("a resident has an id");
    let history = community.resident.get(&format!("/visitors/{resident}/history")).await;
    let visits = history["items"].as_array().expect("a list has items");
    assert_eq!(visits.len(), 1, "{history}");
    assert_eq!((&visits[0]["id"], &visits[0]["status"]), (&json!(visit), &json!("INSIDE")));
    for (told, expected) in [
        ("name", &asked["name"]),
        ("phone", &asked["phone"]),
        ("company", &asked["company"]),
        ("people", &asked["people"]),
        ("gate_id", &asked["gate_id"]),
        ("unit_ids", &asked["unit_ids"]),
        ("answer", &json!("APPROVE")),
    ] {
        assert_eq!(&visits[0][told], expected, "{told}: {}", visits[0]);
    }
    let events = record::held_by_server(&community, &here).await;
    assert_eq!(record::times(&events, &entered["event_id"]), 1);
    assert_eq!(community.admin.get("/alerts").await["items"], json!([]), "nobody came in twice");
    here.succeed(&["exit", "--visit", visit]).await;
    drop((server, watching));
}

async fn at_another_gate(community: &Community, server: &Server) -> Kiosk {
    let gate = community.admin.post("/gates", &json!({ "name": "Gate 2", "kind": "BOTH" })).await;
    let wanted = json!({ "gate_id": gate["id"], "name": "elsewhere" });
    let invitation = community.admin.post("/kiosks/enrolments", &wanted).await;
    let kiosk = Kiosk::at(&community.folder.path().join("elsewhere"));
    let done = kiosk.enrol(&server.url(), invitation["code"].as_str().expect("a code")).await;
    assert_eq!(done.code, 0, "enrolment: {} {}", done.json, done.said);
    kiosk
}

async fn asks(kiosk: &Kiosk) -> Vec<Value> {
    let said = kiosk.succeed(&["asks"]).await;
    said["asks"].as_array().expect("a list of cards").clone()
}

/// The visit's card, once it stands so in the tray.
async fn card_that_is(kiosk: &Kiosk, visit: &str, state: &str) -> Value {
    until(state, DELIVERY, async || {
        let cards = asks(kiosk).await;
        cards.into_iter().find(|card| card["id"] == visit && card["state"]["is"] == state)
    })
    .await
}
