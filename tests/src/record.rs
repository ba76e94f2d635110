//! What happened, as the server and as the kiosk hold it, and the laws both have to keep.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::community::Community;
use crate::kiosk::Kiosk;
use crate::waiting::until;

/// `gatectl journal verify`, which has to succeed.
pub async fn own(kiosk: &Kiosk) -> Value {
    let verified = kiosk.succeed(&["journal", "verify"]).await;
    assert_eq!(verified["ok"], true, "{verified}");
    verified
}

/// Every event of the kiosk that the server holds, in the order it lists them.
pub async fn held_by_server(community: &Community, kiosk: &Kiosk) -> Vec<Value> {
    held_of(community, &kiosk.id().await).await
}

/// The same for a kiosk of which nothing but its id is left.
pub async fn held_of(community: &Community, id: &str) -> Vec<Value> {
    let mut events = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = community.admin.get(&format!("/journal/events?kiosk_id={id}&limit=200{cursor}")).await;
        events.extend(page["items"].as_array().expect("a list has items").iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return events,
        }
    }
}

/// Every life of the journal counts from 1 without a gap and without a double, and no id stands twice.
pub fn is_gapless(events: &[Value]) {
    let mut lives: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let mut ids = Vec::new();
    for event in events.iter().filter(|event| event["in_chain"] == true) {
        let life = event["incarnation_id"].as_str().expect("an event is of a life");
        lives.entry(life).or_default().push(event["seq"].as_u64().expect("a seq is a number"));
        ids.push(event["id"].as_str().expect("an event has an id"));
    }
    for (life, mut seqs) in lives {
        seqs.sort_unstable();
        let expected: Vec<u64> = (1..=seqs.len() as u64).collect();
        assert_eq!(seqs, expected, "the places of life {life}");
    }
    ids.sort_unstable();
    let before = ids.len();
    ids.dedup();
    assert_eq!(before, ids.len(), "an id stands twice");
}

/// How often an event stands among those the server holds.
pub fn times(events: &[Value], id: &Value) -> usize {
    events.iter().filter(|event| event["id"] == *id).count()
}

/// Waits until the server has acknowledged all that the kiosk recorded, and returns the kiosk's account.
pub async fn delivered(kiosk: &Kiosk, bound: Duration) -> Value {
    until("everything is acknowledged", bound, async || {
        let done = kiosk.run(&["status"]).await;
        (done.code == 0 && done.json["waiting"] == 0).then_some(())
    })
    .await;
    own(kiosk).await
}
