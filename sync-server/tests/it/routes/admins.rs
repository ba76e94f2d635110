//! `/admins`.

use gatehouse_server::admins;
use serde_json::{Value, json};

use crate::support::{
    Served,
    people::{Community, PASSWORD, Person, on_both},
};

/// A further admin, by invitation.
async fn another(server: &Served, community: &Community) -> Person {
    let link = community.admin.post("/admins/invitations", &json!(null)).await.ok();
    Person::nobody(server).post("/auth/invitations/accept", &joining(&link)).await.ok();
    Person::sign_in(server, "bala@example.com").await
}

fn joining(link: &Value) -> Value {
    json!({"secret": link["secret"], "name": "Bala", "phone": "+919800099001", "email": "bala@example.com",
        "password": PASSWORD})
}

async fn emails(admin: &Person) -> Vec<String> {
    let listed = admin.get("/admins").await.ok();
    let items = listed["items"].as_array().unwrap().iter();
    let mut emails: Vec<_> = items.map(|admin| admin["email"].as_str().unwrap().to_owned()).collect();
    emails.sort_unstable();
    emails
}

#[tokio::test]
async fn an_admin_who_is_ended_is_out_and_so_is_what_they_handed_out() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let bala = another(&server, &community).await;
        assert_eq!(emails(&community.admin).await, ["admin1@example.com", "bala@example.com"]);
        let way_back = bala.post("/admins/invitations", &json!(null)).await.ok();
        let path = format!("/admins/{}", bala.id());
        community.resident.delete(&path).await.is(403, "forbidden");
        assert_eq!(community.admin.delete(&path).await.status, 204);
        community.admin.delete(&path).await.is(404, "not_found");

        bala.get("/auth/me").await.is(401, "unauthenticated");
        let nobody = Person::nobody(&server);
        let login = json!({"email": "bala@example.com", "password": PASSWORD});
        nobody.post("/auth/login", &login).await.is(403, "forbidden");
        nobody.post("/auth/invitations/accept", &joining(&way_back)).await.is(410, "link_gone");
        assert_eq!(emails(&community.admin).await, ["admin1@example.com"]);
        let audit = community.admin.get("/audit").await.ok();
        let removed =
            audit["items"].as_array().unwrap().iter().find(|one| one["deed"] == "ADMIN_REMOVED").unwrap();
        assert_eq!((&removed["about"], &removed["by"]), (&json!(bala.id()), &json!(community.admin.id())));

        another(&server, &community).await.get("/admins").await.ok();
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let theirs = Community::found(&server, 2).await;
        let own = format!("/admins/{}", community.admin.id());
        community.admin.delete(&own).await.is(409, "wrong_state");
        theirs.admin.delete(&own).await.is(404, "not_found");
        another(&server, &community).await;
        assert_eq!(community.admin.delete(&own).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn the_servers_owner_lets_a_locked_out_admin_back_in() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let other = "quite another one";
        let reset = async |email: &str| admins::reset_password(&server.app, email, other.into()).await;
        assert!(reset("asha1@example.com").await.is_err(), "no admin's");
        let nobody = Person::nobody(&server);
        let wrong = json!({"email": "admin1@example.com", "password": "not this one"});
        while nobody.post("/auth/login", &wrong).await.status != 429 {}
        let user = reset("Admin1@example.com").await.unwrap();
        assert_eq!(user.0.to_string(), community.admin.id());
        community.admin.get("/auth/me").await.is(401, "unauthenticated");
        let login = json!({"email": "admin1@example.com", "password": other});
        let admin = nobody.with(nobody.post("/auth/login", &login).await.ok());
        let audit = admin.get("/audit").await.ok();
        let reset = audit["items"].as_array().unwrap().iter().find(|one| one["deed"] == "PASSWORD_RESET");
        assert_eq!(reset.unwrap()["by"], json!(null));
    })
    .await;
}
