//! A resident approves, and a thousand kiosks hear of it.

use std::time::{Duration, Instant};

use reqwest::Response;
use tokio::sync::mpsc;

use crate::{
    fresh,
    measure::{Times, line, now},
    support::Engine,
};

const KIOSKS: usize = 1_000;
const APPROVALS: usize = 20;
/// How long to wait for what must come.
const BOUND: Duration = Duration::from_mins(1);

pub async fn run(engine: Engine) {
    let (server, community) = fresh(engine).await;
    let kiosk = crate::kiosk(&server, &community).await;
    let (start, _) = kiosk.snapshot().await;
    let (heard, mut hearing) = mpsc::unbounded_channel();
    for _ in 0..KIOSKS {
        tokio::spawn(listen(kiosk.stream(start).await, heard.clone()));
    }
    let mut at_all = Times::default();
    for _ in 0..APPROVALS {
        let visitor = community.delivery().await;
        all(&mut hearing).await;
        let path = format!("/visitors/{}/approve", visitor["id"].as_str().unwrap());
        let begun = now();
        community.resident.put(&path, &serde_json::Value::Null).await.ok();
        at_all.extend(all(&mut hearing).await.into_iter().map(|at| at - begun));
    }
    line(
        &format!("approval → kiosk, loopback, 1,000 connected, {engine:?}"),
        &format!("p50 {:.1?} p99 {:.1?}", at_all.percentile(50), at_all.percentile(99)),
        "–",
        "p99 < 100 ms",
        at_all.percentile(99) < Duration::from_millis(100),
    );
}

/// When each kiosk heard of the same page.
async fn all(hearing: &mut mpsc::UnboundedReceiver<Instant>) -> Vec<Instant> {
    let mut times = Vec::with_capacity(KIOSKS);
    while times.len() < KIOSKS {
        times.push(tokio::time::timeout(BOUND, hearing.recv()).await.unwrap().unwrap());
    }
    times
}

async fn listen(mut stream: Response, heard: mpsc::UnboundedSender<Instant>) {
    let mut rest = Vec::new();
    while let Ok(Some(bytes)) = stream.chunk().await {
        rest.extend_from_slice(&bytes);
        while let Some(end) = rest.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = rest.drain(..end + 2).collect();
            if event.starts_with(b"event: page") && heard.send(now()).is_err() {
                return;
            }
        }
    }
}
