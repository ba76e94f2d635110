//! `Idempotency-Key`.

use gatehouse::time::DAY;
use serde_json::json;

use crate::support::people::{Community, Person, on_both};

#[tokio::test]
async fn the_same_request_with_the_same_key_is_done_once() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let wanted = community.wanted(&server, &json!({}));
        let first = community.resident.post_once("k1", "/passes", &wanted).await;
        server.clock.advance(1_000);
        let again = community.resident.post_once("k1", "/passes", &wanted).await;
        assert_eq!((first.status, &first.json), (201, &again.json));
        assert_eq!(community.resident.get("/passes").await.ok()["items"].as_array().unwrap().len(), 1);
        community.resident.post_once("k2", "/passes", &wanted).await.ok();
        assert_eq!(community.resident.get("/passes").await.ok()["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_its_request_and_to_its_caller() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let unit = json!({"tower": "C", "number": "1"});
        community.admin.post_once("k", "/units", &unit).await.ok();
        let other = json!({"tower": "C", "number": "2"});
        community.admin.post_once("k", "/units", &other).await.is(422, "idempotency_mismatch");
        let wanted = community.wanted(&server, &json!({}));
        community.resident.post_once("k", "/passes", &wanted).await.ok();
        community.admin.post_once("", "/units", &other).await.is(400, "malformed");
        server.clock.advance(DAY + 1);
        let admin = Person::sign_in(&server, "admin1@example.com").await;
        admin.post_once("k", "/units", &other).await.ok();
    })
    .await;
}

#[tokio::test]
async fn requests_at_the_same_moment_make_one_thing() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let gate = json!({"name": "New gate"});
        let (one, two) = tokio::join!(
            community.admin.post_once("k", "/gates", &gate),
            community.admin.post_once("k", "/gates", &gate)
        );
        let made = [&one, &two].into_iter().filter(|answer| answer.status == 201).count();
        assert!(made >= 1, "{one:?} {two:?}");
        let again = community.admin.post_once("k", "/gates", &gate).await.ok();
        assert_eq!(again["name"], "New gate");
        assert_eq!(community.admin.get("/gates").await.ok()["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
