//! `/gates`.

use gatehouse::feed::row::GateRow;
use serde_json::json;

use crate::support::{
    held,
    people::{Community, on_both},
};

#[tokio::test]
async fn a_gate_is_made_once_and_reaches_the_kiosks() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let gate = community.admin.post("/gates", &json!({"name": "Back gate", "kind": "EXIT"})).await.ok();
        let row: GateRow = held::row(&server, community.id, gate["id"].as_str().unwrap()).await.unwrap();
        assert_eq!((row.name.as_str(), row.kind.as_str()), ("Back gate", "EXIT"));
        community.admin.post("/gates", &json!({"name": "Back gate"})).await.is(409, "already_exists");
        community.admin.post("/gates", &json!({"name": "X", "kind": "SIDEWAYS"})).await.is(422, "invalid");
        community.guard.post("/gates", &json!({"name": "Mine"})).await.is(403, "forbidden");
        let listed = community.guard.get("/gates").await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
