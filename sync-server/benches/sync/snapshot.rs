//! The server's share of loading a hundred thousand passes.

use std::time::Duration;

use gatehouse::{
    feed::row::PassRow,
    id::PassId,
    time::DAY,
    words::{PassMode, VisitorType},
};
use gatehouse_server::{
    OsEntropy,
    feed::{self, Change},
};

use crate::{
    fresh,
    measure::{line, now},
    support::{Engine, START},
};

const PASSES: usize = 100_000;

pub async fn run(engine: Engine) {
    let (server, community) = fresh(engine).await;
    let unit = community.unit["id"].as_str().unwrap().parse().unwrap();
    let row = PassRow {
        unit,
        visitor_type: VisitorType::Guest,
        mode: PassMode::Static,
        valid_from: START,
        valid_until: START.plus(DAY),
        uses: Some(1),
        windows: Vec::new(),
        revoked_at: None,
        name: "Meera".into(),
        home_gate: None,
        plate4: None,
        company: None,
        people: 1,
    };
    let changes: Vec<Change> =
        (0..PASSES).map(|_| Change::put(PassId::new(START, &mut OsEntropy).0, &row)).collect();
    let mut tx = server.app.store.write().await.unwrap();
    feed::publish(&mut tx, community.id, &changes, START, &mut OsEntropy).await.unwrap();
    tx.commit().await.unwrap();
    let kiosk = crate::kiosk(&server, &community).await;
    let begun = now();
    let (_, rows) = kiosk.snapshot().await;
    let took = begun.elapsed();
    assert!(rows.len() > PASSES);
    line(
        &format!("snapshot of 100,000 passes sent and read, {engine:?}"),
        &format!("{} ms", took.as_millis()),
        "–",
        "< 1.6 s with the kiosk's",
        took < Duration::from_millis(1_600),
    );
}
