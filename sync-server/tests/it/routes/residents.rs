//! `/residents`.

use gatehouse::feed::row::{PassPhotoRow, PassRow, UnitRow};
use reqwest::Method;
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
async fn a_households_passes_end_with_it_and_are_nothing_to_the_next() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let flatmate = resident(&server, &community.admin, &community.unit, "farah", 77).await;
        let wanted = community.wanted(&server, &json!({}));
        let of_admin = community.admin.post("/passes", &wanted).await.ok();
        let of_admin = of_admin["pass"]["id"].as_str().unwrap().to_owned();
        let left = |person: &Person| format!("/residents/{}/move-out", person.id());
        let revoked = async || {
            let row: PassRow = held::row(&server, community.id, &of_admin).await.unwrap();
            row.revoked_at.is_some()
        };
        community.admin.post(&left(&community.resident), &json!(null)).await.ok();
        assert!(!revoked().await, "somebody of the household is left");
        community.admin.post(&left(&flatmate), &json!(null)).await.ok();
        assert!(revoked().await);

        let early = community.admin.post("/passes", &wanted).await.ok();
        server.clock.advance(1_000);
        let next = resident(&server, &community.admin, &community.unit, "ravi", 55).await;
        assert_eq!(next.get("/passes").await.ok()["items"], json!([]));
        for id in [&of_admin, early["pass"]["id"].as_str().unwrap()] {
            for path in [format!("/passes/{id}"), format!("/passes/{id}/photo")] {
                next.get(&path).await.is(404, "not_found");
            }
            next.post(&format!("/passes/{id}/revoke"), &json!(null)).await.is(404, "not_found");
        }
        let own = next.post("/passes", &wanted).await.ok();
        assert_eq!(next.get("/passes").await.ok()["items"][0]["id"], own["pass"]["id"]);
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

#[tokio::test]
async fn turning_a_stranger_down_touches_nobody_else() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let unit = community.unit["id"].as_str().unwrap().to_owned();
        let empty = community.other_unit["id"].as_str().unwrap().to_owned();
        community.admin.patch(&format!("/units/{empty}"), &json!({"state": "OCCUPIED"})).await.ok();
        let head = held::head(&server, community.id).await;
        for (number, tower, apartment) in [(1, "A", "1203"), (2, "B", "704")] {
            let asked = json!({"community": "Community 1", "name": "Stranger", "password": PASSWORD,
                "phone": format!("+91960000000{number}"), "email": format!("stranger{number}@example.com"),
                "tower": tower, "apartment_no": apartment});
            Person::nobody(&server).post("/auth/register", &asked).await.ok();
            let waiting = community.admin.get("/residents?status=PENDING").await.ok();
            let path = format!("/residents/{}/move-out", waiting["items"][0]["id"].as_str().unwrap());
            assert_eq!(community.admin.post(&path, &json!(null)).await.ok()["status"], "ENDED");
        }
        assert_eq!(held::head(&server, community.id).await, head, "kiosks hear nothing of it");
        let state = |row: UnitRow| (row.epoch, row.state.as_str().to_owned());
        let household = held::row(&server, community.id, &unit).await.map(state);
        assert_eq!(household, Some((1, "OCCUPIED".to_owned())), "what it fetched ahead stays good");
        assert_eq!(
            held::row(&server, community.id, &empty).await.map(state),
            Some((1, "OCCUPIED".to_owned()))
        );
    })
    .await;
}

#[tokio::test]
async fn a_resident_moves_into_a_second_flat_and_back_in_with_the_account_they_have() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let asha = |unit: &serde_json::Value| {
            json!({"name": "Somebody", "phone": "+919700000011", "email": "asha1@example.com",
                "password": "the admin's own one", "unit_ids": [unit["id"]]})
        };
        let again = community.admin.post("/residents", &asha(&community.unit)).await;
        again.is(409, "already_exists");
        assert_eq!(again.json["errors"][0]["field"], "unit_ids");
        let both = community.admin.post("/residents", &asha(&community.other_unit)).await.ok();
        assert_eq!((&both["id"], &both["name"]), (&json!(community.resident.id()), &json!("asha1")));
        assert_eq!(both["unit_ids"].as_array().unwrap().len(), 2);
        Person::sign_in(&server, "asha1@example.com").await;

        let path = format!("/residents/{}/move-out", community.resident.id());
        community.admin.post(&path, &json!(null)).await.ok();
        let back = community.admin.post("/residents", &asha(&community.unit)).await.ok();
        assert_eq!(back["unit_ids"], json!([community.unit["id"]]));
        assert_eq!(back["membership_id"], both["membership_id"]);
        let row: UnitRow =
            held::row(&server, community.id, community.unit["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(row.state.as_str(), "OCCUPIED");
        Person::sign_in(&server, "asha1@example.com").await;
    })
    .await;
}

#[tokio::test]
async fn one_account_lives_and_guards_in_several_communities() {
    on_both(async |server| {
        let ours = Community::found(&server, 1).await;
        let theirs = Community::found(&server, 2).await;
        let guard = |phone: &str, email: serde_json::Value| {
            json!({"name": "Somebody", "phone": phone, "pin": "135791", "email": email,
                "password": "the admin's own one"})
        };
        // By all that the account is known by, or not at all.
        for (email, field) in [(json!(null), "phone"), (json!("other@example.com"), "phone")] {
            let part = ours.admin.post("/guards", &guard("+919800002003", email)).await;
            part.is(409, "already_exists");
            assert_eq!(part.json["errors"][0]["field"], field);
        }
        let mut new = guard("+919800099003", json!("guard2@example.com"));
        let part = ours.admin.post("/guards", &new).await;
        part.is(409, "already_exists");
        assert_eq!(part.json["errors"][0]["field"], "email");
        new["phone"] = json!("+919800002003");
        let made = ours.admin.post("/guards", &new).await.ok();
        assert_eq!((&made["id"], &made["name"]), (&json!(theirs.guard.id()), &json!("Ramesh")));
        ours.admin.post("/guards", &new).await.is(409, "already_exists");
        let ramesh = Person::sign_in(&server, "guard2@example.com").await;
        let memberships = ramesh.session["user"]["memberships"].as_array().unwrap();
        assert_eq!(memberships.len(), 2, "the password is still their own");

        let lives = json!({"name": "x", "phone": "+919800002003", "email": "guard2@example.com",
            "password": "the admin's own one", "unit_ids": [theirs.unit["id"]]});
        theirs.admin.post("/residents", &lives).await.ok();
        let login = json!({"email": "guard2@example.com", "password": PASSWORD, "role": "RESIDENT"});
        Person::nobody(&server).post("/auth/login", &login).await.ok();
    })
    .await;
}

#[tokio::test]
async fn a_guard_without_a_password_gets_one_from_the_only_community_they_belong_to() {
    on_both(async |server| {
        let ours = Community::found(&server, 1).await;
        let theirs = Community::found(&server, 2).await;
        let guard = json!({"name": "Sunita", "phone": "+919600000009", "pin": "135791"});
        ours.admin.post("/guards", &guard).await.ok();
        let lives = |community: &Community| {
            json!({"name": "Sunita", "phone": "+919600000009", "email": "sunita@example.com",
                "password": PASSWORD, "unit_ids": [community.unit["id"]]})
        };
        let nobody = Person::nobody(&server);
        let login = json!({"phone": "+919600000009", "password": PASSWORD});
        theirs.admin.post("/residents", &lives(&theirs)).await.ok();
        nobody.post("/auth/login", &login).await.is(401, "wrong_credentials");
        ours.admin.post("/residents", &lives(&ours)).await.ok();
        nobody.post("/auth/login", &login).await.is(401, "wrong_credentials");

        let other = json!({"name": "Geeta", "phone": "+919600000008", "pin": "135791"});
        ours.admin.post("/guards", &other).await.ok();
        let mut geeta = lives(&ours);
        geeta["phone"] = json!("+919600000008");
        geeta["email"] = json!("geeta@example.com");
        ours.admin.post("/residents", &geeta).await.ok();
        let login = json!({"phone": "+919600000008", "password": PASSWORD});
        nobody.post("/auth/login", &login).await.ok();
    })
    .await;
}

/// What somebody registers who wants to live in the first unit of community 1.
fn registration(phone: &str, email: &str) -> serde_json::Value {
    json!({"community": "Community 1", "name": "Mallory", "phone": phone, "email": email,
        "password": "mallory's own one", "tower": "A", "apartment_no": "1203"})
}

#[tokio::test]
async fn whoever_registers_anothers_contacts_first_has_nothing_once_an_admin_adds_their_holder() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let (phone, email) = ("+919600000001", "meera@example.com");
        nobody.post("/auth/register", &registration(phone, email)).await.ok();
        let meera = json!({"name": "Meera", "phone": phone, "email": email, "password": PASSWORD,
            "unit_ids": [community.other_unit["id"]]});
        let made = community.admin.post("/residents", &meera).await.ok();
        assert_eq!(
            (&made["name"], &made["unit_ids"]),
            (&json!("Meera"), &json!([community.other_unit["id"]]))
        );
        for login in [json!({"email": email}), json!({"phone": phone})] {
            let with = |password: &str| {
                let mut login = login.clone();
                login["password"] = json!(password);
                login
            };
            nobody.post("/auth/login", &with("mallory's own one")).await.is(401, "wrong_credentials");
            nobody.post("/auth/login", &with(PASSWORD)).await.ok();
        }
        // Once somebody was let in, the account is theirs.
        let again = json!({"name": "Other", "phone": phone, "email": email, "password": "the admin's own one",
            "unit_ids": [community.unit["id"]]});
        assert_eq!(community.admin.post("/residents", &again).await.ok()["name"], "Meera");
        Person::sign_in(&server, email).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_keeps_anothers_phone_from_being_added_by_registering_it() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let phones = ["+919600000001", "+919600000002"];
        for (number, phone) in phones.iter().enumerate() {
            let asked = registration(phone, &format!("mallory{number}@example.com"));
            nobody.post("/auth/register", &asked).await.ok();
        }
        nobody.post("/auth/register", &registration("+919600000003", "meera@example.com")).await.ok();
        let guard = json!({"name": "Sunita", "phone": phones[0], "pin": "135791"});
        community.admin.post("/guards", &guard).await.ok();
        let meera = json!({"name": "Meera", "phone": phones[1], "email": "meera@example.com",
            "password": PASSWORD, "unit_ids": [community.unit["id"]]});
        community.admin.post("/residents", &meera).await.ok();
        for email in ["mallory0@example.com", "mallory1@example.com"] {
            let login = json!({"email": email, "password": "mallory's own one"});
            nobody.post("/auth/login", &login).await.is(401, "wrong_credentials");
        }
        let login = json!({"phone": phones[0], "password": "mallory's own one"});
        nobody.post("/auth/login", &login).await.is(401, "wrong_credentials");
        Person::sign_in(&server, "meera@example.com").await;
    })
    .await;
}

/// The ids of those who wait for an admin's word.
async fn waiting(community: &Community) -> Vec<String> {
    let listed = community.admin.get("/residents?status=PENDING").await.ok();
    let id = |one: &serde_json::Value| one["id"].as_str().unwrap().to_owned();
    listed["items"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn whoever_registers_first_is_not_let_in_as_somebody_else_who_registers_too() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let (phone, email) = ("+919600000001", "meera@example.com");
        nobody.post("/auth/register", &registration(phone, email)).await.ok();
        let mut meera = registration(phone, email);
        meera["password"] = json!(PASSWORD);
        nobody.post("/auth/register", &meera).await.ok();
        let [id] = waiting(&community).await.try_into().unwrap();
        community.admin.post(&format!("/residents/{id}/approve"), &json!(null)).await.ok();
        let login = json!({"email": email, "password": "mallory's own one"});
        nobody.post("/auth/login", &login).await.is(401, "wrong_credentials");
        let link = format!("/residents/{id}/password-link");
        let link = community.admin.post(&link, &json!(null)).await.ok();
        let reset = json!({"secret": link["secret"], "password": PASSWORD});
        nobody.post("/auth/password/reset", &reset).await.ok();
        Person::sign_in(&server, email).await;
    })
    .await;
}

#[tokio::test]
async fn an_approval_that_says_what_was_seen_approves_no_other_flat() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let nobody = Person::nobody(&server);
        let mut asked = registration("+919600000001", "meera@example.com");
        nobody.post("/auth/register", &asked).await.ok();
        let [id] = waiting(&community).await.try_into().unwrap();
        let approve = format!("/residents/{id}/approve");
        let seen = json!({"unit_ids": [community.unit["id"]]});
        (asked["tower"], asked["apartment_no"]) = (json!("B"), json!("704"));
        nobody.post("/auth/register", &asked).await.ok();
        community.admin.post(&approve, &seen).await.is(409, "wrong_state");
        assert_eq!(waiting(&community).await, [id]);
        let both = json!({"unit_ids": [community.other_unit["id"], community.unit["id"]]});
        let approved = community.admin.post(&approve, &both).await.ok();
        assert_eq!(approved["unit_ids"].as_array().unwrap().len(), 2);

        // Nothing that was seen is said: by no body, or by an empty one.
        let mut later = registration("+919600000002", "farah@example.com");
        for body in [None, Some(json!({}))] {
            nobody.post("/auth/register", &later).await.ok();
            let [id] = waiting(&community).await.try_into().unwrap();
            let approve = format!("/residents/{id}/approve");
            community.admin.ask(Method::POST, &approve, body.as_ref(), None).await.ok();
            (later["phone"], later["email"]) = (json!("+919600000003"), json!("anil@example.com"));
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_stranger_asked_to_be_ends_when_their_account_becomes_anothers() {
    on_both(async |server| {
        let asked_of = Community::found(&server, 1).await;
        let adds = Community::found(&server, 2).await;
        let (phone, email) = ("+919600000001", "meera@example.com");
        Person::nobody(&server).post("/auth/register", &registration(phone, email)).await.ok();
        let [id] = waiting(&asked_of).await.try_into().unwrap();
        let meera = json!({"name": "Meera", "phone": phone, "email": email, "password": PASSWORD,
            "unit_ids": [adds.unit["id"]]});
        adds.admin.post("/residents", &meera).await.ok();
        assert!(waiting(&asked_of).await.is_empty());
        let approved = asked_of.admin.post(&format!("/residents/{id}/approve"), &json!(null)).await;
        approved.is(409, "wrong_state");
    })
    .await;
}
