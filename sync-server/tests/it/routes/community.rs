//! `/community` and `/policy`.

use gatehouse::{
    admission::Policy,
    feed::row::{CommunityRow, DayKeyRow},
};
use serde_json::json;

use crate::support::{
    Served, held,
    people::{Community, on_both},
};

async fn row(server: &Served, community: &Community) -> CommunityRow {
    held::row(server, community.id, &community.id.to_string()).await.unwrap()
}

#[tokio::test]
async fn a_lock_down_reaches_the_kiosks() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        assert!(!row(&server, &community).await.locked_down);
        let change = json!({"locked_down": true, "companies": ["Zepto", "Swiggy"]});
        let shown = community.admin.patch("/community", &change).await.ok();
        assert_eq!((&shown["locked_down"], &shown["companies"]), (&json!(true), &json!(["Zepto", "Swiggy"])));
        let row = row(&server, &community).await;
        assert_eq!((row.locked_down, row.companies), (true, vec!["Zepto".to_owned(), "Swiggy".to_owned()]));
        assert_eq!(community.resident.get("/community").await.ok(), shown);
        community.guard.patch("/community", &change).await.is(403, "forbidden");
        community.admin.patch("/community", &json!({"companies": [""]})).await.is(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_policy_reaches_the_kiosks_with_the_day_keys_it_wants() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut policy = community.admin.get("/policy").await.ok();
        assert_eq!(policy, json!(Policy::default()));
        policy["day_keys_ahead"] = json!(2);
        policy["guest"]["phone_required"] = json!(true);
        community.admin.put("/policy", &policy).await.ok();
        assert_eq!(community.guard.get("/policy").await.ok(), policy);
        let held = Policy::read(&row(&server, &community).await.policy).unwrap();
        assert!(held.guest.phone_required);
        let keys = held::rows::<DayKeyRow>(&server, community.id).await;
        assert_eq!(keys.len(), 4, "yesterday, today and two days ahead");

        for (field, misspelt) in [("guest", "gest"), ("day_keys_ahead", "ahead")] {
            let mut wrong = policy.clone();
            let value = wrong.as_object_mut().unwrap().remove(field).unwrap();
            community.admin.put("/policy", &wrong).await.is(422, "invalid");
            wrong[misspelt] = value;
            community.admin.put("/policy", &wrong).await.is(422, "invalid");
        }
        assert_eq!(community.guard.get("/policy").await.ok(), policy, "nothing was set back");

        policy["day_keys_ahead"] = json!(15);
        community.admin.put("/policy", &policy).await.is(422, "invalid");
        community.resident.put("/policy", &policy).await.is(403, "forbidden");
    })
    .await;
}
