//! `/alerts`.

use gatehouse::id::EventId;
use gatehouse_server::{OsEntropy, execute};
use serde_json::json;

use crate::support::{
    START,
    people::{Community, on_both},
};

#[tokio::test]
async fn admins_see_alerts_and_the_first_who_takes_note_is_kept() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let id = EventId::new(START, &mut OsEntropy).0;
        let mut tx = server.app.store.write().await.unwrap();
        execute!(
            &mut tx,
            "insert into alerts (community, id, kind, at) values ($1, $2, 'FORK', 5)",
            community.id,
            id
        )
        .unwrap();
        tx.commit().await.unwrap();
        let listed = community.admin.get("/alerts?open=true").await.ok();
        assert_eq!(listed["items"][0]["kind"], "FORK");
        let path = format!("/alerts/{id}/acknowledge");
        let noted = community.admin.post(&path, &json!(null)).await.ok();
        assert_eq!(noted["acknowledged_by"], json!(community.admin.id()));
        server.clock.advance(1_000);
        assert_eq!(community.admin.post(&path, &json!(null)).await.ok(), noted);
        assert_eq!(community.admin.get("/alerts?open=true").await.ok()["items"], json!([]));
        assert_eq!(community.admin.get("/alerts").await.ok()["items"][0], noted);
        community.resident.get("/alerts").await.is(403, "forbidden");
        community.guard.post(&path, &json!(null)).await.is(403, "forbidden");
    })
    .await;
}
