//! The network, the server and the power go away; the gate does not.

use std::time::Duration;

use gatehouse_tests::chance::Chance;
use gatehouse_tests::community::{Community, token};
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::record;
use gatehouse_tests::server::How;
use gatehouse_tests::waiting::until;
use serde_json::{Value, json};
use tokio::time::Instant;

const DELIVERY: Duration = Duration::from_secs(90);

/// The server is gone: decisions go on, all of it waits. It is back: everything arrives once, in order.
#[tokio::test]
async fn decisions_go_on_without_a_server() {
    decisions_go_on(How::default()).await;
}

/// The same with PostgreSQL behind the server.
#[tokio::test]
async fn decisions_go_on_without_a_server_on_postgresql() {
    decisions_go_on(How::on_postgres()).await;
}

async fn decisions_go_on(how: How) {
    let (community, server) = Community::found_on(how).await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let cards = [community.pass(&json!({})).await, community.pass(&json!({ "name": "Kabir" })).await];
    kiosk.succeed(&["sync"]).await;
    let frames = community.frames("frames");
    let _watching = kiosk.watch(&frames).await;

    let stopped = server.kill().await;
    let mut recorded = Vec::new();
    for turn in 0..6 {
        let card = &cards[turn % 2];
        let act = if turn / 2 % 2 == 0 { "admit" } else { "exit" };
        recorded.push(kiosk.succeed(&[act, token(card)]).await["event_id"].clone());
    }
    let status = kiosk.succeed(&["status"]).await;
    assert_eq!(status["waiting"], recorded.len(), "{status}");

    let _server = stopped.restart().await;
    let account = record::delivered(&kiosk, DELIVERY).await;
    let events = record::held_by_server(&community, &kiosk).await;
    record::is_gapless(&events);
    assert_eq!(account["events"], events.len());
    let order: Vec<&Value> =
        events.iter().map(|event| &event["id"]).filter(|id| recorded.contains(id)).collect();
    assert_eq!(order, recorded.iter().collect::<Vec<_>>());
}

/// Server and kiosk are killed in turn, at moments drawn from a seed, while visitors come and go. Whatever
/// was answered "done" is on the server in the end, once; nothing else is damaged.
#[tokio::test]
async fn nothing_is_lost_when_the_power_goes_again_and_again() {
    the_power_goes(How::default()).await;
}

/// The same with PostgreSQL behind the server.
#[tokio::test]
async fn nothing_is_lost_when_the_power_goes_again_and_again_on_postgresql() {
    the_power_goes(How::on_postgres()).await;
}

async fn the_power_goes(how: How) {
    let seed = Chance::seed();
    let mut chance = Chance::new(seed);
    let (community, server) = Community::found_on(how).await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let mut cards = Vec::new();
    for guest in 0..4 {
        cards.push(community.pass(&json!({ "name": format!("Guest {guest}") })).await);
    }
    kiosk.succeed(&["sync"]).await;
    let frames = community.frames("frames");
    let mut server = server;
    let mut watching = kiosk.watch(&frames).await;
    let mut done = Vec::new();

    for _ in 0..14 {
        let moment = Duration::from_millis(chance.below(600));
        // Visitors come and go until the moment of the cut; whatever is under way then is cut with it.
        drop(tokio::time::timeout(moment, come_and_go(&kiosk, &cards, &mut done, &mut chance)).await);
        if chance.below(2) == 0 {
            server = server.kill().await.restart().await;
        } else {
            watching.kill().await;
            // For a while the command line has the folder for itself, then the kiosk is back.
            let moment = Duration::from_millis(chance.below(300));
            drop(tokio::time::timeout(moment, come_and_go(&kiosk, &cards, &mut done, &mut chance)).await);
            watching = kiosk.watch(&frames).await;
        }
    }
    until("the kiosk answers again", DELIVERY, async || {
        (kiosk.run(&["status"]).await.code == 0).then_some(())
    })
    .await;
    for card in &cards {
        if let Some(event) = admit_or_let_out(&kiosk, card, "exit").await {
            done.push(event);
        }
    }

    let account = record::delivered(&kiosk, DELIVERY).await;
    let events = record::held_by_server(&community, &kiosk).await;
    record::is_gapless(&events);
    assert_eq!(account["events"], events.len(), "seed {seed}");
    assert_eq!(account["lives"], 1, "seed {seed}: {account}");
    assert!(done.len() > 4, "seed {seed}: only {} events: nothing was tried", done.len());
    for event in &done {
        assert_eq!(record::times(&events, event), 1, "seed {seed}: {event}");
    }
    drop((watching, server));
}

async fn come_and_go(kiosk: &Kiosk, cards: &[Value], done: &mut Vec<Value>, chance: &mut Chance) {
    loop {
        let card = &cards[usize::try_from(chance.below(cards.len() as u64)).unwrap()];
        let act = if chance.below(2) == 0 { "admit" } else { "exit" };
        if let Some(event) = admit_or_let_out(kiosk, card, act).await {
            done.push(event);
        }
    }
}

/// The event that was recorded, where one was.
async fn admit_or_let_out(kiosk: &Kiosk, card: &Value, act: &str) -> Option<Value> {
    let tried = kiosk.run(&[act, token(card)]).await;
    tried.json.get("event_id").filter(|id| id.is_string()).cloned()
}

/// Whoever restarts finds the gate working before the server is there.
#[tokio::test]
async fn a_kiosk_that_starts_without_a_network_decides() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let _stopped = server.kill().await;
    let checked = kiosk.run(&["check", token(&card)]).await;
    assert_eq!(checked.json["verdict"], "ADMIT", "{}", checked.json);
    let began = Instant::now();
    let synced = kiosk.run(&["sync"]).await;
    assert_eq!((synced.code, &synced.json["ok"]), (5, &json!(false)));
    assert_eq!(synced.json["error"], "the server cannot be reached");
    assert!(!synced.said.contains('\u{1b}'), "colour is for a terminal: {}", synced.said);
    assert!(synced.said.contains("gatectl: the server cannot be reached"), "{}", synced.said);
    assert!(began.elapsed() < Duration::from_secs(10), "it took {:?}", began.elapsed());
}
