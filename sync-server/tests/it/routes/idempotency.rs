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
async fn requests_at_the_same_moment_make_one_thing_and_are_answered_alike() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let elsewhere = Person::sign_in(&server, "admin1@example.com").await;
        for number in 0..10 {
            let (key, gate) = (format!("k{number}"), json!({"name": format!("New gate {number}")}));
            let (one, two) = tokio::join!(
                community.admin.post_once(&key, "/gates", &gate),
                elsewhere.post_once(&key, "/gates", &gate)
            );
            assert_eq!((one.status, two.status), (201, 201), "{one:?} {two:?}");
            assert_eq!(one.json, two.json);
        }
        assert_eq!(community.admin.get("/gates").await.ok()["items"].as_array().unwrap().len(), 11);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_given_out_once_for_a_key() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let password = format!("/residents/{}/password-link", community.resident.id());
        for (key, path) in [("k1", "/admins/invitations"), ("k2", password.as_str())] {
            let first = community.admin.post_once(key, path, &json!(null)).await;
            let again = community.admin.post_once(key, path, &json!(null)).await;
            assert_eq!((first.status, &first.json), (201, &again.json));
        }
        community.admin.post_once("k1", &password, &json!(null)).await.is(422, "idempotency_mismatch");
        assert_eq!(community.admin.get("/links").await.ok()["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn every_post_that_creates_says_that_it_takes_a_key() {
    let api = serde_json::to_value(gatehouse_server::api::openapi()).unwrap();
    for (path, item) in api["paths"].as_object().unwrap() {
        let operation = &item["post"];
        let creates = operation["responses"]["201"].is_object() && operation["security"].is_array();
        let parameters = operation["parameters"].as_array();
        let takes = parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        assert_eq!(takes, creates, "{path}");
    }
}
