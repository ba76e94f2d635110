//! `/residents`.

use gatehouse::feed::row::{PassPhotoRow, PassRow, UnitRow};
use serde_json::json;

use super::guards::picture;
use crate::support::{
    held,
    people::{Community, PASSWORD, Person, on_both, resident},
};

#[tokio::test]
async fn a_unit_with_a_resident_is_occupied() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let row: UnitRow =
            held::row(&server, community.id, community.unit["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(row.state.as_str(), "OCCUPIED");
        let empty: UnitRow =
            held::row(&server, community.id, community.other_unit["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(empty.state.as_str(), "VACANT");
    })
    .await;
}

#[tokio::test]
async fn moving_out_ends_sessions_passes_and_spoken_answers() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let unit = community.unit["id"].as_str().unwrap().to_owned();
        let flatmate = resident(&server, &community.admin, &community.unit, "farah", 77).await;
        let card = community.pass(&server, &json!({})).await;
        let id = card["pass"]["id"].as_str().unwrap();
        let face = picture(200, 200, image::ImageFormat::Png);
        community.resident.put_bytes(&format!("/passes/{id}/photo"), "image/png", face).await.ok();
        let before: UnitRow = held::row(&server, community.id, &unit).await.unwrap();
        let path = format!("/residents/{}/move-out", community.resident.id());
        let gone = community.admin.post(&path, &json!(null)).await.ok();
        assert_eq!(gone["status"], "ENDED");

        community.resident.get("/auth/me").await.is(401, "unauthenticated");
        let login = json!({"email": "asha1@example.com", "password": PASSWORD});
        Person::nobody(&server).post("/auth/login", &login).await.is(403, "forbidden");
        let after: UnitRow = held::row(&server, community.id, &unit).await.unwrap();
        assert_eq!(after.epoch, before.epoch + 1);
        assert_eq!(after.state.as_str(), "OCCUPIED", "the flatmate is still there");
        let pass: PassRow = held::row(&server, community.id, id).await.unwrap();
        assert!(pass.revoked_at.is_some());
        assert_eq!(held::row::<PassPhotoRow>(&server, community.id, id).await, None, "nobody's face is left");

        let path = format!("/residents/{}/move-out", flatmate.id());
        community.admin.post(&path, &json!(null)).await.ok();
        let empty: UnitRow = held::row(&server, community.id, &unit).await.unwrap();
        assert_eq!((empty.state.as_str(), empty.epoch), ("VACANT", after.epoch + 1));
        community.admin.post(&path, &json!(null)).await.is(409, "wrong_state");
    })
    .await;
}

#[tokio::test]
async fn only_admins_see_and_make_residents() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let listed = community.admin.get("/residents").await.ok();
        assert_eq!(listed["items"][0]["email"], "asha1@example.com");
        for other in [&community.resident, &community.guard] {
            other.get("/residents").await.is(403, "forbidden");
            other
                .post(
                    "/residents",
                    &json!({"name": "x", "phone": "+919700000000", "email": "x@y.z",
                "password": PASSWORD, "unit_ids": [community.unit["id"]]}),
                )
                .await
                .is(403, "forbidden");
        }
        let stray = json!({"name": "x", "phone": "+919700000000", "email": "x@y.z", "password": PASSWORD,
            "unit_ids": [community.gate["id"]]});
        community.admin.post("/residents", &stray).await.is(422, "invalid");
        Person::nobody(&server)
            .post("/auth/login", &json!({"email": "x@y.z", "password": PASSWORD}))
            .await
            .is(401, "wrong_credentials");
    })
    .await;
}
