//! `/visitors`.

use gatehouse::{
    feed::row::VisitRow,
    id::VisitorId,
    time::DAY,
    words::{Answer, VisitorStatus},
};
use gatehouse_server::{OsEntropy, execute};
use serde_json::{Value, json};

use crate::{
    support::{
        START, Served, held,
        people::{Community, PASSWORD, Person, on_both, resident},
    },
    sync::{
        kiosk::asked,
        photos::{kiosk, unit},
    },
};

fn path(visitor: &Value, act: &str) -> String {
    format!("/visitors/{}/{act}", visitor["id"].as_str().unwrap())
}

async fn row(server: &Served, community: &Community, visitor: &Value) -> VisitRow {
    held::row(server, community.id, visitor["id"].as_str().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_guard_asks_the_household_answers_the_gate_hears() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let visitor = community.delivery().await;
        assert_eq!(
            (&visitor["status"], &visitor["security_id"]),
            (&json!("PENDING"), &json!(community.guard.id()))
        );
        let asked = row(&server, &community, &visitor).await;
        assert_eq!((asked.status, asked.asked_at), (VisitorStatus::Pending, Some(START)));
        let pending = community.resident.get("/visitors/pending").await.ok();
        assert_eq!(pending["items"][0]["id"], visitor["id"]);

        server.clock.advance(5_000);
        let answered = community.resident.put(&path(&visitor, "approve"), &json!(null)).await.ok();
        assert_eq!((&answered["late"], &answered["visitor"]["status"]), (&json!(false), &json!("APPROVED")));
        assert_eq!(answered["visitor"]["resident_id"], json!(community.resident.id()));
        let heard = row(&server, &community, &visitor).await;
        assert_eq!((heard.status, heard.answer), (VisitorStatus::Approved, Some(Answer::Approve)));
        assert_eq!(heard.answered_at, Some(START.plus(5_000)));
        assert_eq!(community.resident.get("/visitors/pending").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_first_answer_stands() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let flatmate = resident(&server, &community.admin, &community.unit, "farah", 77).await;
        let visitor = community.delivery().await;
        let denied = community.resident.put(&path(&visitor, "deny"), &json!(null)).await.ok();
        assert_eq!(denied["visitor"]["status"], "DENIED");
        flatmate.put(&path(&visitor, "deny"), &json!(null)).await.ok();
        flatmate.put(&path(&visitor, "approve"), &json!(null)).await.is(409, "already_answered");
        assert_eq!(row(&server, &community, &visitor).await.answer, Some(Answer::Deny));
    })
    .await;
}

#[tokio::test]
async fn an_answer_after_the_gates_outcome_is_kept_and_told_so() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let visitor = community.delivery().await;
        let id: uuid::Uuid = visitor["id"].as_str().unwrap().parse().unwrap();
        let mut tx = server.app.store.write().await.unwrap();
        execute!(&mut tx, "update visitors set status = 'INSIDE', check_in_time = 1 where id = $1", id)
            .unwrap();
        tx.commit().await.unwrap();
        let late = community.resident.put(&path(&visitor, "deny"), &json!(null)).await.ok();
        assert_eq!((&late["late"], &late["visitor"]["status"]), (&json!(true), &json!("INSIDE")));
        assert_eq!(late["visitor"]["answer"], "DENY");
    })
    .await;
}

#[tokio::test]
async fn only_the_household_answers_and_only_guards_ask() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let neighbour = resident(&server, &community.admin, &community.other_unit, "ravi", 55).await;
        let visitor = community.delivery().await;
        neighbour.put(&path(&visitor, "approve"), &json!(null)).await.is(404, "not_found");
        assert_eq!(neighbour.get("/visitors/pending").await.ok()["items"], json!([]));
        for other in [&community.guard, &community.admin] {
            other.put(&path(&visitor, "approve"), &json!(null)).await.is(403, "forbidden");
        }
        let asked = json!({"unit_ids": [community.unit["id"]], "visitor_type": "DELIVERY"});
        community.resident.post("/visitors/request-entry", &asked).await.is(403, "forbidden");
        assert_eq!(row(&server, &community, &visitor).await.status, VisitorStatus::Pending);
    })
    .await;
}

#[tokio::test]
async fn policy_says_what_must_be_told() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let unit = &community.unit["id"];
        let cab = json!({"unit_ids": [unit], "visitor_type": "TAXI"});
        let answer = community.guard.post("/visitors/request-entry", &cab).await;
        answer.is(422, "invalid");
        assert_eq!(answer.json["errors"][0]["field"], "vehicle_number");
        for (asked, field) in [
            (json!({"unit_ids": [], "visitor_type": "DELIVERY"}), "unit_ids"),
            (json!({"unit_ids": [community.gate["id"]], "visitor_type": "DELIVERY"}), "unit_ids"),
            (json!({"unit_ids": [unit], "visitor_type": "GHOST"}), "visitor_type"),
            (json!({"unit_ids": [unit], "visitor_type": "DELIVERY", "gate_id": unit}), "gate_id"),
            (json!({"unit_ids": [unit], "visitor_type": "DELIVERY", "people": 0}), "people"),
        ] {
            let answer = community.guard.post("/visitors/request-entry", &asked).await;
            answer.is(422, "invalid");
            assert_eq!(answer.json["errors"][0]["field"], field, "{asked}");
        }
    })
    .await;
}

#[tokio::test]
async fn history_is_the_households_own_and_newest_first() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let first = community.delivery().await;
        server.clock.advance(1_000);
        let second = community.delivery().await;
        server.clock.advance(1_000);
        let newcomer = resident(&server, &community.admin, &community.unit, "farah", 77).await;
        let history = format!("/visitors/{}/history", community.resident.id());
        let seen = community.resident.get(&format!("{history}?limit=1")).await.ok();
        assert_eq!(seen["items"][0]["id"], second["id"]);
        let cursor = seen["next_cursor"].as_str().unwrap();
        let seen = community.resident.get(&format!("{history}?limit=1&cursor={cursor}")).await.ok();
        assert_eq!((&seen["items"][0]["id"], &seen["next_cursor"]), (&first["id"], &Value::Null));

        let own = newcomer.get(&format!("/visitors/{}/history", newcomer.id())).await.ok();
        assert_eq!(own["items"], json!([]), "what was before they moved in is not theirs");
        newcomer.get(&history).await.is(403, "forbidden");
        community.guard.get(&history).await.is(403, "forbidden");
        assert_eq!(community.admin.get(&history).await.ok()["items"].as_array().unwrap().len(), 2);
        let log = community.guard.get("/visitors?status=PENDING").await.ok();
        assert_eq!(log["items"].as_array().unwrap().len(), 2);
        community.resident.get("/visitors").await.is(403, "forbidden");
    })
    .await;
}

/// The ids of the visits that a resident is shown.
async fn shown(person: &Person, path: &str) -> Vec<Value> {
    let items = person.get(path).await.ok()["items"].take();
    items.as_array().unwrap().iter().map(|visit| visit["id"].clone()).collect()
}

#[tokio::test]
async fn a_further_flat_does_not_show_who_came_to_those_who_lived_there_before() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let ravi = resident(&server, &community.admin, &community.other_unit, "ravi", 55).await;
        server.clock.advance(1_000);
        let before = community.delivery().await;
        server.clock.advance(1_000);
        let further = json!({"name": "ravi", "phone": "+919700000055", "email": "ravi@example.com",
            "password": PASSWORD, "unit_ids": [community.unit["id"]]});
        community.admin.post("/residents", &further).await.ok();
        let history = format!("/visitors/{}/history", ravi.id());
        assert_eq!(shown(&ravi, &history).await, Vec::<Value>::new());
        assert_eq!(shown(&ravi, "/visitors/pending").await, Vec::<Value>::new());
        ravi.put(&path(&before, "approve"), &json!(null)).await.is(404, "not_found");

        let since = community.delivery().await;
        assert_eq!(shown(&ravi, &history).await, [since["id"].clone()]);
        ravi.put(&path(&since, "approve"), &json!(null)).await.ok();
    })
    .await;
}

#[tokio::test]
async fn who_waited_for_approval_is_shown_what_was_since_they_were_approved() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let asked = json!({"community": "Community 1", "name": "Farah", "phone": "+919700000077",
            "email": "farah@example.com", "password": PASSWORD, "tower": "A", "apartment_no": "1203"});
        Person::nobody(&server).post("/auth/register", &asked).await.ok();
        server.clock.advance(1_000);
        community.delivery().await;
        server.clock.advance(1_000);
        let waiting = community.admin.get("/residents?status=PENDING").await.ok();
        let approve = format!("/residents/{}/approve", waiting["items"][0]["id"].as_str().unwrap());
        community.admin.post(&approve, &json!(null)).await.ok();
        let farah = Person::sign_in(&server, "farah@example.com").await;
        let history = format!("/visitors/{}/history", farah.id());
        assert_eq!(shown(&farah, &history).await, Vec::<Value>::new());
        let since = community.delivery().await;
        assert_eq!(shown(&farah, &history).await, [since["id"].clone()]);
    })
    .await;
}

#[tokio::test]
async fn a_visit_that_a_gate_says_is_to_come_was_when_the_server_heard_of_it() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        kiosk.journal.now = server.app.now().plus(365 * DAY);
        kiosk.journal.record(&asked(VisitorId::new(START, &mut OsEntropy), unit(&community)), None);
        kiosk.send_from(0).await;
        let history = |person: &Person| format!("/visitors/{}/history", person.id());
        let before = &community.resident;
        assert_eq!(shown(before, &history(before)).await.len(), 1);
        server.clock.advance(1_000);
        let newcomer = resident(&server, &community.admin, &community.unit, "farah", 77).await;
        assert_eq!(shown(&newcomer, &history(&newcomer)).await, Vec::<Value>::new());
    })
    .await;
}

#[tokio::test]
async fn a_visit_was_when_the_gate_says_and_not_when_the_server_heard_of_it() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let late = community.delivery().await;
        let id: uuid::Uuid = late["id"].as_str().unwrap().parse().unwrap();
        let history = format!("/visitors/{}/history", community.resident.id());
        for column in ["asked_at", "check_in_time", "check_out_time"] {
            // As a kiosk that was cut off tells it, days after.
            let mut tx = server.app.store.write().await.unwrap();
            let forget = "update visitors set asked_at = null, check_in_time = null where id = $1";
            execute!(&mut tx, forget, id).unwrap();
            let told = match column {
                "asked_at" => "update visitors set asked_at = $2 where id = $1",
                "check_in_time" => "update visitors set check_in_time = $2 where id = $1",
                _ => "update visitors set check_out_time = $2 where id = $1",
            };
            execute!(&mut tx, told, id, START.plus(-1)).unwrap();
            tx.commit().await.unwrap();
            assert_eq!(shown(&community.resident, &history).await, Vec::<Value>::new(), "{column}");
        }
    })
    .await;
}
