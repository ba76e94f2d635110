//! What nothing can be made of is kept, and keeps nothing else from being taken in.

use gatehouse::{
    id::UnitId,
    journal::Act,
    sync::UploadOutcome,
    words::{Credential, VisitorStatus},
};
use gatehouse_server::{
    OsEntropy, execute, fetch_all,
    sync::{
        journal::{Setting, parked, take_turn},
        upkeep,
    },
};

use super::{
    house::House,
    journal::{row, visit},
    kiosk::{admitted, asked, named},
};
use crate::support::{ENGINES, Engine, START, until_it_waits};

#[tokio::test]
async fn a_text_that_no_database_keeps_stops_no_journal() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        for name in ["Me\0era".to_owned(), "Me\u{7}era".to_owned(), "Meera".repeat(1000)] {
            kiosk.journal.record(&asked(visit(), house.unit), Some(named(&name)));
        }
        let refused = Act::Refused {
            pass: None,
            units: Vec::new(),
            verdict: "REF\0USE".into(),
            reason: "FORGED".into(),
            credential: Credential::Qr,
            rules: 1,
        };
        kiosk.journal.record(&refused, None);
        let good = visit();
        kiosk.journal.record(&asked(good, house.unit), Some(named("Meera\nIyer")));
        let answer = kiosk.send_from(0).await;
        assert_eq!((answer.outcome, answer.durable), (UploadOutcome::Appended, 6), "{engine:?}");
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select id, status from visitors where community = $1";
        let visits = fetch_all!(&mut tx, (uuid::Uuid, String), sql, house.community).unwrap();
        assert_eq!(visits, [(good.0, VisitorStatus::Pending.to_string())]);
        let sql = "select seq from journal_events where community = $1 and parked order by seq";
        let parked = fetch_all!(&mut tx, (i64,), sql, house.community).unwrap();
        assert_eq!(parked, [(2,), (3,), (4,), (5,)]);
    }
}

#[tokio::test]
async fn an_event_larger_than_any_at_a_gate_is_kept_and_reaches_nobody() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let (many, as_many) = (visit(), visit());
        for (visit, count) in [(many, 65), (as_many, 64)] {
            let Act::Asked { visitor_type, people, subject, pass, .. } = asked(visit, house.unit) else {
                unreachable!("it is an ask")
            };
            let units = (0..count).map(|_| UnitId::new(START, &mut OsEntropy)).collect();
            let act = Act::Asked { visit, units, visitor_type, people, subject, pass };
            kiosk.journal.record(&act, None);
        }
        let answer = kiosk.send_from(0).await;
        assert_eq!((answer.outcome, answer.durable), (UploadOutcome::Appended, 3), "{engine:?}");
        assert_eq!(row(&house, many).await, None);
        assert_eq!(row(&house, as_many).await.unwrap().units.len(), 64);
    }
}

#[tokio::test]
async fn an_act_of_a_newer_kiosk_is_kept_and_does_not_stop_what_follows() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        kiosk.journal.record_raw(999, vec![0xa0], None);
        let someone = visit();
        kiosk.journal.record(&admitted(someone, house.unit, None), None);
        let answer = kiosk.send_from(0).await;
        assert_eq!(answer.durable, 3, "{engine:?}");
        let seen: Vec<u64> = answer.visible.iter().map(|visible| visible.event).collect();
        assert_eq!(seen, [1, 3], "its kiosk goes on laying the parked one over");
        let again = kiosk.send_from(0).await;
        assert_eq!(again.visible.len(), 2);
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Inside);
    }
}

#[tokio::test]
async fn a_parked_event_takes_effect_once_it_can_be_read() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let someone = visit();
        kiosk.journal.record(&admitted(someone, house.unit, None), None);
        kiosk.send_from(0).await;
        // As if an older server had taken it in.
        let mut tx = house.server.app.store.write().await.unwrap();
        for sql in [
            "update journal_events set parked = (seq = 2), visit = null where community = $1",
            "delete from feed_rows where community = $1 and kind = 9",
            "delete from visitor_units where community = $1",
            "delete from visitors where community = $1",
        ] {
            execute!(&mut tx, sql, house.community).unwrap();
        }
        tx.commit().await.unwrap();
        let app = &house.server.app;
        for expected in [1, 0] {
            let mut tx = app.store.write().await.unwrap();
            let setting = Setting { community: house.community, sealer: &app.sealer, now: house.now() };
            let tried = parked::retry(&mut tx, setting, None, &mut OsEntropy).await.unwrap();
            assert_eq!(tried.readable, expected, "{engine:?}");
            tx.commit().await.unwrap();
        }
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Inside);
    }
}

#[tokio::test]
async fn parked_events_that_nobody_understands_do_not_keep_the_others_waiting() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        for _ in 0..600 {
            kiosk.journal.record_raw(999, vec![0xa0], None);
        }
        let someone = visit();
        kiosk.journal.record(&admitted(someone, house.unit, None), None);
        for seq in [0, 500] {
            kiosk.send(&kiosk.journal.upload(seq, 500)).await;
        }
        // As if an older server had taken it in.
        let app = &house.server.app;
        let mut tx = app.store.write().await.unwrap();
        for sql in [
            "update journal_events set parked = (parked or seq = 602), visit = null where community = $1",
            "delete from feed_rows where community = $1 and kind = 9",
            "delete from visitor_units where community = $1",
            "delete from visitors where community = $1",
        ] {
            execute!(&mut tx, sql, house.community).unwrap();
        }
        tx.commit().await.unwrap();
        upkeep::keep(app, house.community).await.unwrap();
        assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Inside, "{engine:?}");
    }
}

/// On PostgreSQL two write at once: nobody's turn is waited for where there is nothing new to be read.
#[tokio::test]
async fn parked_events_that_nobody_understands_take_no_turn() {
    let house = House::on(Engine::Postgres).await;
    let mut kiosk = house.kiosk().await;
    kiosk.journal.record_raw(999, vec![0xa0], None);
    kiosk.send_from(0).await;
    let store = &house.server.app.store;
    let mut upload = store.write().await.unwrap();
    take_turn(&mut upload, house.community).await.unwrap();
    let (app, community) = (house.server.app.clone(), house.community);
    let keeping = tokio::spawn(async move { upkeep::keep(&app, community).await });
    until_it_waits(store, &keeping).await;
    assert!(keeping.is_finished(), "it waits for the upload");
    keeping.await.unwrap().unwrap();
}
