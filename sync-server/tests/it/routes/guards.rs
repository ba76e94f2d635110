//! `/guards`.

use gatehouse::feed::row::GuardRow;
use gatehouse_server::auth::Passwords;
use serde_json::json;

use crate::support::{
    held,
    people::{Community, on_both},
};

#[tokio::test]
async fn a_guards_pin_reaches_kiosks_as_its_hash_alone() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let row: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        assert_eq!((row.name.as_str(), row.active), ("Ramesh", true));
        let hash = Passwords::new().pin("246810".into(), row.pin_salt).await.unwrap();
        assert_eq!(row.pin_hash, hash);

        let path = format!("/guards/{}", community.guard.id());
        community.admin.patch(&path, &json!({"pin": "135791"})).await.ok();
        let changed: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        let hash = Passwords::new().pin("135791".into(), changed.pin_salt).await.unwrap();
        assert_eq!(changed.pin_hash, hash);
        assert_ne!(changed.pin_salt, row.pin_salt);
    })
    .await;
}

#[tokio::test]
async fn a_guard_who_left_is_signed_out_everywhere() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let path = format!("/guards/{}", community.guard.id());
        let left = community.admin.patch(&path, &json!({"active": false})).await.ok();
        assert_eq!(left["active"], false);
        community.guard.get("/auth/me").await.is(401, "unauthenticated");
        let row: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        assert!(!row.active);
        let back = community.admin.patch(&path, &json!({"active": true})).await.ok();
        assert_eq!(back["active"], true);
        let listed = community.admin.get("/guards").await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_pin_or_photo_is_refused() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let guard = |pin: &str, photo: &str| {
            json!({"name": "Sunita", "phone": "+919600000009", "pin": pin, "photo": photo})
        };
        for (pin, photo, field) in
            [("12345", "/9j/4AA=", "pin"), ("abcdef", "/9j/4AA=", "pin"), ("123456", "iVBORw0=", "photo")]
        {
            let answer = community.admin.post("/guards", &guard(pin, photo)).await;
            answer.is(422, "invalid");
            assert_eq!(answer.json["errors"][0]["field"], field);
        }
        community.admin.post("/guards", &guard("123456", "/9j/4AA=")).await.ok();
        community.resident.post("/guards", &guard("123456", "/9j/4AA=")).await.is(403, "forbidden");
        community.admin.patch(&format!("/guards/{}", community.resident.id()), &json!({})).await
            .is(404, "not_found");
    })
    .await;
}
