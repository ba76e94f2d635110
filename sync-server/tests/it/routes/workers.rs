//! The daily work.

use std::sync::{Arc, Mutex};

use gatehouse::{
    feed::row::{DayKeyRow, PassKeyRow, PassRow, VisitRow},
    hours::day_number,
    id::VisitorId,
    keys::{KeySet, PassKey, PublicKey},
    pass::PassText,
    time::{DAY, HOUR, MINUTE},
    words::VisitorStatus,
};
use gatehouse_server::{execute, fetch_one, workers};
use jiff::civil::date;
use serde_json::json;
use uuid::Uuid;

use crate::{
    support::{
        held,
        people::{Community, Person, on_both},
    },
    sync::{
        kiosk::{admitted, asked},
        photos::{kiosk, unit},
    },
};

#[tokio::test]
async fn day_keys_move_on_with_the_communitys_days() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let days = async || -> Vec<i32> {
            let rows = held::rows::<DayKeyRow>(&server, community.id).await;
            let mut days: Vec<_> = rows.into_iter().map(|(_, row)| row.date).collect();
            days.sort_unstable();
            days
        };
        let monday = day_number(date(2026, 3, 2));
        assert_eq!(days().await, (monday - 1..=monday + 7).collect::<Vec<_>>());
        let before = held::rows::<DayKeyRow>(&server, community.id).await;
        server.clock.advance(13 * HOUR);
        workers::round(&server.app).await.unwrap();
        assert_eq!(
            held::rows::<DayKeyRow>(&server, community.id).await,
            before,
            "23:00 is still the same day"
        );
        server.clock.advance(2 * HOUR);
        workers::round(&server.app).await.unwrap();
        assert_eq!(days().await, (monday..=monday + 8).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn the_next_pass_key_is_published_two_weeks_ahead() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        server.clock.advance(76 * DAY);
        workers::round(&server.app).await.unwrap();
        workers::round(&server.app).await.unwrap();
        let mut keys: Vec<_> =
            held::rows::<PassKeyRow>(&server, community.id).await.into_iter().map(|(_, key)| key).collect();
        keys.sort_by_key(|key| key.not_before);
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[1].not_before.since(keys[0].not_before), 90 * DAY);
    })
    .await;
}

#[tokio::test]
async fn a_pass_key_is_told_its_end_by_its_last_pass_and_dropped_a_month_later() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let keys = async || -> Vec<PassKeyRow> {
            let rows = held::rows::<PassKeyRow>(&server, community.id).await;
            let mut keys: Vec<_> = rows.into_iter().map(|(_, key)| key).collect();
            keys.sort_by_key(|key| key.not_before);
            keys
        };
        let round = async || workers::round(&server.app).await.unwrap();
        let began = server.app.now();
        let valid_until = began.plus(200 * DAY);
        community.pass(&server, &json!({"valid_until": valid_until})).await;
        server.clock.advance(76 * DAY);
        round().await;
        assert_eq!(keys().await.iter().map(|key| key.not_after).collect::<Vec<_>>(), [None, None]);

        server.clock.advance(14 * DAY + HOUR);
        round().await;
        let turned = keys().await;
        assert_eq!(turned[0].not_after, Some(valid_until), "good for as long as its last pass");
        assert_eq!(turned[1].not_after, None);
        assert_eq!(turned.len(), 2);
        let resident = Person::sign_in(&server, "asha1@example.com").await;
        let card = resident.post("/passes", &community.wanted(&server, &json!({}))).await.ok();
        let token = card["token"].as_str().unwrap();
        let next = KeySet(vec![PassKey::new(PublicKey(turned[1].public), turned[1].not_before, valid_until)]);
        let read: PassText = token.parse().unwrap();
        assert!(read.verify(community.id, &next).is_ok(), "the next key signs now");

        server.clock.advance((230 - 91) * DAY - HOUR);
        round().await;
        assert!(keys().await.iter().any(|key| key.public == turned[0].public), "a month has not passed");
        server.clock.advance(DAY);
        round().await;
        assert!(keys().await.iter().all(|key| key.public != turned[0].public), "nothing is verified with it");
    })
    .await;
}

#[tokio::test]
async fn a_pass_leaves_the_feed_thirty_days_after_its_end() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let card = community.pass(&server, &json!({})).await;
        let id = card["pass"]["id"].as_str().unwrap();
        server.clock.advance(31 * DAY - 1);
        workers::round(&server.app).await.unwrap();
        assert!(held::row::<PassRow>(&server, community.id, id).await.is_some());
        server.clock.advance(1);
        workers::round(&server.app).await.unwrap();
        assert!(held::row::<PassRow>(&server, community.id, id).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_question_that_nobody_answered_lapses_and_later_leaves_the_feed() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let visitor = community.delivery().await;
        let id = visitor["id"].as_str().unwrap();
        let status = async || {
            let row: Option<VisitRow> = held::row(&server, community.id, id).await;
            row.map(|row| row.status.to_string())
        };
        server.clock.advance(10 * MINUTE - 1);
        workers::round(&server.app).await.unwrap();
        assert_eq!(status().await.as_deref(), Some("PENDING"));
        server.clock.advance(1);
        workers::round(&server.app).await.unwrap();
        assert_eq!(status().await.as_deref(), Some("LAPSED"));
        server.clock.advance(DAY + 1);
        workers::round(&server.app).await.unwrap();
        assert_eq!(status().await, None);
    })
    .await;
}

#[tokio::test]
async fn what_a_kiosk_asked_lapses_with_the_kiosk_or_after_a_day_and_its_outcome_stands_all_the_same() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosks = [kiosk(&server, &community).await, kiosk(&server, &community).await];
        let visits = [1, 2].map(|number| VisitorId(Uuid::from_u128(number)));
        for (kiosk, visit) in kiosks.iter_mut().zip(visits) {
            kiosk.journal.record(&asked(visit, unit(&community)), None);
            kiosk.send_from(0).await;
        }
        let statuses = async || {
            let mut statuses = Vec::new();
            for visit in visits {
                let row: Option<VisitRow> = held::row(&server, community.id, &visit.to_string()).await;
                statuses.push(row.map(|row| row.status));
            }
            statuses
        };
        workers::round(&server.app).await.unwrap();
        assert_eq!(statuses().await, [Some(VisitorStatus::Pending), Some(VisitorStatus::Pending)]);
        let path = format!("/kiosks/{}/revoke", kiosks[1].id);
        community.admin.post(&path, &json!({"stolen": true})).await.ok();
        workers::round(&server.app).await.unwrap();
        assert_eq!(statuses().await, [Some(VisitorStatus::Pending), Some(VisitorStatus::Lapsed)]);
        server.clock.advance(DAY);
        workers::round(&server.app).await.unwrap();
        let resident = Person::sign_in(&server, "asha1@example.com").await;
        assert_eq!(resident.get("/visitors/pending").await.ok()["items"], json!([]));

        kiosks[0].sign_in().await;
        kiosks[0].journal.record(&admitted(visits[0], unit(&community), None), None);
        kiosks[0].send_from(2).await;
        assert_eq!(statuses().await[0], Some(VisitorStatus::Inside));
    })
    .await;
}

/// What is written to the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_step_that_fails_is_logged_with_its_community_and_its_cause() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut tx = server.app.store.write().await.unwrap();
        execute!(&mut tx, "alter table visitors rename to visitors_elsewhere").unwrap();
        tx.commit().await.unwrap();
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let listening = tracing::subscriber::set_default(subscriber);
        assert!(workers::round(&server.app).await.is_err());
        drop(listening);
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let line = log.lines().find(|line| line.contains("lapsing questions")).expect(&log);
        assert!(line.contains(&community.id.to_string()), "{line}");
        assert!(line.contains("visitors"), "what the database said: {line}");
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_for_a_time_is_kept_no_longer() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let wanted = community.wanted(&server, &json!({}));
        community.resident.post_once("once", "/passes", &wanted).await.ok();
        let booth = json!({"gate_id": community.gate["id"], "name": "Booth"});
        community.admin.post("/kiosks/enrolments", &booth).await.ok();
        let kept = async || {
            workers::round(&server.app).await.unwrap();
            let mut tx = server.app.store.read().await.unwrap();
            let sql =
                "select (select count(*) from idempotent_answers), (select count(*) from enrolment_codes),
                (select count(*) from sessions)";
            fetch_one!(&mut tx, (i64, i64, i64), sql).unwrap()
        };
        assert_eq!(kept().await, (1, 1, 3));
        server.clock.advance(DAY);
        assert_eq!(kept().await, (0, 1, 3), "an answer may be asked for again within a day");
        server.clock.advance(HOUR);
        assert_eq!(kept().await, (0, 0, 3), "a code is known as one that is over for a day");
        server.clock.advance(30 * DAY - 2 * HOUR);
        assert_eq!(kept().await, (0, 0, 3), "a session may go on for thirty days");
        server.clock.advance(DAY + 2 * HOUR);
        assert_eq!(kept().await, (0, 0, 0));
    })
    .await;
}
