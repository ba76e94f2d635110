//! A thousand waiting events.

use std::time::Duration;

use gatehouse::{id::VisitorId, sync::Upload};
use gatehouse_server::OsEntropy;

use crate::{
    bare, fresh,
    kiosk::{Journal, admitted, named},
    measure::{Times, line, now},
    support::{Engine, START},
};

const EVENTS: usize = 1_000;
const ROUNDS: usize = 5;

pub async fn run(engine: Engine) {
    let (server, community) = fresh(engine).await;
    let unit = community.unit["id"].as_str().unwrap().parse().unwrap();
    bare::prepare(&server.app.store).await;
    let mut took = Times::default();
    let mut checked = Times::default();
    let mut inserted = Times::default();
    for _ in 0..ROUNDS {
        let mut kiosk = crate::kiosk(&server, &community).await;
        for _ in 1..EVENTS {
            let visit = VisitorId::new(START, &mut OsEntropy);
            kiosk.journal.record(&admitted(visit, unit, None), Some(named("Meera")));
        }
        let begun = now();
        for seq in (0..EVENTS).step_by(Upload::MAX_EVENTS) {
            let answer = kiosk.send(&kiosk.journal.upload(seq, Upload::MAX_EVENTS)).await;
            assert_eq!(answer.durable, (seq + Upload::MAX_EVENTS) as u64);
        }
        took.add(begun.elapsed());
        let begun = now();
        check(&kiosk.journal);
        checked.add(begun.elapsed());
        let begun = now();
        bare::insert(&server.app.store, EVENTS as u64).await;
        inserted.add(begun.elapsed());
    }
    line(
        &format!("1,000 waiting events uploaded, {engine:?}"),
        &format!("{:.0?}", took.percentile(50)),
        &format!("signatures {:.0?}, bare inserts {:.0?}", checked.percentile(50), inserted.percentile(50)),
        "< 200 ms",
        took.percentile(50) < Duration::from_millis(200),
    );
}

/// Checks every signature, one after another.
fn check(journal: &Journal) {
    let key = ed25519_dalek::VerifyingKey::from_bytes(&journal.key.public().0).unwrap();
    for (event, before) in journal.events.iter().zip(&journal.heads) {
        event.event.verify(before, journal.kiosk, &key).unwrap();
    }
}
