//! `/auth`.

use gatehouse::time::{DAY, MINUTE, SECOND};
use gatehouse_server::{
    execute,
    http::{ForwardedHeader, TrustedProxies},
};
use serde_json::json;

use crate::support::{
    Engine, Served,
    people::{Community, PASSWORD, Person, on_both},
    until_it_waits,
};

fn registration(number: u32) -> serde_json::Value {
    json!({"community": "Community 1", "name": "Ravi Kumar", "phone": format!("+91960000000{number}"),
        "email": format!("ravi{number}@example.com"), "password": PASSWORD, "tower": "B", "apartment_no": "704"})
}

#[tokio::test]
async fn signing_in_by_e_mail_or_phone_gives_tokens_and_the_user() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        for login in [
            json!({"email": "ADMIN1@example.com ", "password": PASSWORD}),
            json!({"phone": "98000 01001", "password": PASSWORD}),
        ] {
            let session = nobody.post("/auth/login", &login).await.ok();
            assert_eq!(session["expires_in"], 600);
            assert_eq!(session["user"]["role"], "ADMIN");
            assert_eq!(session["user"]["community_id"], json!(community.id));
            assert!(session["refresh_token"].as_str().unwrap().len() >= 43);
            let me = nobody.with(session).get("/auth/me").await.ok();
            assert_eq!(me["email"], "admin1@example.com");
        }
        let resident = &community.resident.session["user"];
        assert_eq!(resident["unit_ids"], json!([community.unit["id"]]));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_answered_alike() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let mut answers = Vec::new();
        for email in ["admin1@example.com", "nobody@example.com"] {
            let answer =
                nobody.post("/auth/login", &json!({"email": email, "password": "not this one"})).await;
            answer.is(401, "wrong_credentials");
            answers.push(answer.json);
        }
        assert_eq!(answers[0], answers[1]);
        nobody.post("/auth/login", &json!({"password": "not this one"})).await.is(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_run_out_and_come_back_with_time_only() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let wrong = json!({"email": "admin1@example.com", "password": "not this one"});
        let right = json!({"email": "admin1@example.com", "password": PASSWORD});
        for _ in 0..10 {
            nobody.post("/auth/login", &wrong).await.is(401, "wrong_credentials");
        }
        nobody.post("/auth/login", &right).await.is(429, "rate_limited");
        let other = json!({"email": "asha1@example.com", "password": PASSWORD});
        nobody.post("/auth/login", &other).await.ok();
        server.clock.advance(15 * MINUTE);
        nobody.post("/auth/login", &right).await.ok();
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_by_e_mail_and_by_phone_are_one_account_s_and_outlive_a_restart() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        for _ in 0..5 {
            let by_email = json!({"email": "admin1@example.com", "password": "not this one"});
            nobody.post("/auth/login", &by_email).await.is(401, "wrong_credentials");
            let by_phone = json!({"phone": "9800001001", "password": "not this one"});
            nobody.post("/auth/login", &by_phone).await.is(401, "wrong_credentials");
        }
        let right = json!({"email": "admin1@example.com", "password": PASSWORD});
        nobody.post("/auth/login", &right).await.is(429, "rate_limited");
        let restarted = server.restarted(TrustedProxies::default()).await;
        Person::nobody(&restarted).post("/auth/login", &right).await.is(429, "rate_limited");
    })
    .await;
}

#[tokio::test]
async fn tries_made_at_the_same_time_are_all_counted() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..25 {
            let wrong = json!({"email": "admin1@example.com", "password": "not this one"});
            let request = server.http.post(server.url("/auth/login")).json(&wrong);
            tries.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        let answers = tries.join_all().await;
        assert_eq!(answers.iter().filter(|status| **status == 401).count(), 10);
        assert_eq!(answers.iter().filter(|status| **status == 429).count(), 15);
    })
    .await;
}

#[tokio::test]
async fn right_passwords_tried_at_the_same_time_lock_nobody_out() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let right = json!({"email": "admin1@example.com", "password": PASSWORD});
            let request = server.http.post(server.url("/auth/login")).json(&right);
            tries.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        assert_eq!(tries.join_all().await, [200; 40]);
    })
    .await;
}

#[tokio::test]
async fn a_trusted_proxy_s_clients_are_told_apart_and_nobody_else_s() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let login = |password: &str| json!({"email": "admin1@example.com", "password": password});
        let from = |server: &Served, client: &str, password: &str| {
            let request = server.http.post(server.url("/auth/login")).json(&login(password));
            let request = request.header("x-forwarded-for", client);
            async move { request.send().await.unwrap().status().as_u16() }
        };
        // No proxy is trusted: whatever a client claims, it is one client.
        for number in 0..10 {
            assert_eq!(from(&server, &format!("203.0.113.{number}"), "not this one").await, 401);
        }
        assert_eq!(from(&server, "203.0.113.99", PASSWORD).await, 429);

        let networks = vec!["127.0.0.0/8".parse().unwrap()];
        let behind = server.restarted(TrustedProxies::new(networks, ForwardedHeader::XForwardedFor)).await;
        for number in 0..10 {
            let claimed = format!("198.51.100.{number}, 203.0.113.1");
            assert_eq!(
                from(&behind, &claimed, "not this one").await,
                401,
                "what the client wrote does not help it"
            );
        }
        assert_eq!(from(&behind, "203.0.113.1", PASSWORD).await, 429);
        assert_eq!(
            from(&behind, "203.0.113.2", PASSWORD).await,
            200,
            "the owner, elsewhere, is not locked out"
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_is_over_after_ten_minutes_and_at_once_after_logout() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let admin = Person::sign_in(&server, "admin1@example.com").await;
        server.clock.advance(10 * MINUTE - SECOND);
        admin.get("/auth/me").await.ok();
        server.clock.advance(SECOND);
        admin.get("/auth/me").await.is(401, "token_expired");

        let admin = Person::sign_in(&server, "admin1@example.com").await;
        assert_eq!(admin.post("/auth/logout", &json!(null)).await.status, 204);
        admin.get("/auth/me").await.is(401, "unauthenticated");
        let refresh = json!({"refresh_token": admin.session["refresh_token"]});
        admin.post("/auth/refresh", &refresh).await.is(401, "refresh_rejected");
        let mut forged = community.admin.clone();
        forged.token = forged.token.map(|token| {
            let other = if token.ends_with('A') { 'Q' } else { 'A' };
            format!("{}{other}", &token[..token.len() - 1])
        });
        forged.get("/auth/me").await.is(401, "unauthenticated");
        Person::nobody(&server).get("/auth/me").await.is(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_family_ends_when_it_comes_twice() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let first = Person::sign_in(&server, "admin1@example.com").await;
        let refresh = |person: &Person| json!({"refresh_token": person.session["refresh_token"]});
        let second = first.with(first.post("/auth/refresh", &refresh(&first)).await.ok());
        second.get("/auth/me").await.ok();

        server.clock.advance(10 * SECOND);
        let again = first.post("/auth/refresh", &refresh(&first)).await;
        assert_eq!(again.status, 200, "an answer may have been lost just now");

        server.clock.advance(MINUTE);
        first.post("/auth/refresh", &refresh(&first)).await.is(401, "refresh_rejected");
        second.get("/auth/me").await.is(401, "unauthenticated");
        second.post("/auth/refresh", &refresh(&second)).await.is(401, "refresh_rejected");
        first.post("/auth/refresh", &json!({"refresh_token": "x"})).await.is(401, "refresh_rejected");
    })
    .await;
}

#[tokio::test]
async fn a_used_refresh_token_comes_again_only_as_long_as_nobody_used_the_next_one() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let refresh = async |session: &serde_json::Value| {
            nobody.post("/auth/refresh", &json!({"refresh_token": session["refresh_token"]})).await
        };
        let first = Person::sign_in(&server, "admin1@example.com").await.session;
        let second = refresh(&first).await.ok();
        let third = refresh(&second).await.ok();
        refresh(&first).await.is(401, "refresh_rejected");
        refresh(&third).await.is(401, "refresh_rejected");
        nobody.with(third).get("/auth/me").await.is(401, "unauthenticated");

        let first = Person::sign_in(&server, "admin1@example.com").await.session;
        let lost = refresh(&first).await.ok();
        let second = refresh(&first).await.ok();
        nobody.with(second.clone()).get("/auth/me").await.ok();
        refresh(&lost).await.is(401, "refresh_rejected");
        refresh(&second).await.is(401, "refresh_rejected");
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_is_over_after_thirty_days() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let admin = Person::sign_in(&server, "admin1@example.com").await;
        server.clock.advance(30 * DAY);
        let refresh = json!({"refresh_token": admin.session["refresh_token"]});
        admin.post("/auth/refresh", &refresh).await.is(401, "refresh_rejected");
    })
    .await;
}

#[tokio::test]
async fn refresh_tokens_that_are_none_run_out_and_take_no_writers_turn() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let refresh = |token: &serde_json::Value| json!({"refresh_token": token});
        let (none, good) = (json!("x"), Person::sign_in(&server, "admin1@example.com").await);
        for _ in 0..100 {
            nobody.post("/auth/refresh", &refresh(&none)).await.is(401, "refresh_rejected");
        }
        let writing = server.app.store.write().await.unwrap();
        let one_more = refresh(&none);
        let refused = nobody.post("/auth/refresh", &one_more);
        let refused = tokio::time::timeout(std::time::Duration::from_secs(20), refused).await;
        refused.expect("it waits for the writer").is(429, "rate_limited");
        writing.rollback().await.unwrap();
        nobody.post("/auth/refresh", &refresh(&good.session["refresh_token"])).await.ok();
        Person::sign_in(&server, "admin1@example.com").await;
    })
    .await;
}

#[tokio::test]
async fn who_registers_waits_for_an_admin() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let pending = nobody.post("/auth/register", &registration(1)).await;
        assert_eq!((pending.status, &pending.json["status"]), (201, &json!("PENDING")));
        let login = json!({"email": "ravi1@example.com", "password": PASSWORD});
        nobody.post("/auth/login", &login).await.is(403, "membership_pending");

        let waiting = community.admin.get("/residents?status=PENDING").await.ok();
        let id = waiting["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(waiting["items"][0]["unit_ids"], json!([community.other_unit["id"]]));
        community.admin.post(&format!("/residents/{id}/approve"), &json!(null)).await.ok();
        community.admin.post(&format!("/residents/{id}/approve"), &json!(null)).await.is(409, "wrong_state");
        let session = nobody.post("/auth/login", &login).await.ok();
        assert_eq!(session["user"]["role"], "RESIDENT");
    })
    .await;
}

#[tokio::test]
async fn who_moved_out_asks_to_come_back_and_who_lives_there_is_told_so() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let asked = json!({"community": "Community 1", "name": "Asha", "phone": "+919700000011",
            "email": "asha1@example.com", "password": PASSWORD, "tower": "B", "apartment_no": "704"});
        let known = nobody.post("/auth/register", &asked).await;
        known.is(409, "already_exists");
        assert_eq!(known.json["errors"][0]["field"], "apartment_no");

        let id = community.resident.id();
        community.admin.post(&format!("/residents/{id}/move-out"), &json!(null)).await.ok();
        server.clock.advance(MINUTE);
        nobody.post("/auth/register", &asked).await.ok();
        let waiting = community.admin.get("/residents?status=PENDING").await.ok();
        assert_eq!(
            (&waiting["items"][0]["id"], &waiting["items"][0]["unit_ids"]),
            (&json!(id), &json!([community.other_unit["id"]])),
            "not where they lived before"
        );
        community.admin.post(&format!("/residents/{id}/approve"), &json!(null)).await.ok();
        let asha = Person::sign_in(&server, "asha1@example.com").await;
        assert_eq!(asha.session["user"]["unit_ids"], json!([community.other_unit["id"]]));
    })
    .await;
}

#[tokio::test]
async fn registering_is_no_way_to_try_more_passwords() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let mut thief = registration(1);
        thief["email"] = json!("asha1@example.com");
        thief["password"] = json!("the thief's own one");
        for _ in 0..10 {
            nobody.post("/auth/register", &thief).await.ok();
        }
        nobody.post("/auth/register", &thief).await.is(429, "rate_limited");
        let login = json!({"email": "asha1@example.com", "password": PASSWORD});
        nobody.post("/auth/login", &login).await.is(429, "rate_limited");
    })
    .await;
}

#[tokio::test]
async fn a_text_that_cannot_be_stored_is_the_askers_fault() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        for field in ["community", "tower", "apartment_no"] {
            let mut asked = registration(1);
            asked[field] = json!("\u{0}");
            Person::nobody(&server).post("/auth/register", &asked).await.is(422, "invalid");
        }
        for list in ["/residents?status=%00", "/visitors?status=%00"] {
            let status = community.admin.get(list).await.status;
            assert!(status == 200 || status == 422, "{list}: {status}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_makes_themselves_more_than_a_resident() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        for role in ["ADMIN", "SECURITY", "OWNER"] {
            let mut asked = registration(1);
            asked["role"] = json!(role);
            nobody.post("/auth/register", &asked).await.is(403, "forbidden");
        }
        let mut nowhere = registration(1);
        nowhere["apartment_no"] = json!("9999");
        nobody.post("/auth/register", &nowhere).await.is(422, "invalid");
        let mut short = registration(1);
        short["password"] = json!("short");
        let answer = nobody.post("/auth/register", &short).await;
        answer.is(422, "invalid");
        assert_eq!(answer.json["errors"][0]["field"], "password");
    })
    .await;
}

#[tokio::test]
async fn registering_again_neither_tells_of_an_account_nor_changes_it() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let mut thief = registration(1);
        thief["email"] = json!("asha1@example.com");
        thief["password"] = json!("the thief's own one");
        let known = nobody.post("/auth/register", &thief).await;
        let unknown = nobody.post("/auth/register", &registration(2)).await;
        assert_eq!((known.status, known.json), (unknown.status, unknown.json));
        Person::sign_in(&server, "asha1@example.com").await;
    })
    .await;
}

#[tokio::test]
async fn registering_anothers_contact_with_one_of_ones_own_tells_nothing_of_the_other() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let with = |number: u32, field: &str, contact: &str| {
            let mut asked = registration(number);
            asked[field] = json!(contact);
            asked["password"] = json!("the stranger's own one");
            asked
        };
        let known = [with(1, "phone", "+919700000011"), with(2, "email", "asha1@example.com")];
        let unknown = [with(3, "phone", "+919700000099"), with(4, "email", "nobody@example.com")];
        for (asked, own) in known.iter().zip(["email", "phone"]).chain(unknown.iter().zip(["email", "phone"]))
        {
            // Asked twice, as by whoever is not sure that it arrived.
            for _ in 0..2 {
                nobody.post("/auth/register", asked).await.ok();
            }
            let login = json!({own: asked[own], "password": asked["password"]});
            nobody.post("/auth/login", &login).await.is(403, "membership_pending");
        }
        let waiting = community.admin.get("/residents?status=PENDING").await.ok();
        assert_eq!(waiting["items"].as_array().unwrap().len(), 4);
        Person::sign_in(&server, "asha1@example.com").await;
    })
    .await;
}

#[tokio::test]
async fn who_signs_in_with_a_password_that_is_replaced_meanwhile_is_not_let_in() {
    // SQLite has one writer: there it cannot happen.
    let server = Served::on(Engine::Postgres).await;
    let community = Community::found(&server, 1).await;
    let mut replacing = server.app.store.write().await.unwrap();
    let id: uuid::Uuid = community.resident.id().parse().unwrap();
    execute!(&mut replacing, "update users set password_hash = 'another' where id = $1", id).unwrap();
    let nobody = Person::nobody(&server);
    let signing_in = tokio::spawn(async move {
        nobody.post("/auth/login", &json!({"email": "asha1@example.com", "password": PASSWORD})).await
    });
    until_it_waits(&server.app.store, &signing_in).await;
    replacing.commit().await.unwrap();
    signing_in.await.unwrap().is(401, "wrong_credentials");
}

#[tokio::test]
async fn who_waits_for_approval_is_not_locked_out_by_their_right_password() {
    on_both(async |server| {
        Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let asked = json!({"community": "Community 1", "name": "Farah", "phone": "+919700000077",
            "email": "farah@example.com", "password": PASSWORD, "tower": "A", "apartment_no": "1203"});
        nobody.post("/auth/register", &asked).await.ok();
        let login = json!({"email": "farah@example.com", "password": PASSWORD});
        for _ in 0..11 {
            nobody.post("/auth/login", &login).await.is(403, "membership_pending");
        }
    })
    .await;
}
