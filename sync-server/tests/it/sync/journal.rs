//! Journals: every event exactly once, in order, with what follows from it.

use gatehouse::{
    cbor,
    feed::row::{Body, ErasureRow, RowId, VisitRow},
    id::{EventId, PassId, VisitorId},
    journal::{Act, Cause},
    keys::SigningKey,
    spoken::{Challenge, SpokenAnswer},
    sync::{PROTOCOL, Upload, UploadOutcome},
    time::{HOUR, MINUTE},
    words::VisitorStatus,
};
use gatehouse_server::{
    OsEntropy, feed, fetch_all, keyring,
    sync::journal::{Arrival, Setting, erase, take_in},
};

use super::{
    house::House,
    kiosk::{TestKiosk, admitted, asked, exited, named},
};
use crate::support::{ENGINES, START};

pub fn visit() -> VisitorId {
    VisitorId::new(START, &mut OsEntropy)
}

/// The seqs held in the chain and beside it.
async fn held(house: &House) -> (Vec<i64>, Vec<i64>) {
    let mut tx = house.server.app.store.read().await.unwrap();
    let sql = "select seq, in_chain from journal_events where community = $1 order by seq";
    let rows = fetch_all!(&mut tx, (i64, bool), sql, house.community).unwrap();
    let of = |in_chain| rows.iter().filter(|row| row.1 == in_chain).map(|row| row.0).collect();
    (of(true), of(false))
}

/// A visit's row in the feed as it stands.
pub async fn row(house: &House, visit: VisitorId) -> Option<VisitRow> {
    let mut tx = house.server.app.store.read().await.unwrap();
    let sql = "select body from feed_rows where community = $1 and kind = 9 and id = $2";
    let found = fetch_all!(&mut tx, (Option<Vec<u8>>,), sql, house.community, visit).unwrap();
    found.first()?.0.as_ref().map(|body| VisitRow::from_body(body).unwrap())
}

#[tokio::test]
async fn the_same_upload_twice_overlapping_or_behind_a_gap_leaves_each_event_once() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        for _ in 0..9 {
            kiosk.journal.record(&admitted(visit(), house.unit, None), None);
        }
        let first = kiosk.send(&kiosk.journal.upload(0, 6)).await;
        assert_eq!((first.durable, first.outcome), (6, UploadOutcome::Appended), "{engine:?}");
        let again = kiosk.send(&kiosk.journal.upload(0, 6)).await;
        assert_eq!((again.durable, again.outcome, again.hash), (6, UploadOutcome::Appended, first.hash));
        let gap = kiosk.send(&kiosk.journal.upload(8, 2)).await;
        assert_eq!((gap.durable, gap.outcome), (6, UploadOutcome::Gap));
        let overlapping = kiosk.send(&kiosk.journal.upload(3, 7)).await;
        assert_eq!((overlapping.durable, overlapping.outcome), (10, UploadOutcome::Appended));
        assert_eq!(overlapping.hash, kiosk.journal.heads[10].hash);
        assert_eq!(held(&house).await, ((1..=10).collect(), vec![]));
        let seen: Vec<u64> = overlapping.visible.iter().map(|visible| visible.event).collect();
        assert_eq!(seen, (4..=10).collect::<Vec<u64>>());
        assert!(overlapping.visible.iter().all(|visible| visible.feed <= overlapping.head));
        let empty = kiosk.send(&kiosk.journal.upload(10, 1)).await;
        assert_eq!((empty.durable, empty.outcome), (10, UploadOutcome::Appended));
    }
}

#[tokio::test]
async fn what_is_not_the_kiosks_own_word_is_rejected_and_what_came_before_it_kept() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        for _ in 0..3 {
            kiosk.journal.record(&admitted(visit(), house.unit, None), None);
        }
        let mut forged = kiosk.journal.clone();
        forged.key = SigningKey::generate(&mut OsEntropy);
        forged.record(&admitted(visit(), house.unit, None), None);
        let answer = kiosk.send(&forged.upload(0, 5)).await;
        assert_eq!((answer.durable, answer.outcome), (4, UploadOutcome::Rejected(5)), "{engine:?}");
        assert_eq!(held(&house).await, ((1..=4).collect(), vec![]));

        let mut elsewhere = kiosk.journal.upload(4, 1);
        elsewhere.kiosk = gatehouse::id::KioskId(uuid::Uuid::from_u128(4));
        let unknown = kiosk.post("/sync/journal", cbor::to_vec(&elsewhere)).send().await.unwrap();
        assert_eq!(unknown.status(), 404);
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_and_change_nothing() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let whole = cbor::to_vec(&kiosk.journal.upload(0, 1));
        let mut newer = kiosk.journal.upload(0, 1);
        newer.protocol = PROTOCOL + 1;
        let cases = [
            (whole[..whole.len() - 3].to_vec(), 400),
            ([whole.clone(), vec![0]].concat(), 400),
            (vec![0; 10 << 20], 413),
            (cbor::to_vec(&newer), 426),
        ];
        for (body, status) in cases {
            let answer = kiosk.post("/sync/journal", body).send().await.unwrap();
            assert_eq!(answer.status(), status, "{engine:?}");
        }
        let bomb = zstd::encode_all(&vec![0_u8; 64 << 20][..], 3).unwrap();
        let request = kiosk.post("/sync/journal", bomb).header("content-encoding", "zstd");
        assert_eq!(request.send().await.unwrap().status(), 413);
        let squeezed = kiosk.post("/sync/journal", zstd::encode_all(&whole[..], 3).unwrap());
        assert_eq!(squeezed.header("content-encoding", "zstd").send().await.unwrap().status(), 200);
        assert_eq!(held(&house).await, (vec![1], vec![]));
    }
}

#[tokio::test]
async fn a_cut_between_taking_in_and_commit_leaves_nothing_and_loses_nothing() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let someone = visit();
        kiosk.journal.record(&admitted(someone, house.unit, None), Some(named("Meera")));
        let app = &house.server.app;
        let setting = Setting { community: house.community, sealer: &app.sealer, now: house.now() };
        let (start, _) = kiosk.snapshot().await;

        let mut read = app.store.read().await.unwrap();
        let arrival =
            Arrival::weigh(&mut read, house.community, kiosk.journal.upload(0, 2)).await.unwrap().unwrap();
        drop(read);
        let mut tx = app.store.write().await.unwrap();
        let lost = take_in(&mut tx, setting, vec![arrival], &mut OsEntropy).await.unwrap();
        assert_eq!(lost[0].as_ref().unwrap().durable, 2, "{engine:?}");
        drop(tx);
        assert_eq!(held(&house).await, (vec![], vec![]));
        assert!(row(&house, someone).await.is_none());
        assert_eq!(kiosk.pull(start).await.to, start);

        assert_eq!(kiosk.send_from(0).await.durable, 2);
        assert_eq!(row(&house, someone).await.unwrap().name.as_deref(), Some("Meera"));
    }
}

#[tokio::test]
async fn a_cloned_disk_is_a_fork_whose_events_count_and_are_alerted_once() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let mut clone = kiosk.journal.clone();
        let (ours, theirs) = (visit(), visit());
        kiosk.journal.record(&admitted(ours, house.unit, None), None);
        kiosk.send_from(0).await;
        clone.record(&admitted(theirs, house.unit, None), None);
        let forked = kiosk.send(&clone.upload(0, 2)).await;
        assert_eq!((forked.outcome, forked.durable), (UploadOutcome::Fork(2), 2), "{engine:?}");
        let again = kiosk.send(&clone.upload(0, 2)).await;
        assert_eq!(again.outcome, UploadOutcome::Fork(2));
        assert_eq!(held(&house).await, (vec![1, 2], vec![2]));
        assert_eq!(row(&house, theirs).await.unwrap().status, VisitorStatus::Inside);
        assert_eq!(house.alerts().await, ["JOURNAL_FORKED"]);

        let follows = kiosk.journal.heads.last().copied();
        let mut next =
            super::kiosk::Journal::begin(house.community, kiosk.id, house.gate, &kiosk.key, clone.now);
        next.events.clear();
        next.heads.truncate(1);
        next.record(&Act::Opened { follows, cause: Cause::Forked }, None);
        assert_eq!(kiosk.send(&next.upload(0, 1)).await.durable, 1);
        clone.now = next.now.plus(HOUR);
        clone.record(&admitted(visit(), house.unit, None), None);
        kiosk.send(&clone.upload(2, 1)).await;
        assert_eq!(house.alerts().await, ["JOURNAL_FORKED", "JOURNAL_TWO_LIVES"]);
    }
}

#[tokio::test]
async fn erased_details_are_gone_here_at_kiosks_and_when_they_come_again() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let (come, still_to_come) = (visit(), visit());
        let event = kiosk.journal.record(&admitted(come, house.unit, None), Some(named("Meera")));
        kiosk.send_from(0).await;
        let later = kiosk.journal.record(&admitted(still_to_come, house.unit, None), Some(named("Anil")));
        let app = &house.server.app;
        for event in [event, later] {
            let mut tx = app.store.write().await.unwrap();
            let setting = Setting { community: house.community, sealer: &app.sealer, now: house.now() };
            let changes = erase::erase(&mut tx, setting, event).await.unwrap().unwrap();
            feed::publish(&mut tx, house.community, &changes, setting.now, &mut OsEntropy).await.unwrap();
            tx.commit().await.unwrap();
        }
        kiosk.send_from(2).await;
        for visit in [come, still_to_come] {
            let told = row(&house, visit).await.unwrap();
            assert_eq!((told.name, told.phone4), (None, None), "{engine:?}");
        }
        let mut tx = app.store.read().await.unwrap();
        let sql = "select seq from journal_events where community = $1 and details is not null";
        assert!(fetch_all!(&mut tx, (i64,), sql, house.community).unwrap().is_empty());
        let sql = "select seq from visitors v join journal_events e on e.visit = v.id
            where v.community = $1 and (v.name is not null or v.phone is not null)";
        assert!(fetch_all!(&mut tx, (i64,), sql, house.community).unwrap().is_empty());
        let (_, rows) = kiosk.snapshot().await;
        let is_order = |event: EventId| {
            rows.iter().any(|row| row.kind == ErasureRow::KIND && row.id == RowId::from(event.0))
        };
        assert!(is_order(event) && is_order(later));
        assert_eq!(kiosk.send_from(0).await.outcome, UploadOutcome::Appended, "the chain still verifies");
    }
}

#[tokio::test]
async fn an_approval_under_duress_alarms_admins_and_looks_plain_at_the_gate() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let app = &house.server.app;
        let mut tx = app.store.read().await.unwrap();
        let server = keyring::seal_key(&mut tx, &app.sealer, house.community, house.now()).await.unwrap();
        drop(tx);
        for (answer, alarms) in [(SpokenAnswer::Approve, 0), (SpokenAnswer::Duress, 1)] {
            let someone = visit();
            let challenge = Challenge::new(1234).unwrap();
            let sealed =
                answer.seal(&server.public(), kiosk.id, house.unit, challenge, &mut OsEntropy).unwrap();
            kiosk.journal.record(&asked(someone, house.unit), None);
            let act = Act::SpokenAnswered {
                unit: house.unit,
                challenge: challenge.number(),
                visit: Some(someone),
                approved: true,
                sealed,
            };
            kiosk.journal.record(&act, None);
            kiosk.send_from(kiosk.journal.events.len() - 2 - usize::from(alarms == 0)).await;
            assert_eq!(row(&house, someone).await.unwrap().status, VisitorStatus::Approved);
            assert_eq!(house.alerts().await.len(), alarms, "{engine:?}");
        }
        assert_eq!(house.alerts().await, ["DURESS"]);
    }
}

#[tokio::test]
async fn uploads_of_many_kiosks_at_once_lose_and_double_nothing() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let shared = visit();
        let mut kiosks: Vec<TestKiosk> = Vec::new();
        for index in 0..6 {
            let mut kiosk = house.kiosk().await;
            for _ in 0..20 {
                kiosk.journal.record(&admitted(visit(), house.unit, None), None);
            }
            let act = if index == 0 { admitted(shared, house.unit, None) } else { exited(shared) };
            kiosk.journal.now = kiosk.journal.now.plus(i64::from(index) * MINUTE);
            kiosk.journal.record(&act, None);
            kiosks.push(kiosk);
        }
        let (start, _) = kiosks[0].snapshot().await;
        let sending = kiosks.iter().map(|kiosk| async move {
            for seq in 0..22 {
                assert_eq!(kiosk.send(&kiosk.journal.upload(seq, 1)).await.durable, seq as u64 + 1);
            }
        });
        futures_join(sending).await;
        let (chain, beside) = held(&house).await;
        assert_eq!((chain.len(), beside.len()), (6 * 22, 0), "{engine:?}");
        let told = row(&house, shared).await.unwrap();
        assert!(told.entered_at.is_some() && told.exited_at.is_some());
        assert_eq!(told.exited_at.unwrap().since(told.entered_at.unwrap()), MINUTE, "the first exit stands");

        // What pages give, one after another, is what a snapshot holds.
        let (head, mut whole) = kiosks[0].snapshot().await;
        let mut cursor = start;
        let mut copy = std::collections::BTreeMap::new();
        while cursor != head {
            let page = kiosks[0].pull(cursor).await;
            copy.extend(page.rows.into_iter().map(|row| ((row.kind, row.id), row)));
            cursor = page.to;
        }
        whole.retain(|row| row.seq > start.seq);
        assert_eq!(copy.into_values().collect::<Vec<_>>(), whole);
    }
}

async fn futures_join(tasks: impl IntoIterator<Item = impl Future<Output = ()>>) {
    let mut tasks: Vec<_> = tasks.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
        if tasks.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[tokio::test]
async fn too_many_events_at_once_are_refused() {
    let house = House::on(crate::support::Engine::chosen()).await;
    let mut kiosk = house.kiosk().await;
    for _ in 0..Upload::MAX_EVENTS {
        kiosk.journal.record(&Act::WrongCode { unit: house.unit }, None);
    }
    let many = kiosk.journal.upload(0, Upload::MAX_EVENTS + 1);
    let answer = kiosk.post("/sync/journal", cbor::to_vec(&many)).send().await.unwrap();
    assert_eq!(answer.status(), 413);
    assert_eq!(kiosk.send_from(0).await.durable, Upload::MAX_EVENTS as u64);
    let _: PassId = house.pass(None).await;
}
