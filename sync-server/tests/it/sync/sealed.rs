//! What a stolen kiosk had not sent is handed in sealed, by whoever holds its disk, and tells nobody else anything.

use gatehouse::{
    cbor,
    id::{KioskId, UnitId, VisitorId},
    journal::{Act, AlertCode, TimeMark},
    keys::{SealPublic, SealSecret},
    sync::{SealedUpload, Upload, UploadAnswer, UploadOutcome},
    time::{DAY, MINUTE},
};
use gatehouse_server::{
    OsEntropy, execute, fetch_one,
    http::TrustedProxies,
    keyring,
    sync::journal::{Setting, parked},
};
use reqwest::Response;
use serde_json::{Value, json};

use super::{
    kiosk::{TestKiosk, admitted, asked},
    photos::{kiosk, unit},
};
use crate::support::{
    ENGINES, Engine, START, Served,
    people::{Community, on_both},
};

async fn seal_key(server: &Served, community: &Community) -> SealPublic {
    let mut tx = server.app.store.read().await.unwrap();
    keyring::seal_key(&mut tx, &server.app.sealer, community.id, START).await.unwrap().public()
}

async fn hand_in(server: &Served, sealed: &SealedUpload) -> Response {
    let request = server.http.post(server.url("/sync/journal/sealed"));
    request.header("content-type", "application/cbor").body(cbor::to_vec(sealed)).send().await.unwrap()
}

fn visits(kiosk: &mut TestKiosk, unit: UnitId, count: usize) {
    for _ in 0..count {
        kiosk.journal.record(&admitted(VisitorId::new(START, &mut OsEntropy), unit, None), None);
    }
}

async fn end(community: &Community, id: KioskId, stolen: bool) {
    community.admin.post(&format!("/kiosks/{id}/revoke"), &json!({ "stolen": stolen })).await.ok();
}

async fn events(community: &Community) -> usize {
    let listed = community.admin.get("/journal/events?limit=100").await.ok();
    listed["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_stolen_kiosks_sealed_journal_is_taken_in_once_and_admins_are_told() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let key = seal_key(&server, &community).await;
        visits(&mut kiosk, unit(&community), 2);
        kiosk.send_from(0).await;
        visits(&mut kiosk, unit(&community), 3);
        let seal = |from, limit| {
            SealedUpload::seal(&kiosk.journal.upload(from, limit), &key, &mut OsEntropy).unwrap()
        };
        let (late, rest) = (seal(3, 2), seal(5, 9));
        assert_eq!(hand_in(&server, &late).await.status(), 404, "it has a key of its own still");
        end(&community, kiosk.id, true).await;
        let refused = kiosk.post("/sync/journal", cbor::to_vec(&kiosk.journal.upload(3, 9))).send().await;
        assert_eq!(refused.unwrap().status(), 403, "a stolen key delivers nothing");

        let outcome = async |sealed| -> UploadAnswer {
            cbor::from_slice(&hand_in(&server, sealed).await.bytes().await.unwrap()).unwrap()
        };
        assert_eq!(outcome(&rest).await.outcome, UploadOutcome::Gap);
        // What is held already is answered with all that is durable.
        for durable in [(5, 6), (6, 6)] {
            assert_eq!((outcome(&late).await.durable, outcome(&rest).await.durable), durable);
        }
        assert_eq!(events(&community).await, 6);
        let alerts = community.admin.get("/alerts").await.ok();
        let told = alerts["items"].as_array().unwrap().iter();
        assert_eq!(told.filter(|alert| alert["kind"] == "SEALED_JOURNAL").count(), 1, "{alerts}");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_open_or_is_not_signed_changes_nothing() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let key = seal_key(&server, &community).await;
        visits(&mut kiosk, unit(&community), 1);
        end(&community, kiosk.id, true).await;
        let upload = kiosk.journal.upload(0, 9);
        let elsewhere = SealSecret::from_bytes(&[3; 32]).public();
        let to_another = SealedUpload::seal(&upload, &elsewhere, &mut OsEntropy).unwrap();
        let renamed = SealedUpload { kiosk: KioskId::new(START, &mut OsEntropy), ..to_another.clone() };
        assert_eq!(hand_in(&server, &to_another).await.status(), 400);
        assert_eq!(hand_in(&server, &renamed).await.status(), 404);

        let mut forged = kiosk.journal.clone();
        forged.key = gatehouse::keys::SigningKey::generate(&mut OsEntropy);
        forged.record(&admitted(VisitorId::new(START, &mut OsEntropy), unit(&community), None), None);
        let forged: Upload = forged.upload(2, 1);
        let forged = SealedUpload::seal(&forged, &key, &mut OsEntropy).unwrap();
        let answer = hand_in(&server, &forged).await.bytes().await.unwrap();
        let answer: UploadAnswer = cbor::from_slice(&answer).unwrap();
        assert_ne!(answer.outcome, UploadOutcome::Appended);
        assert_eq!(events(&community).await, 0);
        let alerts = community.admin.get("/alerts").await.ok();
        assert_eq!(alerts["items"], json!([]), "nothing was handed in");

        for _ in 0..8 {
            assert_eq!(hand_in(&server, &to_another).await.status(), 400);
        }
        assert_eq!(hand_in(&server, &to_another).await.status(), 429, "nobody guesses for long");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_open_is_counted_however_many_come_at_the_same_time() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let kiosk = kiosk(&server, &community).await;
        end(&community, kiosk.id, true).await;
        let elsewhere = SealSecret::from_bytes(&[3; 32]).public();
        let sealed = SealedUpload::seal(&kiosk.journal.upload(0, 9), &elsewhere, &mut OsEntropy).unwrap();
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..30 {
            let request = server.http.post(server.url("/sync/journal/sealed"));
            let request = request.header("content-type", "application/cbor").body(cbor::to_vec(&sealed));
            tries.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        let answers = tries.join_all().await;
        let looked_at = answers.iter().filter(|status| **status == 400).count();
        let refused = answers.iter().filter(|status| **status == 429).count();
        assert_eq!((looked_at, refused), (10, 20));
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_stolen_kiosk_is_kept_without_the_alert_that_tells_of_it() {
    for engine in ENGINES {
        let server = Served::on(engine).await;
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let key = seal_key(&server, &community).await;
        visits(&mut kiosk, unit(&community), 2);
        end(&community, kiosk.id, true).await;
        let sealed = SealedUpload::seal(&kiosk.journal.upload(0, 9), &key, &mut OsEntropy).unwrap();
        // As where the server ends between the two: the alert cannot be written.
        let (hinder, allow) = match engine {
            Engine::Sqlite => (
                "create trigger no_alert before insert on alerts when new.kind = 'SEALED_JOURNAL'
                 begin select raise(abort, 'on purpose'); end",
                "drop trigger no_alert",
            ),
            Engine::Postgres => (
                "alter table alerts add constraint no_alert check (kind <> 'SEALED_JOURNAL')",
                "alter table alerts drop constraint no_alert",
            ),
        };
        let mut tx = server.app.store.write().await.unwrap();
        execute!(&mut tx, hinder).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hand_in(&server, &sealed).await.status(), 500, "{engine:?}");
        assert_eq!(events(&community).await, 0, "{engine:?}");
        let mut tx = server.app.store.write().await.unwrap();
        execute!(&mut tx, allow).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hand_in(&server, &sealed).await.status(), 200);
        let alerts = community.admin.get("/alerts").await.ok();
        let alert = &alerts["items"][0];
        let told = (alert["kind"].as_str(), &alert["gate_id"], alert["kiosk_id"].as_str());
        let id = kiosk.id.to_string();
        assert_eq!(told, (Some("SEALED_JOURNAL"), &community.gate["id"], Some(id.as_str())), "{engine:?}");
    }
}

#[tokio::test]
async fn of_a_stolen_kiosk_so_much_is_taken_in_a_day_and_no_more() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let key = seal_key(&server, &community).await;
        visits(&mut kiosk, unit(&community), 3);
        end(&community, kiosk.id, true).await;
        let piece = |seq| SealedUpload::seal(&kiosk.journal.upload(seq, 1), &key, &mut OsEntropy).unwrap();
        assert_eq!(hand_in(&server, &piece(0)).await.status(), 200);
        // As if 255.9 MiB had been handed in.
        let mut tx = server.app.store.write().await.unwrap();
        execute!(&mut tx, "update login_attempts set failures = 4095 where failures > 0").unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hand_in(&server, &piece(1)).await.status(), 200);
        assert_eq!(hand_in(&server, &piece(2)).await.status(), 429);
        let restarted = server.restarted(TrustedProxies::default()).await;
        let refused = hand_in(&restarted, &piece(2)).await;
        assert_eq!(refused.status(), 429, "a restart forgives nothing");
        assert_eq!(refused.headers()["retry-after"], "86401");
        assert_eq!(events(&community).await, 2);
        server.clock.advance(DAY);
        assert_eq!(hand_in(&server, &piece(2)).await.status(), 200);
    })
    .await;
}

/// Where the community's visits stand.
async fn statuses(community: &Community) -> Vec<String> {
    let visits = community.guard.get("/visitors").await.ok();
    let of = |visit: &Value| visit["status"].as_str().unwrap().to_owned();
    visits["items"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn what_a_stolen_kiosk_tells_of_later_is_kept_and_changes_nothing_and_rings_nobody() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let key = seal_key(&server, &community).await;
        let visit = || VisitorId::new(START, &mut OsEntropy);
        kiosk.journal.record(&asked(visit(), unit(&community)), None);
        server.clock.advance(MINUTE);
        end(&community, kiosk.id, true).await;
        kiosk.journal.now = server.app.now();
        for act in [
            asked(visit(), unit(&community)),
            admitted(visit(), unit(&community), None),
            Act::alert(AlertCode::JournalDamaged),
        ] {
            kiosk.journal.record(&act, None);
        }
        let sealed = SealedUpload::seal(&kiosk.journal.upload(0, 9), &key, &mut OsEntropy).unwrap();
        assert_eq!(hand_in(&server, &sealed).await.status(), 200);
        assert_eq!(events(&community).await, 5, "all of it is kept");
        // As when a new version of the server starts.
        let setting = Setting { community: community.id, sealer: &server.app.sealer, now: server.app.now() };
        let mut tx = server.app.store.write().await.unwrap();
        assert_eq!(parked::retry(&mut tx, setting, None, &mut OsEntropy).await.unwrap().readable, 0);
        let told = fetch_one!(&mut tx, (i64,), "select count(*) from outbox").unwrap().0;
        tx.commit().await.unwrap();
        assert_eq!(told, 0, "nobody is rung up");
        assert_eq!(statuses(&community).await, ["PENDING"], "what was asked before it was stolen is told");
        let alerts = community.admin.get("/alerts").await.ok();
        let alerts: Vec<&Value> =
            alerts["items"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
        assert_eq!(alerts, ["SEALED_JOURNAL"]);
    })
    .await;
}

#[tokio::test]
async fn no_kiosk_takes_back_what_another_told() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut one = kiosk(&server, &community).await;
        let mut other = kiosk(&server, &community).await;
        let entry = |kiosk: &mut TestKiosk| {
            let visit = VisitorId::new(START, &mut OsEntropy);
            kiosk.journal.record(&admitted(visit, unit(&community), None), None)
        };
        let (known, to_come) = (entry(&mut one), entry(&mut one));
        one.send(&one.journal.upload(0, 2)).await;
        for event in [known, to_come] {
            other.journal.record(&Act::Undone { event }, None);
        }
        other.send_from(0).await;
        one.send_from(2).await;
        assert_eq!(statuses(&community).await, ["INSIDE", "INSIDE"]);
        // Told anew from all that is held of it, as with every further event.
        for event in [known, to_come] {
            one.journal.record(&Act::Undone { event }, None);
        }
        one.send(&one.journal.upload(3, 1)).await;
        let mut seen = statuses(&community).await;
        seen.sort();
        assert_eq!(seen, ["INSIDE", "LAPSED"], "its own kiosk takes it back");
        one.send_from(4).await;
        assert_eq!(statuses(&community).await, ["LAPSED", "LAPSED"]);
    })
    .await;
}

#[tokio::test]
async fn an_event_with_anothers_id_is_kept_and_never_applied() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut one = kiosk(&server, &community).await;
        let mut other = kiosk(&server, &community).await;
        let visit = || VisitorId::new(START, &mut OsEntropy);
        let entry = one.journal.record(&admitted(visit(), unit(&community), None), None);
        one.send_from(0).await;
        other.journal.record_as(entry, &admitted(visit(), unit(&community), None));
        other.journal.record(&Act::Undone { event: entry }, None);
        other.send_from(0).await;
        assert_eq!(statuses(&community).await, ["INSIDE"], "neither a second visit nor an end of the first");
        let differing = community.admin.get("/journal/disagreements").await.ok();
        let found: Vec<&Value> =
            differing["items"].as_array().unwrap().iter().map(|one| &one["found"]).collect();
        assert_eq!(found, ["EVENT_ID"]);
        let setting = Setting { community: community.id, sealer: &server.app.sealer, now: server.app.now() };
        let mut tx = server.app.store.write().await.unwrap();
        assert_eq!(parked::retry(&mut tx, setting, None, &mut OsEntropy).await.unwrap().readable, 0);
        tx.commit().await.unwrap();
        one.journal.record(&Act::Undone { event: entry }, None);
        one.send_from(2).await;
        assert_eq!(statuses(&community).await, ["LAPSED"], "its own kiosk takes it back");
    })
    .await;
}

#[tokio::test]
async fn events_that_share_an_id_are_all_listed_however_small_the_pieces() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut one = kiosk(&server, &community).await;
        let mut other = kiosk(&server, &community).await;
        visits(&mut one, unit(&community), 1);
        let shared = one
            .journal
            .record(&admitted(VisitorId::new(START, &mut OsEntropy), unit(&community), None), None);
        one.send_from(0).await;
        for _ in 0..3 {
            let visit = VisitorId::new(START, &mut OsEntropy);
            other.journal.record_as(shared, &admitted(visit, unit(&community), None));
        }
        other.send_from(0).await;
        let all = async |of: &str, limit| {
            let mut hashes = Vec::new();
            let mut next = String::new();
            loop {
                let path = format!("/journal/events?limit={limit}{of}{next}");
                let piece = community.admin.get(&path).await.ok();
                let items = piece["items"].as_array().unwrap().iter();
                hashes.extend(items.map(|event| event["hash"].as_str().unwrap().to_owned()));
                let Some(cursor) = piece["next_cursor"].as_str() else { return hashes };
                next = format!("&cursor={cursor}");
            }
        };
        let of_other = format!("&kiosk_id={}", other.id);
        for (of, count) in [("", 7), (of_other.as_str(), 4)] {
            let whole = all(of, 200).await;
            assert_eq!(whole.len(), count);
            assert_eq!(all(of, 1).await, whole);
        }
        let wrong = community.admin.get(&format!("/journal/events?cursor={shared}")).await;
        wrong.is(400, "malformed");
    })
    .await;
}

#[tokio::test]
async fn the_list_says_which_events_a_kiosk_could_not_tell_the_time_of() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        kiosk.journal.time = TimeMark::Unsure;
        visits(&mut kiosk, unit(&community), 1);
        kiosk.send_from(0).await;
        let listed = community.admin.get("/journal/events").await.ok();
        let unsure: Vec<_> =
            listed["items"].as_array().unwrap().iter().map(|one| &one["time_unsure"]).collect();
        assert_eq!(unsure, [false, true]);
    })
    .await;
}

#[tokio::test]
async fn what_a_retired_kiosk_told_before_it_was_stolen_stands() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let key = seal_key(&server, &community).await;
        end(&community, kiosk.id, false).await;
        server.clock.advance(MINUTE);
        kiosk.journal.now = server.app.now();
        visits(&mut kiosk, unit(&community), 1);
        server.clock.advance(MINUTE);
        end(&community, kiosk.id, true).await;
        let sealed = SealedUpload::seal(&kiosk.journal.upload(0, 9), &key, &mut OsEntropy).unwrap();
        assert_eq!(hand_in(&server, &sealed).await.status(), 200);
        assert_eq!(statuses(&community).await, ["INSIDE"]);
    })
    .await;
}
