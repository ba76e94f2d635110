//! Check-ins one by one, over eight connections.

use std::{sync::Arc, time::Duration};

use gatehouse::id::VisitorId;
use gatehouse_server::{OsEntropy, execute};

use crate::{
    bare, fresh,
    kiosk::{TestKiosk, admitted},
    measure::{line, now},
    support::{Engine, START},
};

const CONNECTIONS: usize = 8;
const FOR: Duration = Duration::from_secs(4);
/// More than one kiosk sends in that time.
const EACH: usize = 10_000;
/// Check-ins of each kiosk before anything is measured.
const FIRST: usize = 50;

pub async fn run(engine: Engine) {
    let (server, community) = fresh(engine).await;
    let unit = community.unit["id"].as_str().unwrap().parse().unwrap();
    bare::prepare(&server.app.store).await;
    let mut kiosks: Vec<TestKiosk> = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut kiosk = crate::kiosk(&server, &community).await;
        kiosk.send_from(0).await;
        for _ in 0..EACH {
            kiosk.journal.record(&admitted(VisitorId::new(START, &mut OsEntropy), unit, None), None);
        }
        kiosks.push(kiosk);
    }
    for kiosk in &kiosks {
        for done in 0..FIRST {
            kiosk.send(&kiosk.journal.upload(done + 1, 1)).await;
        }
    }
    if engine == Engine::Postgres {
        // As its autovacuum does within a minute of a table's first rows.
        execute!(&mut server.app.store.look().await.unwrap(), "analyze").unwrap();
    }
    let ours = rate(kiosks.into_iter().map(Arc::new).map(|kiosk| {
        move |done: usize| {
            let kiosk = Arc::clone(&kiosk);
            async move {
                let answer = kiosk.send(&kiosk.journal.upload(FIRST + done + 1, 1)).await;
                assert_eq!(answer.durable, (FIRST + done) as u64 + 2);
            }
        }
    }))
    .await;
    let theirs = rate((0..CONNECTIONS).map(|_| {
        let store = server.app.store.clone();
        move |_| {
            let store = store.clone();
            async move { bare::insert(&store, 1).await }
        }
    }))
    .await;
    line(
        &format!("check-ins a second over HTTP, 8 connections, {engine:?}"),
        &format!("{ours:.0} ({:.0} %)", ours / theirs * 100.0),
        &format!("{theirs:.0} bare statements a second"),
        "≥ 60 %",
        ours >= theirs * 0.6,
    );
}

/// How often a second all of them together do it.
async fn rate<F, D>(each: impl Iterator<Item = F>) -> f64
where
    F: Fn(usize) -> D + Send + 'static,
    D: Future<Output = ()> + Send,
{
    let begun = now();
    let tasks: Vec<_> = each
        .map(|act| {
            tokio::spawn(async move {
                let mut done = 0;
                while begun.elapsed() < FOR {
                    act(done).await;
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    f64::from(u32::try_from(done).unwrap()) / begun.elapsed().as_secs_f64()
}
