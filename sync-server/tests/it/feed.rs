//! The feed's writing side, on both engines.

use gatehouse::{
    feed::row::{GateRow, RowId},
    id::CommunityId,
    words::GateKind,
};
use gatehouse_server::{
    OsEntropy, execute,
    feed::{self, Change},
    fetch_all,
    store::Store,
};
use uuid::Uuid;

use crate::support::{ENGINES, START, fresh_store};

async fn community(store: &Store) -> CommunityId {
    let id = CommunityId::new(START, &mut OsEntropy);
    let mut tx = store.write().await.unwrap();
    execute!(
        &mut tx,
        "insert into communities (id, name, zone, policy, key_epoch, companies, created_at)
         values ($1, 'Green Park', 'Asia/Kolkata', $2, 1, '', 0)",
        id,
        Vec::new()
    )
    .unwrap();
    feed::begin(&mut tx, id, START, &mut OsEntropy).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn gate(name: &str) -> Change {
    let row = GateRow { name: name.to_owned(), kind: GateKind::Both };
    Change::put(RowId([name.as_bytes()[0]; 16]), &row)
}

async fn rows(store: &Store, community: CommunityId) -> Vec<(i64, bool)> {
    let mut tx = store.read().await.unwrap();
    let sql = "select seq, body is null from feed_rows where community = $1 order by seq";
    fetch_all!(&mut tx, (i64, bool), sql, community).unwrap()
}

#[tokio::test]
async fn changes_are_numbered_in_order_and_each_entity_has_one_row() {
    for engine in ENGINES {
        let (store, _folder) = fresh_store(engine).await;
        let id = community(&store).await;
        let mut tx = store.write().await.unwrap();
        let published =
            feed::publish(&mut tx, id, &[gate("a"), gate("b")], START, &mut OsEntropy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((published.first, published.head.seq), (1, 2), "{engine:?}");

        let mut tx = store.write().await.unwrap();
        let gone = Change::delete::<GateRow>(RowId([b'a'; 16]));
        let next = feed::publish(&mut tx, id, &[gone], START, &mut OsEntropy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(next.head.seq, 3);
        assert_ne!(next.head.mark, published.head.mark);
        assert_eq!(next.head.epoch, published.head.epoch);
        assert_eq!(rows(&store, id).await, [(2, false), (3, true)], "{engine:?}");

        let mut tx = store.write().await.unwrap();
        let none = feed::publish(&mut tx, id, &[], START, &mut OsEntropy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(none.head, next.head, "nothing published leaves the head as it is: {engine:?}");
    }
}

#[tokio::test]
async fn a_rolled_back_change_leaves_no_number_behind() {
    for engine in ENGINES {
        let (store, _folder) = fresh_store(engine).await;
        let id = community(&store).await;
        let mut tx = store.write().await.unwrap();
        feed::publish(&mut tx, id, &[gate("a")], START, &mut OsEntropy).await.unwrap();
        tx.rollback().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let published = feed::publish(&mut tx, id, &[gate("b")], START, &mut OsEntropy).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(published.first, 1, "{engine:?}");
    }
}

/// With a database sequence, a slow transaction that took number 1 commits after a fast one that took 2; a reader
/// in between passes 1 and never sees it. With the counter row, the fast one waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_writer_holds_the_next_one_back_so_that_no_reader_passes_its_change() {
    for engine in ENGINES {
        let (store, _folder) = fresh_store(engine).await;
        let id = community(&store).await;
        let mut slow = store.write().await.unwrap();
        feed::publish(&mut slow, id, &[gate("s")], START, &mut OsEntropy).await.unwrap();

        let (began, begun) = tokio::sync::oneshot::channel();
        let other = store.clone();
        let fast = tokio::spawn(async move {
            began.send(()).unwrap();
            let mut tx = other.write().await.unwrap();
            let published = feed::publish(&mut tx, id, &[gate("f")], START, &mut OsEntropy).await.unwrap();
            tx.commit().await.unwrap();
            published.first
        });
        begun.await.unwrap();
        // Whatever the fast writer has done by now, a reader sees none of the two.
        for _ in 0..20 {
            assert_eq!(rows(&store, id).await, [], "{engine:?}");
            tokio::task::yield_now().await;
        }
        assert!(!fast.is_finished(), "{engine:?}");
        slow.commit().await.unwrap();
        assert_eq!(fast.await.unwrap(), 2, "{engine:?}");
        assert_eq!(rows(&store, id).await, [(1, false), (2, false)], "{engine:?}");
    }
}

#[tokio::test]
async fn readers_in_this_process_are_woken_after_the_commit() {
    let (store, _folder) = fresh_store(crate::support::Engine::Sqlite).await;
    let id = community(&store).await;
    let mut wakes = store.wakes();
    let mut tx = store.write().await.unwrap();
    feed::publish(&mut tx, id, &[gate("a")], START, &mut OsEntropy).await.unwrap();
    assert!(wakes.try_recv().is_err(), "not before the commit");
    tx.commit().await.unwrap();
    assert_eq!(wakes.try_recv().unwrap(), id);
}

#[tokio::test]
async fn two_communities_have_feeds_of_their_own() {
    for engine in ENGINES {
        let (store, _folder) = fresh_store(engine).await;
        let one = community(&store).await;
        let other = {
            let mut tx = store.write().await.unwrap();
            let id = CommunityId(Uuid::from_u128(7));
            execute!(
                &mut tx,
                "insert into communities (id, name, zone, policy, key_epoch, companies, created_at)
                 values ($1, 'Lake View', 'Asia/Kolkata', $2, 1, '', 0)",
                id,
                Vec::new()
            )
            .unwrap();
            feed::begin(&mut tx, id, START, &mut OsEntropy).await.unwrap();
            tx.commit().await.unwrap();
            id
        };
        for id in [one, other] {
            let mut tx = store.write().await.unwrap();
            let published = feed::publish(&mut tx, id, &[gate("a")], START, &mut OsEntropy).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(published.first, 1, "{engine:?}");
        }
    }
}
