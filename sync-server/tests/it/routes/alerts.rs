//! `/alerts`.

use gatehouse::{
    hash::Hash,
    id::{EventId, PassId, VisitorId},
    journal::{Act, AlertCode},
};
use gatehouse_server::{OsEntropy, execute};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    support::{
        START,
        people::{Community, on_both},
    },
    sync::{
        kiosk::{TestKiosk, admitted},
        photos::{kiosk, unit},
    },
};

#[tokio::test]
async fn admins_see_alerts_and_the_first_who_takes_note_is_kept() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let id = EventId::new(START, &mut OsEntropy).0;
        let mut tx = server.app.store.write().await.unwrap();
        execute!(
            &mut tx,
            "insert into alerts (community, id, place, kind, at) values ($1, $2, $2, 'FORK', 5)",
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

/// The kinds of the community's alerts, in alphabetical order.
async fn kinds(community: &Community) -> Vec<String> {
    let listed = community.admin.get("/alerts").await.ok();
    let kind = |one: &Value| one["kind"].as_str().unwrap().to_owned();
    let mut kinds: Vec<String> = listed["items"].as_array().unwrap().iter().map(kind).collect();
    kinds.sort();
    kinds
}

#[tokio::test]
async fn an_alert_about_a_visit_names_it_and_its_pass() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let pass = community.pass(&server, &json!({})).await["pass"]["id"].clone();
        let (visit, of) = (VisitorId::new(START, &mut OsEntropy), pass.as_str().unwrap().parse().unwrap());
        kiosk.journal.record(&admitted(visit, unit(&community), Some(of)), None);
        let alert = AlertCode::RevokedInside;
        kiosk.journal.record(&Act::AlertRaised { alert, visit: Some(visit), pass: Some(of) }, None);
        kiosk.send_from(0).await;
        let listed = community.admin.get("/alerts").await.ok();
        let told = &listed["items"][0];
        assert_eq!((&told["kind"], &told["pass_id"]), (&json!("REVOKED_INSIDE"), &pass));
        assert_eq!(told["visitor_id"], json!(visit));
    })
    .await;
}

#[tokio::test]
async fn no_event_takes_the_place_of_an_alert_about_its_kiosk() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let pass = community.pass(&server, &json!({"uses": 1})).await;
        let pass: PassId = pass["pass"]["id"].as_str().unwrap().parse().unwrap();
        let [first, second] = [1, 2].map(|number| EventId(Uuid::from_u128(number)));
        // The id that the server is going to give the second use's alert.
        let digest = Hash::of(&[b"gatehouse/alert/1", b"double use", second.0.as_bytes()]).0;
        let taken = uuid::Builder::from_custom_bytes(digest[..16].try_into().unwrap()).into_uuid();
        kiosk.journal.record_as(EventId(taken), &Act::alert(AlertCode::Emergency));
        for event in [first, second] {
            let visit = VisitorId::new(START, &mut OsEntropy);
            kiosk.journal.record_as(event, &admitted(visit, unit(&community), Some(pass)));
        }
        kiosk.send_from(0).await;
        assert_eq!(kinds(&community).await, ["DOUBLE_USE", "EMERGENCY"]);
    })
    .await;
}

#[tokio::test]
async fn alerts_of_events_with_like_ids_stand_beside_each_other() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        for number in [5, (7 << 80) + 5] {
            let alert = Act::alert(AlertCode::Emergency);
            kiosk.journal.record_as(EventId(Uuid::from_u128(number)), &alert);
        }
        kiosk.send_from(0).await;
        assert_eq!(kinds(&community).await, ["EMERGENCY", "EMERGENCY"]);
    })
    .await;
}

#[tokio::test]
async fn what_the_server_had_last_comes_first_whatever_kind_it_is_of() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let pass = community.pass(&server, &json!({"uses": 1})).await;
        let pass: PassId = pass["pass"]["id"].as_str().unwrap().parse().unwrap();
        let entry = |kiosk: &mut TestKiosk, pass| {
            let visit = VisitorId::new(START, &mut OsEntropy);
            kiosk.journal.record(&admitted(visit, unit(&community), pass), None);
        };
        let emergency = |kiosk: &mut TestKiosk| {
            kiosk.journal.record(&Act::alert(AlertCode::Emergency), None);
        };
        // Each is told of in an upload of its own, a second after the one before: ids made at the gate and ids of causes.
        let mut sent = 0;
        entry(&mut kiosk, Some(pass));
        for number in 0..8 {
            if number % 2 == 0 {
                emergency(&mut kiosk);
            } else {
                entry(&mut kiosk, Some(pass));
            }
            kiosk.send_from(sent).await;
            sent = kiosk.journal.events.len();
            server.clock.advance(1_000);
        }
        let expected: Vec<&str> = ["DOUBLE_USE", "EMERGENCY"].into_iter().cycle().take(8).collect();
        let mut kinds = Vec::new();
        let mut next = String::new();
        loop {
            let piece = community.admin.get(&format!("/alerts?limit=3{next}")).await.ok();
            let items = piece["items"].as_array().unwrap().iter();
            kinds.extend(items.map(|one| one["kind"].as_str().unwrap().to_owned()));
            let Some(cursor) = piece["next_cursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(kinds, expected);
    })
    .await;
}
