//! `/audit`.

use gatehouse::id::EventId;
use gatehouse_server::OsEntropy;
use serde_json::{Value, json};

use crate::support::{
    START,
    people::{Community, Person, on_both, resident},
};

async fn entries(admin: &Person) -> Vec<Value> {
    admin.get("/audit?limit=200").await.ok()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_admins_do_to_peoples_access_is_written_down() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let admin = &community.admin;
        let before = entries(admin).await;
        let nothing = json!(null);
        let flatmate = resident(&server, admin, &community.unit, "farah", 77).await;
        let guard = format!("/guards/{}", community.guard.id());
        for change in [json!({"pin": "135791"}), json!({"active": false}), json!({"active": false})] {
            admin.patch(&guard, &change).await.ok();
        }
        admin.patch(&guard, &json!({"active": true})).await.ok();
        admin.post(&format!("/residents/{}/move-out", flatmate.id()), &nothing).await.ok();
        for change in [json!({"locked_down": true}), json!({"companies": []}), json!({"locked_down": false})]
        {
            admin.patch("/community", &change).await.ok();
        }
        let kiosk = json!({"gate_id": community.gate["id"], "name": "Booth"});
        admin.post("/kiosks/enrolments", &kiosk).await.ok();

        let written: Vec<_> = entries(admin).await.into_iter().filter(|one| !before.contains(one)).collect();
        let (id, farah, none) = (json!(community.guard.id()), json!(flatmate.id()), Value::Null);
        let mut found: Vec<_> =
            written.iter().map(|one| (one["deed"].as_str().unwrap(), &one["about"])).collect();
        // Those of one instant are in no order, and here the clock stands still.
        found.sort_unstable_by_key(|(deed, _)| *deed);
        let expected = [
            ("GUARD_PIN_SET", &id),
            ("GUARD_SWITCHED_OFF", &id),
            ("GUARD_SWITCHED_ON", &id),
            ("KIOSK_INVITED", &none),
            ("LOCKED_DOWN", &none),
            ("LOCK_DOWN_LIFTED", &none),
            ("RESIDENT_ADDED", &farah),
            ("RESIDENT_MOVED_OUT", &farah),
        ];
        assert_eq!(found, expected);
        assert!(written.iter().all(|one| one["by"] == json!(admin.id())), "{written:?}");
    })
    .await;
}

#[tokio::test]
async fn what_admins_do_to_evidence_rules_and_units_is_written_down() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let admin = &community.admin;
        let before = entries(admin).await;
        let event = EventId::new(START, &mut OsEntropy);
        let unit = format!("/units/{}", community.unit["id"].as_str().unwrap());
        let mut policy = admin.get("/policy").await.ok();
        policy["guest"]["phone_required"] = json!(true);
        // What changes nothing is no deed.
        for _ in 0..2 {
            assert_eq!(admin.delete(&format!("/journal/{event}/details")).await.status, 204);
            admin.put("/policy", &policy).await.ok();
            admin.patch(&unit, &json!({"state": "BARRED"})).await.ok();
        }
        let mut written: Vec<_> =
            entries(admin).await.into_iter().filter(|one| !before.contains(one)).collect();
        written.sort_by_key(|one| one["deed"].to_string());
        let deeds: Vec<_> = written.iter().map(|one| &one["deed"]).collect();
        assert_eq!(deeds, ["DETAILS_ERASED", "POLICY_CHANGED", "UNIT_CHANGED"]);
        assert_eq!(written[0]["about_event"], json!(event));
        assert_eq!(written[2]["about_unit"], community.unit["id"]);
        assert!(written.iter().all(|one| one["by"] == json!(admin.id())), "{written:?}");
    })
    .await;
}
