//! How quickly a kiosk and a real server come to hold the same: a large community loaded afresh, and what waited
//! while the network was gone. The server is the program `large_community` of the server's examples, found where
//! `LARGE_COMMUNITY` says or where its workspace builds it; `PASSES` and `WAITING` set other numbers.

#[path = "../measure/mod.rs"]
mod measure;
mod server;

use std::{error::Error, path::Path, sync::Arc};

use ed25519_dalek::{Signer, Verifier};
use gatehouse::{
    id::{UnitId, VisitorId},
    journal::{Act, Cause, Details},
    words::{Credential, Subject, VisitorType},
};
use gatehouse_kiosk::{
    courier::{Courier, News},
    desk::Desk,
    enrol::{Invited, enrol},
    entropy::SystemEntropy,
    folder::Folder,
    journal::JournalError,
    kiosk::{Gate, Ground},
    time::MachineClocks,
};
use rusqlite::Connection;
use tokio::{
    runtime::Runtime,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::{Duration, timeout},
};

use measure::{Times, line, progress};
use server::Server;

/// Far longer than anything here takes.
const BOUND: Duration = Duration::from_mins(5);
/// How often each thing is done.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let passes = asked("PASSES", 100_000);
    let events = asked("WAITING", 1_000);
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = Runtime::new()?;
    println!("\nKiosk and server over loopback, both databases on the disk\n");
    let server = Server::start(&runtime, passes)?;
    measure::head();
    let (mut loading, mut plain) = (Times::default(), Times::default());
    for round in 0..ROUNDS {
        progress(&format!("snapshot {} of {ROUNDS}", round + 1));
        let gate = enrolled(&runtime, &server, &folder.path().join(format!("kiosk{round}")))?;
        loading.of(|| runtime.block_on(until(&gate, |desk| Ok(desk.cache().whole_at().is_some()))))?;
        plain.of(|| rows(&folder.path().join(format!("plain{round}.db")), passes))?;
    }
    line(
        [
            &format!("snapshot of {passes} passes → encrypted cache"),
            &loading.to_string(),
            &format!("as many rows into plain SQLite: {plain}"),
            "< 1.6 s",
        ],
        loading.percentile(50) < 1_600_000,
    );
    let gate = enrolled(&runtime, &server, &folder.path().join("kiosk"))?;
    let sent = |desk: &Desk| Ok(desk.cache().whole_at().is_some() && desk.journal().outbox()?.waiting() == 0);
    runtime.block_on(until(&gate, sent))?;
    let (mut sending, mut checks) = (Times::default(), Times::default());
    for _ in 0..ROUNDS {
        record(&gate.desk, events)?;
        sending.of(|| runtime.block_on(until(&gate, sent)))?;
        checks.of(|| signatures(events))?;
    }
    line(
        [
            &format!("{events} waiting events uploaded"),
            &sending.to_string(),
            &format!("{events} Ed25519 checks: {checks}"),
            "< 0.2 s",
        ],
        sending.percentile(50) < 200_000,
    );
    Ok(())
}

fn asked(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A kiosk at a new gate of the community, its copy still empty.
fn enrolled(runtime: &Runtime, server: &Server, data: &Path) -> Result<Gate, Box<dyn Error>> {
    let ground = Ground::open(Folder::open(data)?, Arc::new(MachineClocks))?;
    let invited = Invited::typed(server.url(), &server.code(runtime)?)?;
    let trusted = runtime.block_on(enrol(&invited, &ground.device(), &ground.time, |_| {}))?;
    trusted.keep(&ground.folder)?;
    Ok(Gate::open(ground, trusted, Cause::Enrolled)?)
}

/// Sets a courier to work until it is `done`.
async fn until(
    gate: &Gate,
    done: impl Fn(&Desk) -> Result<bool, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let (news, mut told): (_, UnboundedReceiver<News>) = unbounded_channel();
    let _courier = Courier::start(&tokio::runtime::Handle::current(), gate.parts()?, news)?;
    while !done(&gate.desk)? {
        timeout(BOUND, told.recv()).await.map_err(|_| "the courier says nothing")?;
    }
    Ok(())
}

/// Records entries as they come with the network gone.
fn record(desk: &Desk, events: usize) -> Result<(), Box<dyn Error>> {
    let stamp = desk.stamp();
    desk.journal().write(|writing| {
        for _ in 0..events {
            let act = Act::Admitted {
                visit: VisitorId::new(stamp.at, &mut SystemEntropy),
                pass: None,
                units: vec![UnitId(uuid::Uuid::from_u128(1))],
                visitor_type: VisitorType::Delivery,
                credential: Credential::Answer,
                people: 1,
                subject: Subject::Visitor,
                live_step: None,
                rules: 1,
            };
            let details = Details { name: Some("Meera".into()), ..Details::default() };
            writing.append(&stamp, &act, Some(details))?;
        }
        Ok::<_, JournalError>(())
    })?;
    Ok(())
}

/// As many rows of the size of a pass, by random keys, into a database without encryption.
fn rows(path: &Path, count: usize) -> Result<(), Box<dyn Error>> {
    let mut plain = Connection::open(path)?;
    plain.pragma_update(None, "journal_mode", "WAL")?;
    plain.pragma_update(None, "synchronous", "NORMAL")?;
    plain.execute_batch("create table row(id blob primary key, body blob not null) without rowid")?;
    let transaction = plain.transaction()?;
    {
        let mut insert = transaction.prepare("insert into row(id, body) values (?1, ?2)")?;
        for number in 0..count {
            let id = gatehouse::hash::Hash::of(&[&number.to_be_bytes()]).0;
            insert.execute((&id[..16], [7_u8; 100]))?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn signatures(count: usize) -> Result<(), Box<dyn Error>> {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let message = [7; 300];
    let signature = key.sign(&message);
    let public = key.verifying_key();
    for _ in 0..count {
        public.verify(&message, &signature)?;
    }
    Ok(())
}
