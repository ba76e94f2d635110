//! The demo community.

use gatehouse::{feed::row::GuardRow, time::DAY};
use gatehouse_server::demo;

use crate::support::{
    held,
    people::{Person, on_both},
};

#[tokio::test]
async fn the_demo_is_made_once_and_kept_fresh() {
    on_both(async |server| {
        let folder = tempfile::tempdir().unwrap();
        let first = demo::make(&server.app, Some(folder.path())).await.unwrap();
        let second = demo::make(&server.app, None).await.unwrap();
        assert_eq!(first.community_id, second.community_id);
        assert_ne!(first.enrolment_code, second.enrolment_code);
        let ids = |demo: &demo::Demo| demo.passes.iter().map(|pass| pass.id).collect::<Vec<_>>();
        assert_eq!(ids(&first), ids(&second));
        for pass in &first.passes {
            assert!(folder.path().join(format!("{}.png", pass.slot)).exists(), "{}", pass.slot);
        }
        let guards: Vec<(_, GuardRow)> = held::rows(&server, first.community_id).await;
        assert!(guards.iter().all(|(_, guard)| guard.photo.is_some()), "a guard has no face on the tile");
        let login = serde_json::json!({"email": first.admin.email, "password": first.admin.password});
        Person::nobody(&server).post("/auth/login", &login).await.ok();

        server.clock.advance(20 * DAY);
        let later = demo::make(&server.app, None).await.unwrap();
        let id = |demo: &demo::Demo, slot: &str| {
            demo.passes.iter().find(|pass| pass.slot == slot).map(|pass| pass.id).unwrap()
        };
        for slot in ["delivery", "not-yet"] {
            assert_ne!(id(&first, slot), id(&later, slot), "{slot} no longer showed what it is to show");
        }
        for slot in ["guest", "helper", "revoked", "expired"] {
            assert_eq!(id(&first, slot), id(&later, slot), "{slot}");
        }
    })
    .await;
}
