//! `/passes`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    code::{CodeMatch, DayKey},
    feed::row::{DayKeyRow, PassKeyRow, PassPhotoRow, PassRow},
    hours::date_of_day,
    id::PassId,
    keys::{KeySet, PassKey, PublicKey},
    pass::{PassText, VerifiedPass},
    time::{DAY, HOUR, UnixMs},
    words::{PassMode, VisitorType},
};
use gatehouse_server::{execute, passes};
use serde_json::{Value, json};

use super::guards::picture;
use crate::support::{
    Engine, START, Served, held,
    people::{Community, Person, on_both, resident},
    until_it_waits,
};

/// What a kiosk makes of a text, with what the feed holds.
async fn verified(server: &Served, community: &Community, text: &str) -> VerifiedPass {
    let keys: KeySet = held::rows::<PassKeyRow>(server, community.id)
        .await
        .into_iter()
        .map(|(_, key)| PassKey::new(PublicKey(key.public), key.not_before, UnixMs(i64::MAX)))
        .collect();
    text.parse::<PassText>().unwrap().verify(community.id, &keys).unwrap()
}

/// The day key of a date like `2026-03-02`, as kiosks hold it.
async fn day_key(server: &Served, community: &Community, date: &str) -> DayKey {
    let rows = held::rows::<DayKeyRow>(server, community.id).await;
    let (_, row) = rows
        .into_iter()
        .find(|(_, row)| date_of_day(row.date).unwrap().to_string() == date)
        .expect("kiosks hold the day's key");
    DayKey::from_bytes(row.key)
}

#[tokio::test]
async fn a_pass_comes_with_a_token_that_gates_verify_and_a_code_that_they_know() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let more = json!({"name": "Meera Iyer", "uses": 3, "people": 2, "vehicle_number": "KA 01 AB 4321",
            "phone": "9700000001", "home_gate_id": community.gate["id"]});
        let card = community.pass(&server, &more).await;
        assert_eq!((&card["pass"]["unit"], &card["pass"]["revoked_at"]), (&json!("A-1203"), &json!(null)));
        assert_eq!(card["qr_text"], card["token"]);
        let seen = verified(&server, &community, card["token"].as_str().unwrap()).await;
        let terms = seen.claims.terms().unwrap();
        assert_eq!(json!(seen.claims.id), card["pass"]["id"]);
        assert_eq!(
            (terms.unit.label(), terms.uses, terms.name.as_str()),
            (Some("A-1203"), Some(3), "Meera Iyer")
        );
        assert_eq!((&terms.visitor_type, &terms.mode), (&VisitorType::Guest, &PassMode::Static));

        let row: PassRow =
            held::row(&server, community.id, card["pass"]["id"].as_str().unwrap()).await.unwrap();
        assert_eq!((row.valid_from, row.valid_until), (seen.claims.valid_from, seen.claims.valid_until));
        assert_eq!((row.uses, row.people, row.plate4.as_deref()), (Some(3), 2, Some("4321")));

        let code = card["day_code"].as_str().unwrap();
        assert_eq!(card["day_codes"][0], json!({"date": "2026-03-02", "code": code}));
        let secret = day_key(&server, &community, "2026-03-02").await.pass_secret(seen.claims.id);
        let found = secret.check(&code.parse().unwrap(), &PassMode::Static, START, 0);
        assert_eq!(found, Some(CodeMatch::Day));
        let png = STANDARD.decode(card["qr_png"].as_str().unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert!(card["qr_svg"].as_str().unwrap().contains("<svg"));
    })
    .await;
}

#[tokio::test]
async fn a_live_pass_has_no_day_code_and_a_qr_that_changes_each_half_minute() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let card = community.pass(&server, &json!({"mode": "LIVE"})).await;
        assert_eq!((&card["day_code"], &card["day_codes"]), (&Value::Null, &json!([])));
        let seen = verified(&server, &community, card["qr_text"].as_str().unwrap()).await;
        assert_eq!(seen.live.as_ref().unwrap().as_str(), card["live_code"].as_str().unwrap());
        let secret = day_key(&server, &community, "2026-03-02").await.pass_secret(seen.claims.id);
        assert!(secret.check_live(&seen.live.unwrap(), START, 0).is_some());
        assert_eq!(card["live_until"], json!(START.plus(30_000)));

        server.clock.advance(30_000);
        let path = format!("/passes/{}", card["pass"]["id"].as_str().unwrap());
        let later = community.resident.get(&path).await.ok();
        assert_eq!(later["token"], card["token"]);
        assert_ne!(later["qr_text"], card["qr_text"]);
    })
    .await;
}

#[tokio::test]
async fn a_helper_has_codes_on_the_days_they_come() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let window = json!({"weekdays": ["TUE", "FRI"], "from": "07:00", "to": "10:00"});
        let more = json!({"visitor_type": "SERVICE", "windows": [window],
            "valid_until": START.plus(9 * DAY)});
        let card = community.pass(&server, &more).await;
        let dates: Vec<_> =
            card["day_codes"].as_array().unwrap().iter().map(|day| day["date"].clone()).collect();
        assert_eq!(dates, ["2026-03-03", "2026-03-06", "2026-03-10"]);
        assert_eq!(card["pass"]["windows"], json!([window]));
        let seen = verified(&server, &community, card["token"].as_str().unwrap()).await;
        assert!(!seen.claims.terms().unwrap().row_needed);

        let two = json!({"windows": [window, {"weekdays": ["SUN"], "from": "22:00", "to": "02:00"}]});
        let card = community.pass(&server, &two).await;
        let seen = verified(&server, &community, card["token"].as_str().unwrap()).await;
        let terms = seen.claims.terms().unwrap();
        assert!(terms.row_needed && terms.window.is_none(), "more than one window does not fit the token");
    })
    .await;
}

#[tokio::test]
async fn who_comes_past_midnight_is_shown_the_code_of_the_day_their_window_began() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let window = json!({"weekdays": ["MON", "THU"], "from": "22:00", "to": "02:00"});
        let more = json!({"windows": [window], "valid_until": START.plus(4 * DAY)});
        let card = community.pass(&server, &more).await;
        let path = format!("/passes/{}", card["pass"]["id"].as_str().unwrap());
        let shown = async |later| {
            server.clock.advance(later);
            let resident = Person::sign_in(&server, "asha1@example.com").await;
            resident.get(&path).await.ok()["day_codes"].clone()
        };
        let codes = &card["day_codes"];
        let dates = |codes: &Value| -> Vec<Value> {
            codes.as_array().unwrap().iter().map(|day| day["date"].clone()).collect()
        };
        assert_eq!(dates(codes), ["2026-03-02", "2026-03-05"]);
        assert_eq!(shown(15 * HOUR).await, *codes, "Tuesday, 01:00: Monday's window is open");
        assert_eq!(dates(&shown(HOUR).await), ["2026-03-05"], "02:00: it is closed");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_pass_stays_in_the_feed_as_revoked() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let card = community.pass(&server, &json!({})).await;
        let id = card["pass"]["id"].as_str().unwrap();
        let path = format!("/passes/{id}/revoke");
        server.clock.advance(HOUR / 10);
        let revoked = community.resident.post(&path, &json!(null)).await.ok();
        let row: PassRow = held::row(&server, community.id, id).await.unwrap();
        assert_eq!(json!(row.revoked_at), revoked["revoked_at"]);
        server.clock.advance(1000);
        let again = community.resident.post(&path, &json!(null)).await.ok();
        assert_eq!(again["revoked_at"], revoked["revoked_at"], "the first time stands");
    })
    .await;
}

#[tokio::test]
async fn passes_are_their_households_business() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let neighbour = resident(&server, &community.admin, &community.other_unit, "ravi", 55).await;
        let card = community.pass(&server, &json!({})).await;
        let id = card["pass"]["id"].as_str().unwrap();
        for (method, path) in [("GET", format!("/passes/{id}")), ("POST", format!("/passes/{id}/revoke"))] {
            let method: reqwest::Method = method.parse().unwrap();
            neighbour.ask(method.clone(), &path, None, None).await.is(404, "not_found");
            community.guard.ask(method, &path, None, None).await.is(404, "not_found");
        }
        let wanted = community.wanted(&server, &json!({}));
        neighbour.post("/passes", &wanted).await.is(403, "forbidden");
        community.guard.post("/passes", &wanted).await.is(403, "forbidden");
        assert_eq!(neighbour.get("/passes").await.ok()["items"], json!([]));
        assert_eq!(community.resident.get("/passes").await.ok()["items"][0]["id"], json!(id));
        assert_eq!(community.admin.get("/passes").await.ok()["items"][0]["id"], json!(id));
        community.guard.get("/passes").await.is(403, "forbidden");
        community.admin.post("/passes", &wanted).await.ok();
    })
    .await;
}

#[tokio::test]
async fn the_only_unit_need_not_be_named() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut wanted = community.wanted(&server, &json!({}));
        wanted.as_object_mut().unwrap().remove("unit_id");
        let card = community.resident.post("/passes", &wanted).await.ok();
        assert_eq!(card["pass"]["unit_id"], community.unit["id"]);
        community.admin.post("/passes", &wanted).await.is(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn what_will_not_do_is_refused() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        for (more, field) in [
            (json!({"valid_until": START}), "valid_until"),
            (json!({"valid_from": START.plus(-2 * DAY), "valid_until": START.plus(-DAY)}), "valid_until"),
            (json!({"valid_until": START.plus(400 * DAY)}), "valid_until"),
            (json!({"uses": 0}), "uses"),
            (json!({"uses": 256}), "uses"),
            (json!({"name": " "}), "name"),
            (json!({"people": 0}), "people"),
            (json!({"visitor_type": "BURGLAR"}), "visitor_type"),
            (json!({"mode": "FACE"}), "mode"),
            (json!({"phone": "12"}), "phone"),
            (json!({"home_gate_id": community.unit["id"]}), "home_gate_id"),
            (json!({"windows": [{"weekdays": [], "from": "07:00", "to": "08:00"}]}), "windows"),
        ] {
            let answer = community.resident.post("/passes", &community.wanted(&server, &more)).await;
            answer.is(422, "invalid");
            assert_eq!(answer.json["errors"][0]["field"], field, "{more}");
        }
        assert_eq!(community.resident.get("/passes").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_holders_photo_reaches_kiosks_and_goes_with_the_pass() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let pass = community.pass(&server, &json!({"visitor_type": "SERVICE", "name": "Lakshmi"})).await;
        let id = pass["pass"]["id"].as_str().unwrap();
        assert_eq!(pass["pass"]["has_photo"], false);
        let path = format!("/passes/{id}/photo");
        let face = picture(900, 1_200, image::ImageFormat::Png);
        let set = community.resident.put_bytes(&path, "image/png", face.clone()).await.ok();
        assert_eq!(set["has_photo"], true);
        let row: PassPhotoRow = held::row(&server, community.id, id).await.unwrap();
        assert!(row.jpeg.len() <= 8 << 10, "{} bytes in every kiosk's feed", row.jpeg.len());
        assert_eq!(community.resident.picture(&path).await, Some(row.jpeg));

        let stranger = resident(&server, &community.admin, &community.other_unit, "ravi", 77).await;
        stranger.put_bytes(&path, "image/png", face.clone()).await.is(404, "not_found");
        assert_eq!(stranger.picture(&path).await, None);
        let broken = face[..face.len() / 2].to_vec();
        community.resident.put_bytes(&path, "image/png", broken).await.is(422, "picture_damaged");

        community.resident.post(&format!("/passes/{id}/revoke"), &json!(null)).await.ok();
        assert_eq!(held::row::<PassPhotoRow>(&server, community.id, id).await, None);
        assert_eq!(community.resident.picture(&path).await, None, "who comes no more is not kept");
        community.resident.put_bytes(&path, "image/png", face).await.is(409, "wrong_state");
    })
    .await;
}

#[tokio::test]
async fn a_pass_that_is_over_takes_no_photo() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let pass = community.pass(&server, &json!({})).await;
        let path = format!("/passes/{}/photo", pass["pass"]["id"].as_str().unwrap());
        server.clock.advance(DAY);
        let resident = Person::sign_in(&server, "asha1@example.com").await;
        let face = picture(200, 200, image::ImageFormat::Png);
        resident.put_bytes(&path, "image/png", face).await.is(409, "wrong_state");
    })
    .await;
}

/// On PostgreSQL two write at once: a photo waits for the revocation that has begun.
#[tokio::test]
async fn a_photo_that_comes_while_its_pass_is_revoked_is_not_kept() {
    let server = Served::on(Engine::Postgres).await;
    let community = Community::found(&server, 1).await;
    let pass = community.pass(&server, &json!({})).await;
    let id: PassId = pass["pass"]["id"].as_str().unwrap().parse().unwrap();
    let path = format!("/passes/{id}/photo");
    let mut revoking = server.app.store.write().await.unwrap();
    passes::store::revoke(&mut revoking, community.id, id, START).await.unwrap();
    let resident = community.resident.clone();
    let face = picture(200, 200, image::ImageFormat::Png);
    let sending = tokio::spawn(async move { resident.put_bytes(&path, "image/png", face).await });
    until_it_waits(&server.app.store, &sending).await;
    revoking.commit().await.unwrap();
    sending.await.unwrap().is(409, "wrong_state");
}

#[tokio::test]
async fn passes_begin_within_a_year_and_a_unit_has_no_more_than_its_share() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let far = server.app.now().plus(367 * DAY);
        let wanted = community.wanted(&server, &json!({"valid_from": far, "valid_until": far.plus(DAY)}));
        let refused = community.resident.post("/passes", &wanted).await;
        refused.is(422, "invalid");
        assert_eq!(refused.json["errors"][0]["field"], "valid_from");

        let made = community.pass(&server, &json!({})).await;
        let made: PassId = made["pass"]["id"].as_str().unwrap().parse().unwrap();
        let mut tx = server.app.store.write().await.unwrap();
        for number in 1..200 {
            let sql = "insert into passes (community, id, unit, created_by, visitor_type, mode, name, people,
                    valid_from, valid_until, windows, token, created_at)
                select community, $2, unit, created_by, visitor_type, mode, name, people, valid_from, valid_until,
                    windows, token, created_at from passes where id = $1";
            execute!(&mut tx, sql, made, PassId(uuid::Uuid::from_u128(number))).unwrap();
        }
        tx.commit().await.unwrap();
        let wanted = community.wanted(&server, &json!({}));
        let refused = community.resident.post("/passes", &wanted).await;
        refused.is(422, "invalid");
        assert_eq!(refused.json["errors"][0]["field"], "unit_id");
        community.resident.post(&format!("/passes/{made}/revoke"), &json!(null)).await.ok();
        community.resident.post("/passes", &wanted).await.ok();

        let mut tx = server.app.store.write().await.unwrap();
        let now = server.app.now();
        execute!(&mut tx, "update passes set revoked_at = $1", now).unwrap();
        for number in 200..1_000 {
            let sql = "insert into passes (community, id, unit, created_by, visitor_type, mode, name, people,
                    valid_from, valid_until, windows, token, created_at, revoked_at)
                select community, $2, unit, created_by, visitor_type, mode, name, people, valid_from, valid_until,
                    windows, token, created_at, revoked_at from passes where id = $1";
            execute!(&mut tx, sql, made, PassId(uuid::Uuid::from_u128(number))).unwrap();
        }
        tx.commit().await.unwrap();
        community.resident.post("/passes", &wanted).await.is(422, "invalid");

        let all_end = async |at| {
            let mut tx = server.app.store.write().await.unwrap();
            execute!(&mut tx, "update passes set valid_until = $1", at).unwrap();
            tx.commit().await.unwrap();
        };
        all_end(now.plus(1 - 30 * DAY)).await;
        community.resident.post("/passes", &wanted).await.is(422, "invalid");
        all_end(now.plus(-30 * DAY)).await;
        community.resident.post("/passes", &wanted).await.ok();
    })
    .await;
}
