//! Disks that were cloned, restored, deleted: the gate works on, and nothing that happened is forgotten.

use std::path::Path;
use std::time::Duration;

use gatehouse_tests::clocks::Clocks;
use gatehouse_tests::community::{Community, token};
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::record;
use gatehouse_tests::server::Server;
use gatehouse_tests::waiting::until;
use serde_json::{Value, json};
use tokio::process::Command;

const DELIVERY: Duration = Duration::from_secs(90);

/// A deleted copy of the community is fetched again; the gate judges by the pass itself until then.
#[tokio::test]
async fn a_deleted_cache_is_fetched_again() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    delete_database(&kiosk, "cache.db");
    let checked = kiosk.run(&["check", token(&card)]).await;
    assert!([0, 10, 11].contains(&checked.code), "a verdict, not an error: {}", checked.json);
    kiosk.succeed(&["sync"]).await;
    let admitted = kiosk.succeed(&["admit", token(&card)]).await;
    assert_eq!(admitted["verdict"], "ADMIT");
    kiosk.succeed(&["sync"]).await;
    record::is_gapless(&record::held_by_server(&community, &kiosk).await);
}

/// A deleted journal: a new life begins, the server keeps the old one, both are whole.
#[tokio::test]
async fn a_deleted_journal_begins_a_new_life() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let before = kiosk.succeed(&["admit", token(&card)]).await["event_id"].clone();
    kiosk.succeed(&["sync"]).await;
    delete_database(&kiosk, "journal.db");
    let after = kiosk.succeed(&["exit", token(&card)]).await["event_id"].clone();
    kiosk.succeed(&["sync"]).await;
    let events = record::held_by_server(&community, &kiosk).await;
    record::is_gapless(&events);
    assert_eq!((record::times(&events, &before), record::times(&events, &after)), (1, 1));
    assert_eq!(lives(&events), 2);
}

/// Two kiosks from one disk: both histories are kept, whoever finds out begins a new life and goes on.
#[tokio::test]
async fn a_cloned_disk_loses_neither_history() {
    let Cloned { clone, kiosk, cards, server: _server, community } = Cloned::make().await;

    let mut recorded = vec![kiosk.succeed(&["admit", token(&cards[0])]).await["event_id"].clone()];
    recorded.push(clone.succeed(&["admit", token(&cards[1])]).await["event_id"].clone());
    kiosk.succeed(&["sync"]).await;
    // The first try finds the fork, the next ones go on in a new life.
    until("the clone delivers", DELIVERY, async || {
        let synced = clone.run(&["sync"]).await;
        (synced.code == 0 && synced.json["waiting"] == 0).then_some(())
    })
    .await;
    recorded.push(clone.succeed(&["exit", token(&cards[1])]).await["event_id"].clone());
    recorded.push(kiosk.succeed(&["exit", token(&cards[0])]).await["event_id"].clone());
    clone.succeed(&["sync"]).await;
    kiosk.succeed(&["sync"]).await;

    let events = record::held_by_server(&community, &kiosk).await;
    record::is_gapless(&events);
    for event in &recorded {
        assert_eq!(record::times(&events, event), 1, "{event} of {recorded:?}");
    }
    record::own(&kiosk).await;
    record::own(&clone).await;
}

/// A copied disk whose journal is gone begins a life that follows none, and the first disk goes on: neither history is
/// lost, and the admins are told that two disks have the key.
#[tokio::test]
async fn two_lives_of_one_key_without_a_link_lose_nothing_and_are_told_of() {
    let Cloned { clone, kiosk, cards, server: _server, community } = Cloned::make().await;
    delete_database(&clone, "journal.db");

    let other = clone.succeed(&["admit", token(&cards[1])]).await["event_id"].clone();
    clone.succeed(&["sync"]).await;
    // Long enough after the other one began to be no remainder of before.
    let mut clocks = Clocks::right(&community.folder.path().join("clocks"));
    clocks.sleep(Duration::from_mins(10));
    let kiosk = kiosk.by(&clocks);
    let first = kiosk.succeed(&["admit", token(&cards[0])]).await["event_id"].clone();
    assert!(!is_told_of_two(&community).await, "so far it may be one disk");
    kiosk.succeed(&["sync"]).await;
    assert!(is_told_of_two(&community).await);

    let events = record::held_by_server(&community, &kiosk).await;
    record::is_gapless(&events);
    assert_eq!((record::times(&events, &first), record::times(&events, &other)), (1, 1));
    assert_eq!(lives(&events), 2);
    record::own(&kiosk).await;
    record::own(&clone).await;
}

/// The server is set back to yesterday's copy: kiosks load what it has now and send again what it lost.
#[tokio::test]
async fn a_server_restored_from_an_old_copy_gets_its_events_again() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let stopped = server.kill().await;
    let yesterday = community.folder.path().join("yesterday");
    copy(stopped.data(), &yesterday).await;

    let server = stopped.restart().await;
    let lost = kiosk.succeed(&["admit", token(&card)]).await["event_id"].clone();
    kiosk.succeed(&["sync"]).await;
    let stopped = server.kill().await;
    std::fs::remove_dir_all(stopped.data()).unwrap();
    std::fs::rename(&yesterday, stopped.data()).unwrap();
    let _server = stopped.restart().await;
    let none = record::held_by_server(&community, &kiosk).await;
    assert_eq!(record::times(&none, &lost), 0, "the copy is from before");

    let next = kiosk.succeed(&["exit", token(&card)]).await["event_id"].clone();
    until("the kiosk has sent it again", DELIVERY, async || {
        kiosk.run(&["sync"]).await;
        let events = record::held_by_server(&community, &kiosk).await;
        (record::times(&events, &lost) == 1 && record::times(&events, &next) == 1).then_some(())
    })
    .await;
    record::is_gapless(&record::held_by_server(&community, &kiosk).await);
    record::own(&kiosk).await;
}

/// Two kiosks from one disk, and passes that both know.
struct Cloned {
    clone: Kiosk,
    kiosk: Kiosk,
    cards: [Value; 2],
    server: Server,
    community: Community,
}

impl Cloned {
    async fn make() -> Self {
        let (community, server) = Community::found().await;
        let kiosk = community.kiosk(&server, "kiosk").await;
        let cards = [community.pass(&json!({})).await, community.pass(&json!({ "name": "Kabir" })).await];
        kiosk.succeed(&["sync"]).await;
        let clone = Kiosk::at(&community.folder.path().join("clone"));
        copy(kiosk.data(), clone.data()).await;
        Self { clone, kiosk, cards, server, community }
    }
}

/// Whether the admins are told that two disks have one key.
async fn is_told_of_two(community: &Community) -> bool {
    let alerts = community.admin.get("/alerts").await;
    alerts["items"].as_array().unwrap().iter().any(|alert| alert["kind"] == "JOURNAL_TWO_LIVES")
}

fn lives(events: &[Value]) -> usize {
    let mut lives: Vec<&str> = events.iter().filter_map(|event| event["incarnation_id"].as_str()).collect();
    lives.sort_unstable();
    lives.dedup();
    lives.len()
}

fn delete_database(kiosk: &Kiosk, name: &str) {
    for ending in ["", "-wal", "-shm"] {
        let path = kiosk.data().join(format!("{name}{ending}"));
        if path.exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(!kiosk.data().join(name).exists());
}

async fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().await.unwrap();
    assert!(copied.success());
}
