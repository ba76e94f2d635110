//! A kiosk's end: on an order that the community root signed for it and its key, and on nothing else.

use std::time::Duration;

use gatehouse_tests::community::{Community, token};
use gatehouse_tests::impostor::Impostor;
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::record;
use gatehouse_tests::server::{Server, Stopped};
use gatehouse_tests::waiting::until;
use serde_json::{Value, json};

const BOUND: Duration = Duration::from_mins(1);

/// Retired while it was cut off: it sends what happened meanwhile, then nothing of it is left.
#[tokio::test]
async fn a_retired_kiosk_sends_what_waits_and_wipes_itself() {
    let (community, kiosk, recorded, stopped) = busy_and_cut_off().await;
    let id = kiosk.id().await;
    let _server = stopped.restart().await;
    end(&community, &id, false).await;

    let done = kiosk.run(&["sync"]).await;
    assert_eq!((done.code, &done.json["ended"]), (3, &json!("RETIRED")), "{} {}", done.json, done.said);
    holds_all(&community, &id, &recorded).await;
    assert!(left_over(&kiosk).is_empty(), "{:?}", left_over(&kiosk));
    assert_eq!(kiosk.run(&["status"]).await.code, 3);
    assert_eq!(state(&community, &id).await, "RETIRED");
}

/// The same for a kiosk that is online: it ends by itself, and the others go on.
#[tokio::test]
async fn a_kiosk_at_work_hears_the_order_and_another_gate_does_not() {
    let (community, server) = Community::found().await;
    let (kiosk, other) = (community.kiosk(&server, "kiosk").await, community.kiosk(&server, "other").await);
    let card = community.pass(&json!({})).await;
    other.succeed(&["sync"]).await;
    let frames = community.frames("frames");
    let mut watching = kiosk.watch(&frames).await;
    end(&community, &kiosk.id().await, false).await;
    let said = watching.next(BOUND).await.unwrap();
    assert_eq!(said["ended"], "RETIRED", "{said}");
    assert!(watching.next(BOUND).await.is_none(), "the process ends");
    assert!(left_over(&kiosk).is_empty(), "{:?}", left_over(&kiosk));
    other.succeed(&["sync"]).await;
    assert_eq!(other.succeed(&["admit", token(&card)]).await["verdict"], "ADMIT");
}

/// Stolen while it was cut off: the first word from the server destroys keys and cache; what it had not sent
/// arrives all the same.
#[tokio::test]
async fn a_stolen_kiosk_destroys_its_keys_and_what_it_had_not_sent_arrives_sealed() {
    let (community, kiosk, recorded, stopped) = busy_and_cut_off().await;
    let id = kiosk.id().await;
    let _server = stopped.restart().await;
    end(&community, &id, true).await;

    let done = kiosk.run(&["sync"]).await;
    assert_eq!((done.code, &done.json["ended"]), (3, &json!("STOLEN")), "{} {}", done.json, done.said);
    assert!(left_over(&kiosk).is_empty(), "{:?}", left_over(&kiosk));
    holds_all(&community, &id, &recorded).await;
    let alerts = community.admin.get("/alerts").await;
    let kinds: Vec<&Value> = alerts["items"].as_array().unwrap().iter().map(|alert| &alert["kind"]).collect();
    assert!(kinds.contains(&&json!("SEALED_JOURNAL")), "{alerts}");
}

/// The thief pulls the plug: what was sealed lies on the disk, unreadable, until somebody hands it in.
#[tokio::test]
async fn what_a_stolen_kiosk_left_sealed_is_handed_in_later() {
    let (community, kiosk, recorded, stopped) = busy_and_cut_off().await;
    let id = kiosk.id().await;
    let server = stopped.restart().await;
    end(&community, &id, true).await;
    let order = order(&server, &id).await;
    let stopped = server.kill().await;
    let thief = Impostor::at(stopped.address(), 403, "kiosk_revoked", Some(order)).await;

    let done = kiosk.run(&["sync"]).await;
    assert_eq!((done.code, &done.json["ended"]), (3, &json!("STOLEN")), "{} {}", done.json, done.said);
    assert_eq!(left_over(&kiosk), ["journal.sealed"]);
    let sealed = std::fs::read(kiosk.data().join("journal.sealed")).unwrap();
    assert!(!sealed.windows(5).any(|bytes| bytes == b"Meera"), "nobody's name can be read");
    assert_eq!(kiosk.run(&["journal", "verify"]).await.code, 3);
    assert_eq!(kiosk.run(&["journal", "hand-in"]).await.code, 5, "the thief is not the server");
    assert_eq!(left_over(&kiosk), ["journal.sealed"]);

    thief.stop().await;
    let _server = stopped.restart().await;
    let handed_in = kiosk.succeed(&["journal", "hand-in"]).await;
    assert_eq!(handed_in["events"], recorded.len(), "{handed_in}");
    holds_all(&community, &id, &recorded).await;
    assert_eq!(kiosk.run(&["journal", "hand-in"]).await.code, 8, "nothing is left to hand in");
    std::fs::write(kiosk.data().join("journal.sealed"), sealed).unwrap();
    kiosk.succeed(&["journal", "hand-in"]).await;
    holds_all(&community, &id, &recorded).await;
}

/// Neither a 401 nor "revoked" nor anybody else's order ends a kiosk.
#[tokio::test]
async fn nothing_but_the_roots_order_to_this_kiosk_ends_it() {
    let (community, server) = Community::found().await;
    let (kiosk, other) = (community.kiosk(&server, "kiosk").await, community.kiosk(&server, "other").await);
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let others = other.id().await;
    end(&community, &others, true).await;
    let others = order(&server, &others).await;
    let mut forged = others.clone();
    forged["signature"] = json!("A".repeat(86));
    let stopped = server.kill().await;

    let frames = community.frames("frames");
    let _watching = kiosk.watch(&frames).await;
    for (status, code, order) in [
        (401, "unauthenticated", None),
        (403, "kiosk_revoked", None),
        (403, "kiosk_revoked", Some(forged)),
        (403, "kiosk_revoked", Some(others)),
    ] {
        let wants_order = order.is_some();
        let impostor = Impostor::at(stopped.address(), status, code, order).await;
        until("the kiosk has asked twice", BOUND, async || {
            drop(kiosk.run(&["check", token(&card)]).await);
            let asked = if wants_order { impostor.asked_for_orders() } else { impostor.asked() };
            (asked >= 2).then_some(())
        })
        .await;
        impostor.stop().await;
        let checked = kiosk.run(&["check", token(&card)]).await;
        assert_eq!(checked.json["verdict"], "ADMIT", "after {status} {code}: {}", checked.json);
    }
    let _server = stopped.restart().await;
    until("it is still this server's kiosk", BOUND, async || {
        (kiosk.run(&["sync"]).await.code == 0).then_some(())
    })
    .await;
}

/// A kiosk that recorded while its server was away, with the events it recorded.
async fn busy_and_cut_off() -> (Community, Kiosk, Vec<Value>, Stopped) {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let stopped = server.kill().await;
    let mut recorded = Vec::new();
    for act in ["admit", "exit", "admit", "exit"] {
        recorded.push(kiosk.succeed(&[act, token(&card)]).await["event_id"].clone());
    }
    (community, kiosk, recorded, stopped)
}

async fn end(community: &Community, id: &str, stolen: bool) {
    community.admin.post(&format!("/kiosks/{id}/revoke"), &json!({ "stolen": stolen })).await;
}

/// The order that ends a kiosk, as anybody may read it.
async fn order(server: &Server, id: &str) -> Value {
    let answer = reqwest::get(format!("{}/sync/orders/{id}", server.url())).await.unwrap();
    answer.json().await.unwrap()
}

async fn holds_all(community: &Community, id: &str, recorded: &[Value]) {
    let events = record::held_of(community, id).await;
    record::is_gapless(&events);
    for event in recorded {
        assert_eq!(record::times(&events, event), 1, "{event}");
    }
}

async fn state(community: &Community, id: &str) -> Value {
    let kiosks = community.admin.get("/kiosks").await;
    let found = kiosks["items"].as_array().unwrap().iter().find(|kiosk| kiosk["id"] == id).cloned();
    found.unwrap()["state"].clone()
}

/// What lies in the folder that says anything of keys, community or visitors, in alphabetical order.
fn left_over(kiosk: &Kiosk) -> Vec<String> {
    let mut left: Vec<String> = kiosk
        .data()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !["lock", "time", "window.json"].contains(&name.as_str()))
        .collect();
    left.sort();
    left
}
