//! `/units`.

use gatehouse::feed::row::UnitRow;
use serde_json::json;

use crate::support::{
    held,
    people::{Community, on_both},
};

#[tokio::test]
async fn a_unit_is_made_once_and_reaches_the_kiosks() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let new = json!({"tower": " C ", "floor": -1, "number": "B1", "intercom": "9001"});
        let unit = community.admin.post("/units", &new).await;
        assert_eq!(unit.status, 201);
        assert_eq!((&unit.json["label"], &unit.json["state"]), (&json!("C-B1"), &json!("VACANT")));
        community.admin.post("/units", &new).await.is(409, "already_exists");
        let id = unit.json["id"].as_str().unwrap();
        let row: UnitRow = held::row(&server, community.id, id).await.unwrap();
        assert_eq!((row.label().as_str(), row.floor, row.intercom.as_deref()), ("C-B1", -1, Some("9001")));
        assert_eq!(community.guard.get(&format!("/units/{id}")).await.ok(), unit.json);
    })
    .await;
}

#[tokio::test]
async fn units_are_listed_a_piece_at_a_time() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        for number in 1..=5 {
            let new = json!({"tower": "D", "number": number.to_string()});
            community.admin.post("/units", &new).await.ok();
        }
        let mut seen = Vec::new();
        let mut path = "/units?limit=3".to_owned();
        loop {
            let piece = community.resident.get(&path).await.ok();
            let items = piece["items"].as_array().unwrap();
            assert!(items.len() <= 3);
            seen.extend(items.iter().map(|unit| unit["label"].as_str().unwrap().to_owned()));
            let Some(next) = piece["next_cursor"].as_str() else { break };
            path = format!("/units?limit=3&cursor={next}");
        }
        // The clock stands still here, so the ids are of one age and in no order.
        seen.sort();
        assert_eq!(seen, ["A-1203", "B-704", "D-1", "D-2", "D-3", "D-4", "D-5"]);
        community.resident.get("/units?cursor=x").await.is(400, "malformed");
    })
    .await;
}

#[tokio::test]
async fn a_barred_unit_is_barred_at_the_kiosks_too() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let id = community.unit["id"].as_str().unwrap();
        let path = format!("/units/{id}");
        let barred = community.admin.patch(&path, &json!({"state": "BARRED", "intercom": ""})).await.ok();
        assert_eq!((&barred["state"], &barred["intercom"]), (&json!("BARRED"), &json!(null)));
        let row: UnitRow = held::row(&server, community.id, id).await.unwrap();
        assert_eq!(row.state.as_str(), "BARRED");
        community.admin.patch(&path, &json!({"state": "HAUNTED"})).await.is(422, "invalid");
        community.resident.patch(&path, &json!({"state": "OCCUPIED"})).await.is(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn what_will_not_do_is_told_field_by_field() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let answer =
            community.admin.post("/units", &json!({"tower": "far too long a name", "number": ""})).await;
        answer.is(422, "invalid");
        let fields: Vec<_> =
            answer.json["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        assert_eq!(fields, ["tower", "number"]);
        community.admin.post("/units", &json!({"tower": "A"})).await.is(422, "invalid");
        community.guard.post("/units", &json!({"number": "1"})).await.is(403, "forbidden");
    })
    .await;
}
