//! `/admins`.

use serde_json::json;

use crate::support::people::{Community, PASSWORD, Person, on_both};

#[tokio::test]
async fn only_an_admin_makes_another() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let new = json!({"name": "Bala", "phone": "+919800099001", "email": "bala@example.com",
            "password": PASSWORD});
        community.resident.post("/admins", &new).await.is(403, "forbidden");
        community.guard.post("/admins", &new).await.is(403, "forbidden");
        community.admin.post("/admins", &new).await.ok();
        community.admin.post("/admins", &new).await.is(409, "already_exists");
        let bala = Person::sign_in(&server, "bala@example.com").await;
        let listed = bala.get("/admins").await.ok();
        let emails: Vec<_> =
            listed["items"].as_array().unwrap().iter().map(|admin| admin["email"].clone()).collect();
        assert!(emails.contains(&json!("bala@example.com")) && emails.len() == 2);
        community.resident.get("/admins").await.is(403, "forbidden");
    })
    .await;
}
