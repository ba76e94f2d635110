//! Passwords, and the links that admins hand over.

use gatehouse::{
    time::{DAY, SECOND},
    words::Role,
};
use gatehouse_server::accounts::store as accounts;
use serde_json::{Value, json};

use crate::support::{
    Engine, Served,
    people::{Community, PASSWORD, Person, on_both, resident},
    until_it_waits,
};

const OTHER: &str = "quite another one";

async fn signs_in(server: &Served, email: &str, password: &str) -> bool {
    let login = json!({"email": email, "password": password});
    Person::nobody(server).post("/auth/login", &login).await.status == 200
}

async fn deeds(admin: &Person) -> Vec<String> {
    let audit = admin.get("/audit").await.ok();
    let mut deeds: Vec<_> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["deed"].as_str().unwrap().to_owned())
        // What founding the community takes.
        .filter(|deed| !["RESIDENT_ADDED", "GUARD_ADDED"].contains(&deed.as_str()))
        .collect();
    // Those of one instant are in no order, and here the clock stands still.
    deeds.sort_unstable();
    deeds
}

fn accept(link: &Value, email: &str, password: &str) -> Value {
    json!({"secret": link["secret"], "name": "Bala", "phone": "+919800099001", "email": email,
        "password": password})
}

#[tokio::test]
async fn changing_ones_own_password_takes_the_old_one_and_ends_all_other_sessions() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let elsewhere = Person::sign_in(&server, "asha1@example.com").await;
        let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
        let me = &community.resident;
        me.post("/auth/password", &change("not this one", OTHER)).await.is(401, "wrong_credentials");
        me.post("/auth/password", &change(PASSWORD, "short")).await.is(422, "invalid");
        assert_eq!(me.post("/auth/password", &change(PASSWORD, OTHER)).await.status, 204);
        me.get("/auth/me").await.ok();
        elsewhere.get("/auth/me").await.is(401, "unauthenticated");
        let refresh = json!({"refresh_token": elsewhere.session["refresh_token"]});
        elsewhere.post("/auth/refresh", &refresh).await.is(401, "refresh_rejected");
        assert!(!signs_in(&server, "asha1@example.com", PASSWORD).await);
        assert!(signs_in(&server, "asha1@example.com", OTHER).await);
        assert_eq!(deeds(&community.admin).await, ["PASSWORD_CHANGED"]);
        Person::nobody(&server)
            .post("/auth/password", &change(OTHER, PASSWORD))
            .await
            .is(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn guessing_the_current_password_runs_out_like_signing_in() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let wrong = json!({"current_password": "not this one", "new_password": OTHER});
        for _ in 0..10 {
            community.resident.post("/auth/password", &wrong).await.is(401, "wrong_credentials");
        }
        community.resident.post("/auth/password", &wrong).await.is(429, "rate_limited");
    })
    .await;
}

#[tokio::test]
async fn a_resident_sets_a_new_password_by_a_link_once() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let path = format!("/residents/{}/password-link", community.resident.id());
        community.resident.post(&path, &json!(null)).await.is(403, "forbidden");
        community.guard.post(&path, &json!(null)).await.is(403, "forbidden");
        let replaced = community.admin.post(&path, &json!(null)).await.ok();
        let link = community.admin.post(&path, &json!(null)).await.ok();
        let secret = link["secret"].as_str().unwrap();
        assert_eq!(link["link"], format!("{}#{secret}", server.url("/links/password")));
        let reset = |link: &Value, password: &str| json!({"secret": link["secret"], "password": password});
        nobody.post("/auth/password/reset", &reset(&replaced, OTHER)).await.is(410, "link_gone");
        nobody.post("/auth/password/reset", &reset(&link, "short")).await.is(422, "invalid");
        nobody
            .post("/auth/invitations/accept", &accept(&link, "b@example.com", OTHER))
            .await
            .is(410, "link_gone");
        assert_eq!(nobody.post("/auth/password/reset", &reset(&link, OTHER)).await.status, 204);
        nobody.post("/auth/password/reset", &reset(&link, PASSWORD)).await.is(410, "link_gone");
        community.resident.get("/auth/me").await.is(401, "unauthenticated");
        assert!(signs_in(&server, "asha1@example.com", OTHER).await);
        assert!(!signs_in(&server, "asha1@example.com", PASSWORD).await);
        assert_eq!(
            deeds(&community.admin).await,
            ["PASSWORD_LINK_MADE", "PASSWORD_LINK_MADE", "PASSWORD_RESET"]
        );

        let late = community.admin.post(&path, &json!(null)).await.ok();
        server.clock.advance(DAY);
        nobody.post("/auth/password/reset", &reset(&late, PASSWORD)).await.is(410, "link_gone");
    })
    .await;
}

#[tokio::test]
async fn a_link_for_a_new_password_is_good_no_longer_once_its_owner_chose_one() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let path = format!("/residents/{}/password-link", community.resident.id());
        let link = community.admin.post(&path, &json!(null)).await.ok();
        let change = json!({"current_password": PASSWORD, "new_password": OTHER});
        assert_eq!(community.resident.post("/auth/password", &change).await.status, 204);
        let reset = json!({"secret": link["secret"], "password": PASSWORD});
        Person::nobody(&server).post("/auth/password/reset", &reset).await.is(410, "link_gone");
        assert_eq!(community.admin.get("/links").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_password_link_is_no_way_into_another_community_or_an_admins_account() {
    on_both(async |server| {
        let ours = Community::found(&server, 1).await;
        let theirs = Community::found(&server, 2).await;
        let both = resident(&server, &ours.admin, &ours.unit, "both", 77).await;
        let link = async |person: &Person| {
            ours.admin.post(&format!("/residents/{}/password-link", person.id()), &json!(null)).await
        };
        link(&theirs.resident).await.is(404, "not_found");
        link(&ours.admin).await.is(404, "not_found");
        let early = link(&both).await.ok();

        let invitation = theirs.admin.post("/admins/invitations", &json!(null)).await.ok();
        let joining = json!({"secret": invitation["secret"], "name": "Both", "phone": "+919700000077",
            "email": "both@example.com", "password": PASSWORD});
        Person::nobody(&server).post("/auth/invitations/accept", &joining).await.ok();
        link(&both).await.is(403, "forbidden");
        let reset = json!({"secret": early["secret"], "password": OTHER});
        Person::nobody(&server).post("/auth/password/reset", &reset).await.is(410, "link_gone");
        assert!(signs_in(&server, "both@example.com", PASSWORD).await, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn a_link_is_gone_for_who_becomes_an_admin_while_it_is_used() {
    // SQLite has one writer: there it cannot happen.
    let server = Served::on(Engine::Postgres).await;
    let community = Community::found(&server, 1).await;
    let path = format!("/residents/{}/password-link", community.resident.id());
    let link = community.admin.post(&path, &json!(null)).await.ok();
    let user = community.resident.id().parse().unwrap();
    let mut becoming = server.app.store.write().await.unwrap();
    accounts::hold_account(&mut becoming, user).await.unwrap();
    let (id, now) = (uuid::Uuid::from_u128(9), server.app.now());
    accounts::insert_membership(&mut becoming, community.id, id, user, &Role::Admin, "ACTIVE", now)
        .await
        .unwrap();
    let nobody = Person::nobody(&server);
    let reset = json!({"secret": link["secret"], "password": OTHER});
    let resetting = tokio::spawn(async move { nobody.post("/auth/password/reset", &reset).await });
    until_it_waits(&server.app.store, &resetting).await;
    becoming.commit().await.unwrap();
    resetting.await.unwrap().is(410, "link_gone");
    assert!(signs_in(&server, "asha1@example.com", PASSWORD).await, "nothing was changed");
}

#[tokio::test]
async fn an_invitation_makes_one_admin() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        community.resident.post("/admins/invitations", &json!(null)).await.is(403, "forbidden");
        community.guard.post("/admins/invitations", &json!(null)).await.is(403, "forbidden");
        let link = community.admin.post("/admins/invitations", &json!(null)).await.ok();
        let taken = accept(&link, "asha1@example.com", OTHER);
        nobody.post("/auth/invitations/accept", &taken).await.is(401, "wrong_credentials");
        let made = nobody.post("/auth/invitations/accept", &accept(&link, "bala@example.com", OTHER)).await;
        assert_eq!(made.status, 201, "{}", made.json);
        nobody
            .post("/auth/invitations/accept", &accept(&link, "c@example.com", OTHER))
            .await
            .is(410, "link_gone");
        let login = json!({"email": "bala@example.com", "password": OTHER});
        let bala = nobody.with(nobody.post("/auth/login", &login).await.ok());
        assert_eq!(bala.session["user"]["role"], "ADMIN");
        assert_eq!(deeds(&bala).await, ["ADMIN_INVITED", "ADMIN_JOINED"]);

        let link = bala.post("/admins/invitations", &json!(null)).await.ok();
        let own = json!({"secret": link["secret"], "name": "Asha", "phone": "+919700000000",
            "email": "asha1@example.com", "password": PASSWORD});
        nobody.post("/auth/invitations/accept", &own).await.ok();
        let asha = Person::sign_in(&server, "asha1@example.com").await;
        assert_eq!(asha.session["user"]["role"], "ADMIN", "an account of one's own may be an admin too");
    })
    .await;
}

#[tokio::test]
async fn nobody_keeps_an_invited_admin_out_by_registering_their_contacts() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let link = community.admin.post("/admins/invitations", &json!(null)).await.ok();
        let joining = accept(&link, "bala@example.com", OTHER);
        let stranger = json!({"community": "Community 1", "name": "Mallory", "phone": joining["phone"],
            "email": "bala@example.com", "password": "mallory's own one", "tower": "A", "apartment_no": "1203"});
        nobody.post("/auth/register", &stranger).await.ok();
        nobody.post("/auth/invitations/accept", &joining).await.ok();
        assert!(signs_in(&server, "bala@example.com", OTHER).await);
        assert!(!signs_in(&server, "bala@example.com", "mallory's own one").await);
        let waiting = community.admin.get("/residents?status=PENDING").await.ok();
        assert_eq!(waiting["items"], json!([]), "what the stranger asked for is over");
    })
    .await;
}

#[tokio::test]
async fn links_are_listed_without_their_secret_and_can_be_taken_back() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let theirs = Community::found(&server, 2).await;
        let link = community.admin.post("/admins/invitations", &json!(null)).await.ok();
        let listed = community.admin.get("/links").await.ok();
        assert_eq!(listed["items"][0]["id"], link["id"]);
        assert!(!listed.to_string().contains(link["secret"].as_str().unwrap()));
        let path = format!("/links/{}", link["id"].as_str().unwrap());
        theirs.admin.delete(&path).await.is(404, "not_found");
        community.resident.delete(&path).await.is(403, "forbidden");
        assert_eq!(community.admin.delete(&path).await.status, 204);
        let late = accept(&link, "bala@example.com", OTHER);
        Person::nobody(&server).post("/auth/invitations/accept", &late).await.is(410, "link_gone");
        let link = community.admin.post("/admins/invitations", &json!(null)).await.ok();
        server.clock.advance(3 * DAY - SECOND);
        // Signed in again: ten minutes have passed.
        let admin = Person::sign_in(&server, "admin1@example.com").await;
        assert_eq!(admin.get("/links").await.ok()["items"].as_array().unwrap().len(), 1);
        server.clock.advance(SECOND);
        assert_eq!(admin.get("/links").await.ok()["items"], json!([]));
        let late = accept(&link, "bala@example.com", OTHER);
        Person::nobody(&server).post("/auth/invitations/accept", &late).await.is(410, "link_gone");
    })
    .await;
}

#[tokio::test]
async fn guessing_links_runs_out() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        for number in 0..100 {
            let reset = json!({"secret": format!("guess {number}"), "password": OTHER});
            nobody.post("/auth/password/reset", &reset).await.is(410, "link_gone");
        }
        let reset = json!({"secret": "guess", "password": OTHER});
        nobody.post("/auth/password/reset", &reset).await.is(429, "rate_limited");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_no_way_to_try_more_passwords() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let link = community.admin.post("/admins/invitations", &json!(null)).await.ok();
        let wrong = accept(&link, "asha1@example.com", OTHER);
        for _ in 0..10 {
            nobody.post("/auth/invitations/accept", &wrong).await.is(401, "wrong_credentials");
        }
        let right = accept(&link, "asha1@example.com", PASSWORD);
        nobody.post("/auth/invitations/accept", &right).await.is(429, "rate_limited");
        let login = json!({"email": "asha1@example.com", "password": PASSWORD});
        nobody.post("/auth/login", &login).await.is(429, "rate_limited");
    })
    .await;
}

#[tokio::test]
async fn the_pages_behind_links_run_nothing_but_their_own_script() {
    on_both(async |server| {
        for (path, to) in
            [("/links/password", "/auth/password/reset"), ("/links/join", "/auth/invitations/accept")]
        {
            let answer = server.http.get(server.url(path)).send().await.unwrap();
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("referrer-policy"), "no-referrer");
            assert_eq!(header("cache-control"), "no-store");
            let policy = header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
            let page = answer.text().await.unwrap();
            let (_, form) = page.split_once("<form data-to=\"").unwrap();
            let (target, _) = form.split_once('"').unwrap();
            for behind in ["", "/gate"] {
                let page = reqwest::Url::parse(&format!("https://example.in{behind}{path}")).unwrap();
                assert_eq!(page.join(target).unwrap().path(), format!("{behind}{to}"));
            }
        }
    })
    .await;
}
