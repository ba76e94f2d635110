//! Entries asked over the API, and what gates tell of them.

use gatehouse::{
    feed::row::{Awaited, ErasureRow, VisitRow},
    hash::Hash,
    id::{GateId, VisitorId},
    journal::{Act, AskClose, Details, Sealed},
    time::{MINUTE, UnixMs},
    words::VisitorStatus,
};
use gatehouse_server::{OsEntropy, workers};
use serde_json::{Value, json};

use super::{
    kiosk::{TestKiosk, admitted, exited},
    photos::{self, unit},
};
use crate::support::{
    START, Served, held,
    people::{Community, on_both},
};

const PHONE: &str = "+919812345678";

/// Somebody is asked about over the API, at the community's gate or at none that is named.
async fn request(community: &Community, at_gate: bool) -> (VisitorId, Value) {
    let asked = json!({"unit_ids": [community.unit["id"]], "visitor_type": "SERVICE", "name": "Meera",
        "phone": PHONE, "company": "Otis", "people": 3, "gate_id": at_gate.then(|| &community.gate["id"])});
    let visitor = community.guard.post("/visitors/request-entry", &asked).await.ok();
    (visitor["id"].as_str().unwrap().parse().unwrap(), visitor)
}

async fn row(server: &Served, community: &Community, visit: VisitorId) -> VisitRow {
    held::row(server, community.id, &visit.to_string()).await.expect("the feed has the visit")
}

async fn answer(community: &Community, visit: VisitorId, word: &str) -> Value {
    community.resident.put(&format!("/visitors/{visit}/{word}"), &json!(null)).await.ok()
}

/// The household's history: one visit.
async fn history(community: &Community) -> Value {
    let path = format!("/visitors/{}/history", community.resident.id());
    let history = community.resident.get(&path).await.ok();
    assert_eq!(history["items"].as_array().unwrap().len(), 1, "{history}");
    history["items"][0].clone()
}

fn photo(visit: VisitorId) -> Act {
    Act::PhotoTaken { visit, digest: Hash([7; 32]) }
}

fn spoken(community: &Community, visit: VisitorId, approved: bool) -> Act {
    let sealed = Sealed(vec![0; 60]);
    Act::SpokenAnswered { unit: unit(community), challenge: 1, visit: Some(visit), approved, sealed }
}

async fn alerts(community: &Community) -> Vec<Value> {
    let alerts = community.admin.get("/alerts").await.ok();
    alerts["items"].as_array().unwrap().iter().map(|alert| alert["kind"].clone()).collect()
}

fn gate(community: &Community) -> GateId {
    community.gate["id"].as_str().unwrap().parse().unwrap()
}

/// What a kiosk says of whom it lets in: of a phone it knows the end alone.
fn as_shown() -> Details {
    Details { name: Some("Meera".into()), phone: Some("5678".into()), ..Details::default() }
}

/// A kiosk at the community's gate, whose journal has begun.
async fn kiosk(server: &Served, community: &Community) -> TestKiosk {
    let kiosk = photos::kiosk(server, community).await;
    kiosk.send_from(0).await;
    kiosk
}

/// Records an act at an instant and sends it.
async fn tell(kiosk: &mut TestKiosk, now: UnixMs, act: &Act) {
    kiosk.journal.now = now;
    let from = kiosk.journal.events.len();
    kiosk.journal.record(act, None);
    kiosk.send_from(from).await;
}

/// Lets somebody in.
async fn let_in(kiosk: &mut TestKiosk, community: &Community, visit: VisitorId, now: UnixMs) {
    kiosk.journal.now = now;
    let from = kiosk.journal.events.len();
    kiosk.journal.record(&admitted(visit, unit(community), None), Some(as_shown()));
    kiosk.send_from(from).await;
}

#[tokio::test]
async fn the_kiosks_of_the_gate_wait_until_one_lets_in() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        for at_gate in [false, true] {
            let (visit, _) = request(&community, at_gate).await;
            let awaited = Some(Awaited { gate: at_gate.then(|| gate(&community)) });
            let asked = row(&server, &community, visit).await;
            assert_eq!((asked.awaited, asked.kiosk), (awaited, None));
            answer(&community, visit, "approve").await;
            let approved = row(&server, &community, visit).await;
            assert_eq!((approved.status, approved.awaited), (VisitorStatus::Approved, awaited));
            let_in(&mut kiosk, &community, visit, server.app.now()).await;
            let inside = row(&server, &community, visit).await;
            assert_eq!((inside.status, inside.awaited), (VisitorStatus::Inside, None));
            assert_eq!((inside.asked_at, inside.kiosk), (Some(START), Some(kiosk.id)));
        }
        assert_eq!(alerts(&community).await, Vec::<Value>::new());
    })
    .await;
}

#[tokio::test]
async fn who_was_asked_about_is_forgotten_whether_they_came_in_or_not() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (never, _) = request(&community, true).await;
        let (came, _) = request(&community, true).await;
        let_in(&mut kiosk, &community, came, server.app.now()).await;
        tell(&mut kiosk, server.app.now(), &photo(came)).await;
        for visit in [never, came] {
            let path = format!("/visitors/{visit}/details");
            community.guard.delete(&path).await.is(403, "forbidden");
            community.resident.delete(&path).await.is(403, "forbidden");
            let before = row(&server, &community, visit).await;
            // What changes nothing is no deed.
            for _ in 0..2 {
                assert_eq!(community.admin.delete(&path).await.status, 204);
            }
            let nobody = VisitRow { name: None, company: None, phone4: None, plate: None, ..before };
            assert_eq!(row(&server, &community, visit).await, nobody);
        }
        tell(&mut kiosk, server.app.now().plus(MINUTE), &exited(came)).await;
        let shown = community.admin.get("/visitors").await.ok();
        for visitor in shown["items"].as_array().unwrap() {
            assert_eq!(
                (&visitor["name"], &visitor["phone"], &visitor["company"]),
                (&Value::Null, &Value::Null, &Value::Null)
            );
        }
        let orders = held::rows::<ErasureRow>(&server, community.id).await;
        assert_eq!(orders.len(), 2, "the entry and the photo, at every kiosk");
        let audit = community.admin.get("/audit").await.ok();
        let deeds = audit["items"].as_array().unwrap().iter().filter(|one| one["deed"] == "DETAILS_ERASED");
        let mut about: Vec<String> = deeds.map(|one| one["about_visitor"].to_string()).collect();
        about.sort();
        let mut both = [json!(never).to_string(), json!(came).to_string()];
        both.sort();
        assert_eq!(about, both);
        let nowhere = VisitorId::new(START, &mut OsEntropy);
        community.admin.delete(&format!("/visitors/{nowhere}/details")).await.is(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_is_kept_whatever_gates_tell_and_take_back() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (visit, asked) = request(&community, false).await;
        tell(&mut kiosk, server.app.now(), &photo(visit)).await;
        assert_eq!(history(&community).await, asked, "a photo that has yet to come changes nothing");
        let pending = row(&server, &community, visit).await;
        assert_eq!((&pending.status, pending.people), (&VisitorStatus::Pending, 3));
        assert_eq!(pending.awaited, Some(Awaited { gate: None }));

        let approved = answer(&community, visit, "approve").await["visitor"].clone();
        let open = row(&server, &community, visit).await;
        let_in(&mut kiosk, &community, visit, server.app.now()).await;
        let inside = history(&community).await;
        assert_eq!((&inside["status"], &inside["phone"]), (&json!("INSIDE"), &json!(PHONE)));
        assert_eq!((&inside["name"], &inside["company"]), (&json!("Meera"), &json!("Otis")));
        assert_eq!(inside["gate_id"], community.gate["id"], "where they came in: nobody named another");

        let event = kiosk.journal.events.last().unwrap().event.event().unwrap().id;
        tell(&mut kiosk, server.app.now(), &Act::Undone { event }).await;
        assert_eq!(history(&community).await, approved);
        assert_eq!(row(&server, &community, visit).await, open, "they are waited for again");
    })
    .await;
}

#[tokio::test]
async fn an_answer_spoken_at_the_gate_counts_and_a_denial_is_closed_for_all() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        for (approved, status) in [(true, VisitorStatus::Approved), (false, VisitorStatus::Denied)] {
            let (visit, _) = request(&community, true).await;
            tell(&mut kiosk, server.app.now(), &spoken(&community, visit, approved)).await;
            let answered = row(&server, &community, visit).await;
            assert_eq!((&answered.status, answered.company.as_deref()), (&status, Some("Otis")));
            assert!(answered.awaited.is_some(), "somebody has still to see to it");

            let outcome = if approved { AskClose::Left } else { AskClose::Denied };
            tell(&mut kiosk, server.app.now(), &Act::AskClosed { visit, outcome }).await;
            let closed = row(&server, &community, visit).await;
            let over = if approved { VisitorStatus::Lapsed } else { VisitorStatus::Denied };
            assert_eq!((closed.status, closed.awaited), (over, None));
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_let_in_at_two_gates_is_one_visit_and_admins_are_told() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let (mut one, mut other) = (kiosk(&server, &community).await, kiosk(&server, &community).await);
        let (visit, _) = request(&community, false).await;
        answer(&community, visit, "approve").await;
        let_in(&mut other, &community, visit, server.app.now().plus(MINUTE)).await;
        assert_eq!(alerts(&community).await, Vec::<Value>::new());
        let_in(&mut one, &community, visit, server.app.now()).await;
        assert_eq!(alerts(&community).await, ["ENTERED_TWICE"]);
        assert_eq!(
            row(&server, &community, visit).await.kiosk,
            Some(one.id),
            "the first entry is the visit's"
        );
        assert_eq!(history(&community).await["status"], "INSIDE");
        let alert = community.admin.get("/alerts").await.ok()["items"][0].clone();
        assert_eq!((&alert["visitor_id"], &alert["kiosk_id"]), (&json!(visit), &json!(other.id)));
        // Telling the visit anew tells nobody again.
        tell(&mut one, server.app.now(), &photo(visit)).await;
        assert_eq!(alerts(&community).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_lapsed_stays_so_but_for_what_was_said_and_done_at_a_gate_in_time() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (visit, _) = request(&community, true).await;
        let began = server.app.now();
        let asked = row(&server, &community, visit).await;
        server.clock.advance(10 * MINUTE);
        workers::round(&server.app).await.unwrap();
        let lapsed = row(&server, &community, visit).await;
        assert_eq!((&lapsed.status, lapsed.awaited), (&VisitorStatus::Lapsed, None));

        kiosk.sign_in().await;
        tell(&mut kiosk, server.app.now(), &photo(visit)).await;
        assert_eq!(row(&server, &community, visit).await, lapsed, "a photo is no answer");
        tell(&mut kiosk, began.plus(MINUTE), &spoken(&community, visit, true)).await;
        let approved = row(&server, &community, visit).await;
        assert_eq!((approved.status, approved.awaited), (VisitorStatus::Approved, asked.awaited));
        let_in(&mut kiosk, &community, visit, began.plus(2 * MINUTE)).await;
        assert_eq!(row(&server, &community, visit).await.status, VisitorStatus::Inside);
    })
    .await;
}
