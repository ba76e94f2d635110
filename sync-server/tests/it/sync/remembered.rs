//! What a server remembers of journals is never taken for what the database holds.

use gatehouse::{
    cbor,
    id::VisitorId,
    journal::{Act, Cause},
    sync::{UploadAnswer, UploadOutcome},
    time::{DAY, HOUR, MINUTE},
};
use gatehouse_server::{OsEntropy, fetch_all, http::TrustedProxies};

use super::{
    house::House,
    kiosk::{Journal, TestKiosk, admitted},
};
use crate::support::{ENGINES, START};

fn entry(house: &House) -> Act {
    admitted(VisitorId::new(START, &mut OsEntropy), house.unit, None)
}

async fn count(house: &House) -> usize {
    let mut tx = house.server.app.store.read().await.unwrap();
    let sql = "select seq from journal_events where community = $1";
    fetch_all!(&mut tx, (i64,), sql, house.community).unwrap().len()
}

/// Sends `limit` events behind `seq` to the server at `base`.
async fn send(
    kiosk: &mut TestKiosk,
    base: &str,
    journal: &Journal,
    seq: usize,
    limit: usize,
) -> UploadAnswer {
    base.clone_into(&mut kiosk.base);
    kiosk.send(&journal.upload(seq, limit)).await
}

#[tokio::test]
async fn what_another_server_took_in_since_is_known_and_forks_are_seen() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let other = house.server.restarted(TrustedProxies::default()).await;
        let (one, other) = (house.server.url(""), other.url(""));
        let mut kiosk = house.kiosk().await;
        for _ in 0..5 {
            kiosk.journal.record(&entry(&house), None);
        }
        let journal = kiosk.journal.clone();
        let mut clone = journal.clone();
        clone.events.truncate(2);
        clone.heads.truncate(3);
        clone.record(&entry(&house), None);

        send(&mut kiosk, &one, &journal, 0, 2).await;
        assert_eq!(send(&mut kiosk, &other, &journal, 2, 1).await.durable, 3, "{engine:?}");
        // As far as the first server remembers, this goes on where the journal ends.
        let again = send(&mut kiosk, &one, &journal, 2, 2).await;
        assert_eq!((again.durable, again.outcome), (4, UploadOutcome::Appended));
        assert_eq!(count(&house).await, 4);
        let forked = send(&mut kiosk, &other, &clone, 2, 1).await;
        assert_eq!(forked.outcome, UploadOutcome::Fork(3));
        assert_eq!(send(&mut kiosk, &one, &journal, 4, 1).await.durable, 5);
        assert_eq!(send(&mut kiosk, &other, &journal, 5, 1).await.durable, 6);
        assert_eq!(count(&house).await, 7);
        assert_eq!(house.alerts().await, ["JOURNAL_FORKED"]);
    }
}

#[tokio::test]
async fn a_life_that_was_followed_meanwhile_is_one_of_two() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let other = house.server.restarted(TrustedProxies::default()).await;
        let other = other.url("");
        let one = house.server.url("");
        for (opened_at, alerts) in [(&one, 1), (&other, 2)] {
            let mut kiosk = house.kiosk().await;
            let mut journal = kiosk.journal.clone();
            send(&mut kiosk, &one, &journal, 0, 1).await;
            let follows = journal.heads.last().copied();
            let mut next = Journal::begin(house.community, kiosk.id, house.gate, &kiosk.key, journal.now);
            next.events.clear();
            next.heads.truncate(1);
            next.record(&Act::Opened { follows, cause: Cause::Damaged }, None);
            send(&mut kiosk, opened_at, &next, 0, 1).await;
            journal.now = next.now.plus(HOUR);
            journal.record(&entry(&house), None);
            assert_eq!(send(&mut kiosk, &one, &journal, 1, 1).await.durable, 2, "{engine:?}");
            assert_eq!(house.alerts().await, vec!["JOURNAL_TWO_LIVES"; alerts]);
        }
    }
}

/// A kiosk that lost its journal begins a life that follows none.
#[tokio::test]
async fn a_life_that_goes_on_beside_one_begun_without_a_journal_is_one_of_two() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let base = house.server.url("");
        let mut kiosk = house.kiosk().await;
        let mut journal = kiosk.journal.clone();
        send(&mut kiosk, &base, &journal, 0, 1).await;
        let begun_at = |now| {
            let mut next = Journal::begin(house.community, kiosk.id, house.gate, &kiosk.key, now);
            next.events.clear();
            next.heads.truncate(1);
            next.record(&Act::Opened { follows: None, cause: Cause::Damaged }, None);
            next
        };
        let (mut wrong_clock, mut next) = (begun_at(journal.now.plus(-DAY)), begun_at(journal.now));
        for life in [&mut wrong_clock, &mut next] {
            send(&mut kiosk, &base, life, 0, 1).await;
            life.now = journal.now.plus(HOUR);
            life.record(&entry(&house), None);
        }
        send(&mut kiosk, &base, &next, 1, 1).await;
        journal.now = next.now.plus(-HOUR);
        journal.record(&entry(&house), None);
        send(&mut kiosk, &base, &journal, 1, 1).await;
        assert!(
            house.alerts().await.is_empty(),
            "{engine:?}: what was still to be sent, and a life by itself"
        );
        journal.now = next.now;
        journal.record(&entry(&house), None);
        assert_eq!(send(&mut kiosk, &base, &journal, 2, 1).await.durable, 3, "{engine:?}");
        assert_eq!(house.alerts().await, ["JOURNAL_TWO_LIVES"]);
    }
}

#[tokio::test]
async fn a_kiosk_begun_by_a_clock_that_was_behind_is_not_taken_for_two() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let base = house.server.url("");
        let mut kiosk = house.kiosk().await;
        let journal = kiosk.journal.clone();
        send(&mut kiosk, &base, &journal, 0, 1).await;
        let behind = journal.now.plus(-DAY);
        let mut next = Journal::begin(house.community, kiosk.id, house.gate, &kiosk.key, behind);
        house.server.clock.advance(MINUTE);
        send(&mut kiosk, &base, &next, 0, 1).await;
        next.now = journal.now.plus(HOUR);
        next.record(&entry(&house), None);
        send(&mut kiosk, &base, &next, 1, 1).await;
        assert!(house.alerts().await.is_empty(), "{engine:?}");
    }
}

#[tokio::test]
async fn a_kiosk_delivers_nothing_more_from_the_moment_it_is_stolen() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        kiosk.send_from(0).await;
        kiosk.journal.record(&entry(&house), None);
        kiosk.send_from(1).await;
        kiosk.journal.record(&entry(&house), None);
        house.revoke(&kiosk, "STOLEN").await;
        let upload = cbor::to_vec(&kiosk.journal.upload(2, 1));
        let refused = kiosk.post("/sync/journal", upload.clone()).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{engine:?}");
        assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["code"], "kiosk_revoked");
        assert_eq!(count(&house).await, 2);
        house.revoke(&kiosk, "RETIRED").await;
        assert_eq!(kiosk.post("/sync/journal", upload).send().await.unwrap().status(), 200);
        assert_eq!(count(&house).await, 3);
    }
}
