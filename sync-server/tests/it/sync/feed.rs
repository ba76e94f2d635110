//! Pages, snapshots, and what cannot be continued.

use gatehouse::{
    feed::{
        Cursor, RowKind, SnapshotPlace,
        row::{Body, GateRow, PassRow, RowId, UseRow, VisitRow},
    },
    id::{FeedEpochId, PassId, VisitorId},
    sync::{Pull, SnapshotResume},
    time::DAY,
    words::{GateKind, VisitorStatus},
};
use gatehouse_server::{
    OsEntropy, execute,
    feed::{self, Change},
    fetch_all,
    sync::{feed as reading, journal::take_turn, restored, upkeep},
};
use uuid::Uuid;

use super::{
    house::House,
    kiosk::{TestKiosk, admitted, exited, pulled},
};
use crate::support::{ENGINES, Engine, held, until_it_waits};

fn gates(count: u32) -> Vec<Change> {
    let row = |index: u32| GateRow { name: format!("Gate {index}"), kind: GateKind::Both };
    (0..count).map(|index| Change::put(Uuid::from_u128(u128::from(index) + 1), &row(index))).collect()
}

async fn publish(house: &House, changes: &[Change]) -> Cursor {
    let mut tx = house.server.app.store.write().await.unwrap();
    let published =
        feed::publish(&mut tx, house.community, changes, house.now(), &mut OsEntropy).await.unwrap();
    tx.commit().await.unwrap();
    published.head
}

#[tokio::test]
async fn pages_follow_each_other_to_the_head_however_large_a_commit_was() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        let head = publish(&house, &gates(2_500)).await;
        let mut cursor = start;
        let mut rows = 0;
        let mut pages = 0;
        while cursor != head {
            let page = kiosk.pull(cursor).await;
            assert_eq!((page.from, page.head), (cursor, head.seq), "{engine:?}");
            assert!(page.rows.len() <= 1_000);
            rows += page.rows.len();
            pages += 1;
            cursor = page.to;
        }
        assert_eq!((rows, pages), (2_500, 3));
        let last = kiosk.pull(cursor).await;
        assert_eq!((last.to, last.rows.len()), (head, 0));
    }
}

#[tokio::test]
async fn a_cursor_of_another_life_ahead_of_the_feed_or_of_another_commit_is_gone() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let before = publish(&house, &gates(3)).await;
        let head = publish(&house, &gates(3)).await;
        let wrong = [
            Cursor { epoch: FeedEpochId(Uuid::from_u128(9)), ..head },
            Cursor { seq: head.seq + 1, ..head },
            Cursor { mark: before.mark, ..head },
            Cursor { mark: head.mark, ..before },
        ];
        for cursor in wrong {
            let (status, problem) = kiosk.try_pull(cursor).await.unwrap_err();
            assert_eq!(
                (status, problem["code"].as_str()),
                (410, Some("cursor_gone")),
                "{engine:?} {cursor:?}"
            );
        }
        assert_eq!(kiosk.pull(before).await.to, head);

        let mut tx = house.server.app.store.write().await.unwrap();
        reading::renew(&mut tx, house.community, house.now(), &mut OsEntropy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(kiosk.try_pull(head).await.unwrap_err().0, 410, "after a restore");
    }
}

#[tokio::test]
async fn tombstones_are_forgotten_after_a_time_and_older_copies_load_a_snapshot() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let old = publish(&house, &gates(2)).await;
        let gone = Change::delete::<GateRow>(RowId::from(Uuid::from_u128(1)));
        let after = publish(&house, &[gone]).await;
        house.server.clock.advance(40 * DAY);
        let head = publish(&house, &gates(0)).await;
        assert_eq!(head, after);
        let new = publish(
            &house,
            &[Change::put(Uuid::from_u128(5), &GateRow { name: "x".into(), kind: GateKind::Exit })],
        )
        .await;

        let mut tx = house.server.app.store.write().await.unwrap();
        reading::forget_before(&mut tx, house.community, house.now().plus(-30 * DAY)).await.unwrap();
        let sql = "select seq from feed_rows where community = $1 and body is null";
        assert!(fetch_all!(&mut tx, (i64,), sql, house.community).unwrap().is_empty(), "{engine:?}");
        tx.commit().await.unwrap();
        kiosk.sign_in().await;
        assert_eq!(kiosk.try_pull(old).await.unwrap_err().0, 410);
        assert_eq!(kiosk.pull(after).await.to, new, "the floor itself can be continued");
        let (_, rows) = kiosk.snapshot().await;
        assert!(rows.iter().all(|row| row.body.is_some()));
        assert!(rows.iter().all(|row| row.id != RowId::from(Uuid::from_u128(1))));
    }
}

#[tokio::test]
async fn a_snapshot_is_resumed_where_it_was_cut_and_holds_every_living_row_once() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let pass = house.pass(None).await;
        publish(&house, &gates(1_500)).await;
        let (start, rows) = kiosk.snapshot().await;
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select count(*) from feed_rows where community = $1 and body is not null";
        let living = fetch_all!(&mut tx, (i64,), sql, house.community).unwrap()[0].0;
        assert_eq!(i64::try_from(rows.len()).unwrap(), living, "{engine:?}");
        assert!(
            rows.iter().zip(rows.iter().skip(1)).all(|(one, next)| (one.kind, one.id) < (next.kind, next.id))
        );
        assert!(rows.iter().any(|row| row.kind == PassRow::KIND && row.id == RowId::from(pass.0)));

        let lost = Cursor { mark: [0; 8], ..start };
        let after = SnapshotPlace { kind: RowKind(1), id: RowId([0; 16]) };
        let gone = kiosk.try_snapshot(Some(SnapshotResume { start: lost, after, seen: lost })).await;
        assert_eq!(gone.unwrap_err().0, 410);
    }
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_take_it() {
    let house = House::on(crate::support::Engine::chosen()).await;
    let kiosk = house.kiosk().await;
    publish(&house, &gates(500)).await;
    let pull = gatehouse::sync::SnapshotPull { protocol: gatehouse::sync::PROTOCOL, resume: None };
    let request = kiosk.post("/sync/snapshot", gatehouse::cbor::to_vec(&pull));
    let answer = request.header("accept-encoding", "zstd").send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "zstd");
    let bytes = zstd::decode_all(&answer.bytes().await.unwrap()[..]).unwrap();
    let page: gatehouse::feed::SnapshotPage = gatehouse::cbor::from_slice(&bytes).unwrap();
    assert!(page.rows.len() >= 500);
}

#[tokio::test]
async fn the_admins_list_learns_what_a_kiosk_says_of_itself() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        kiosk.pull(start).await;
        house.server.app.live.write_contacts(&house.server.app.store).await.unwrap();
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select last_contact_at, waiting, version from kiosks where community = $1";
        let said = fetch_all!(&mut tx, (i64, i64, String), sql, house.community).unwrap();
        assert_eq!(said, [(house.now().0, 3, "0.1.1".to_owned())], "{engine:?}");
    }
}

#[tokio::test]
async fn since_when_events_wait_is_known_until_none_do() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        kiosk.journal.record(&exited(VisitorId::new(house.now(), &mut OsEntropy)), None);
        let (start, _) = kiosk.snapshot().await;
        let waits = async || -> (i64, Option<i64>) {
            house.server.app.live.write_contacts(&house.server.app.store).await.unwrap();
            let mut tx = house.server.app.store.read().await.unwrap();
            let sql = "select waiting, oldest_waiting_at from kiosks where community = $1";
            fetch_all!(&mut tx, (i64, Option<i64>), sql, house.community).unwrap()[0]
        };
        let since = house.now().plus(-DAY);
        kiosk.ask_for(&Pull { oldest: Some(since), ..pulled(start) }).await.unwrap();
        assert_eq!(waits().await, (3, Some(since.0)), "{engine:?}");
        kiosk.send(&kiosk.journal.upload(0, 1)).await;
        assert_eq!(waits().await, (1, Some(since.0)), "an upload does not say since when");
        kiosk.send_from(1).await;
        assert_eq!(waits().await, (0, None));
    }
}

#[tokio::test]
async fn what_is_no_version_is_refused() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (start, _) = kiosk.snapshot().await;
        for version in ["0.1.0\0".to_owned(), "1".repeat(41)] {
            let refused = kiosk.ask_for(&Pull { version, ..pulled(start) }).await.unwrap_err();
            assert_eq!((refused.0, refused.1["code"].as_str()), (422, Some("invalid")), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn another_communitys_kiosk_sees_none_of_it() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let mut tx = house.server.app.store.write().await.unwrap();
        let other = gatehouse::id::CommunityId(Uuid::from_u128(77));
        execute!(
            &mut tx,
            "insert into communities (id, name, zone, policy, locked_down, key_epoch, companies, created_at)
             values ($1, 'Lake View', 'Asia/Kolkata', $2, $3, 1, '', 0)",
            other,
            Vec::new(),
            false
        )
        .unwrap();
        feed::begin(&mut tx, other, house.now(), &mut OsEntropy).await.unwrap();
        let there = feed::publish(&mut tx, other, &gates(1), house.now(), &mut OsEntropy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(kiosk.try_pull(there.head).await.unwrap_err().0, 410, "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_over_leaves_the_feed_and_a_restore_begins_a_new_one() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let pass = house.pass(Some(1)).await;
        let visit = VisitorId::new(house.now(), &mut OsEntropy);
        kiosk.journal.record(&admitted(visit, house.unit, Some(pass)), None);
        kiosk.journal.record(&exited(visit), None);
        kiosk.send_from(0).await;
        let app = &house.server.app;
        let kinds = async |kiosk: &TestKiosk| -> Vec<RowKind> {
            kiosk.snapshot().await.1.into_iter().map(|row| row.kind).collect()
        };
        upkeep::keep(app, house.community).await.unwrap();
        let before = kinds(&kiosk).await;
        assert!(before.contains(&VisitRow::KIND) && before.contains(&UseRow::KIND), "{engine:?}");
        house.server.clock.advance(2 * DAY);
        kiosk.sign_in().await;
        upkeep::keep(app, house.community).await.unwrap();
        let after = kinds(&kiosk).await;
        assert!(!after.contains(&VisitRow::KIND) && after.contains(&UseRow::KIND), "{engine:?}");
        house.server.clock.advance(31 * DAY);
        kiosk.sign_in().await;
        upkeep::keep(app, house.community).await.unwrap();
        assert!(!kinds(&kiosk).await.contains(&UseRow::KIND), "{engine:?}");

        let (cursor, _) = kiosk.snapshot().await;
        assert_eq!(restored(app).await.unwrap(), [house.community]);
        assert_eq!(kiosk.try_pull(cursor).await.unwrap_err().0, 410);
        assert!(!kiosk.snapshot().await.1.is_empty());
    }
}

#[tokio::test]
async fn a_visit_that_a_gate_says_ends_in_a_year_leaves_the_feed_as_any_other() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let visit = VisitorId::new(house.now(), &mut OsEntropy);
        kiosk.journal.now = house.now().plus(365 * DAY);
        kiosk.journal.record(&admitted(visit, house.unit, None), None);
        kiosk.journal.record(&exited(visit), None);
        kiosk.send_from(0).await;
        let id = visit.to_string();
        for (later, held) in [(DAY, true), (1, false)] {
            house.server.clock.advance(later);
            upkeep::keep(&house.server.app, house.community).await.unwrap();
            let row: Option<VisitRow> = held::row(&house.server, house.community, &id).await;
            assert_eq!(row.is_some(), held, "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_use_of_a_pass_that_nobody_has_leaves_the_feed_when_no_pass_can_be_good_any_more() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let visit = VisitorId::new(house.now(), &mut OsEntropy);
        let pass = PassId::new(house.now(), &mut OsEntropy);
        // Whatever the gate says of its time.
        kiosk.journal.now = house.now().plus(36_500 * DAY);
        kiosk.journal.record(&admitted(visit, house.unit, Some(pass)), None);
        kiosk.send_from(0).await;
        for (later, left) in [((732 + 30) * DAY, 1), (1, 0)] {
            house.server.clock.advance(later);
            upkeep::keep(&house.server.app, house.community).await.unwrap();
            let uses = held::rows::<UseRow>(&house.server, house.community).await;
            assert_eq!(uses.len(), left, "{engine:?}");
        }
    }
}

/// On PostgreSQL two write at once: what is over is to be looked at when it is one's turn.
#[tokio::test]
async fn a_visit_that_an_upload_brings_back_meanwhile_stays_in_the_feed() {
    let house = House::on(Engine::Postgres).await;
    let mut kiosk = house.kiosk().await;
    let visit = VisitorId::new(house.now(), &mut OsEntropy);
    kiosk.journal.record(&admitted(visit, house.unit, None), None);
    kiosk.journal.record(&exited(visit), None);
    kiosk.send_from(0).await;
    house.server.clock.advance(2 * DAY);
    let id = visit.to_string();
    let row: VisitRow = held::row(&house.server, house.community, &id).await.unwrap();

    let store = &house.server.app.store;
    let mut upload = store.write().await.unwrap();
    take_turn(&mut upload, house.community).await.unwrap();
    let sql = "update visitors set status = 'INSIDE', check_out_time = null where community = $1";
    execute!(&mut upload, sql, house.community).unwrap();
    let inside = VisitRow { status: VisitorStatus::Inside, exited_at: None, ..row };
    let change = Change::put(visit.0, &inside);
    feed::publish(&mut upload, house.community, &[change], house.now(), &mut OsEntropy).await.unwrap();
    let (app, community) = (house.server.app.clone(), house.community);
    let keeping = tokio::spawn(async move { upkeep::keep(&app, community).await });
    until_it_waits(store, &keeping).await;
    upload.commit().await.unwrap();
    keeping.await.unwrap().unwrap();
    assert_eq!(held::row(&house.server, house.community, &id).await, Some(inside));
}
