//! Check-ins one by one, over eight connections.
//!
//! Their limit is the [bare statement](crate::bare), written by as many at once through the same pool.

use std::time::Duration;

use gatehouse::{id::VisitorId, sync::UploadAnswer};
use gatehouse_server::{OsEntropy, execute, store::Store};

use crate::{
    bare,
    connection::{self, Connection},
    fresh,
    kiosk::admitted,
    measure::{line, now},
    support::Engine,
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
    let mut senders = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut kiosk = crate::kiosk(&server, &community).await;
        kiosk.send_from(0).await;
        for _ in 0..EACH {
            let visit = VisitorId::new(kiosk.journal.now, &mut OsEntropy);
            kiosk.journal.record(&admitted(visit, unit, None), None);
        }
        let upload = |seq| {
            let upload = kiosk.journal.upload(seq, 1);
            connection::post(server.address, "/sync/journal", &kiosk.token, &upload)
        };
        let uploads = (1..=EACH).map(upload).collect();
        senders.push(Sender { connection: Connection::open(server.address).await, uploads, done: 0 });
    }
    for sender in &mut senders {
        for _ in 0..FIRST {
            sender.act().await;
        }
    }
    if engine == Engine::Postgres {
        // As its autovacuum does within a minute of a table's first rows.
        execute!(&mut server.app.store.look().await.unwrap(), "analyze").unwrap();
    }
    let ours = rate(senders).await;
    let theirs = rate(vec![server.app.store.clone(); CONNECTIONS]).await;
    line(
        &format!("check-ins a second over HTTP, 8 connections, {engine:?}"),
        &format!("{ours:.0} ({:.0} %)", ours / theirs * 100.0),
        &format!("{theirs:.0} bare statements a second"),
        "≥ 60 %",
        ours >= theirs * 0.6,
    );
}

/// What is done again and again.
trait Act: Send + 'static {
    fn act(&mut self) -> impl Future<Output = ()> + Send;
}

/// One kiosk's connection, and what it is to send.
struct Sender {
    connection: Connection,
    uploads: Vec<Vec<u8>>,
    done: usize,
}

impl Act for Sender {
    async fn act(&mut self) {
        let answer: UploadAnswer = self.connection.ask(&self.uploads[self.done]).await;
        self.done += 1;
        assert_eq!(answer.durable, self.done as u64 + 1);
    }
}

impl Act for Store {
    async fn act(&mut self) {
        bare::insert(self, 1).await;
    }
}

/// How often a second all of them together do it.
async fn rate<A: Act>(all: Vec<A>) -> f64 {
    let begun = now();
    let tasks: Vec<_> = all
        .into_iter()
        .map(|mut each| {
            tokio::spawn(async move {
                let mut done = 0;
                while begun.elapsed() < FOR {
                    each.act().await;
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
