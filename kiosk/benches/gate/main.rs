//! How quick the gate is: from what is held before the camera to a verdict, and to an event on the disk, with as
//! much held as DESIGN §12 says. `PASSES` and `EVENTS` in the environment set other numbers.

mod house;
#[path = "../measure/mod.rs"]
mod measure;

use std::{
    error::Error,
    fs::File,
    io::{Seek, Write},
    path::Path,
};

use ed25519_dalek::{Signer, Verifier};
use gatehouse::words::Direction;
use gatehouse_kiosk::{
    camera::CameraSpec,
    desk::{Desk, Outcome},
    keys::{Holder, Wish},
    kiosk::{Kiosk, Settings},
    screen::CameraState,
};
use rusqlite::Connection;

use house::{Coded, House};
use measure::{Times, line, progress, span};

/// How often each thing is done.
const TIMES: usize = 2_000;
/// In microseconds.
const MILLISECOND: u64 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let passes = asked("PASSES", 100_000);
    let events = asked("EVENTS", 1_000_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    println!("\nThe gate, {passes} passes and {events} events held\n");
    progress("loading the community");
    let house = House::build(folder.path(), passes)?;
    measure::head();
    start(folder.path(), "start of the program → camera looking")?;
    let gate = house.open()?;
    house.fill(&gate.desk, events)?;
    verdicts(&house, &gate.desk)?;
    codes(&house, &gate.desk)?;
    durable(&house, &gate.desk, folder.path())?;
    drop(gate);
    start(folder.path(), "the same with all these events")?;
    Ok(())
}

fn asked(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn verdicts(house: &House, desk: &Desk) -> Result<(), Box<dyn Error>> {
    let tokens = house.tokens(TIMES)?;
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let message = [7; 120];
    let signature = key.sign(&message);
    let public = key.verifying_key();
    let (mut verdict, mut alone) = (Times::default(), Times::default());
    for token in &tokens {
        verdict.of(|| desk.check(token))?;
        alone.of(|| public.verify(&message, &signature))?;
    }
    let limit = format!("one Ed25519 check: {alone}");
    let kept = verdict.percentile(99) < MILLISECOND;
    line(["token text → verdict", &verdict.to_string(), &limit, "p99 < 1 ms"], kept);
    Ok(())
}

fn codes(house: &House, desk: &Desk) -> Result<(), Box<dyn Error>> {
    let (mut right, mut wrong) = (Times::default(), Times::default());
    for Coded { unit, code, other } in house.codes(TIMES)? {
        right.of(|| desk.check_code(unit, &code))?;
        wrong.of(|| desk.check_code(unit, &other))?;
    }
    let others = format!("wrong ones: {wrong}");
    let kept = right.percentile(99) < MILLISECOND;
    line(["unit + code → verdict", &right.to_string(), &others, "p99 < 1 ms"], kept);
    Ok(())
}

/// Entries in turn with what no entry can do without: a small write that is made durable, and a plain commit.
fn durable(house: &House, desk: &Desk, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut file = File::create(folder.join("durable"))?;
    file.set_len(4096)?;
    file.sync_all()?;
    let plain = Connection::open(folder.join("plain.db"))?;
    plain.pragma_update(None, "journal_mode", "WAL")?;
    plain.pragma_update(None, "synchronous", "FULL")?;
    plain.execute_batch("create table event(at integer primary key, bytes blob not null)")?;
    let (mut entry, mut fsync, mut commit) = (Times::default(), Times::default(), Times::default());
    let mut verdict = Times::default();
    let bytes = [7_u8; 400];
    for (at, token) in house.tokens(TIMES / 4)?.iter().enumerate() {
        verdict.of(|| desk.check(token))?;
        let outcome = entry.of(|| desk.pass(token, Some(&Direction::Entry)))?;
        if !matches!(outcome, Outcome::In { .. }) {
            return Err(format!("an entry was refused: {outcome:?}").into());
        }
        fsync.of(|| {
            file.rewind()?;
            file.write_all(&bytes)?;
            file.sync_data()
        })?;
        let at = i64::try_from(at)?;
        commit.of(|| plain.execute("insert into event(at, bytes) values (?1, ?2)", (at, &bytes)))?;
    }
    let added = entry.percentile(50).saturating_sub(verdict.percentile(50) + fsync.percentile(50));
    line(
        [
            "verdict → durable event, beyond verdict and one fsync",
            &format!("p50 {}, all of it {entry}", span(added)),
            &format!("fsync {fsync}, plain SQLite commit {commit}"),
            "< 1 ms beyond one fsync",
        ],
        added < MILLISECOND,
    );
    Ok(())
}

/// The whole kiosk but its window, from nothing to a camera that looks and a gate that is open.
fn start(folder: &Path, what: &str) -> Result<(), Box<dyn Error>> {
    let mut times = Times::default();
    let pictures = folder.join("pictures");
    let data = folder.join("kiosk");
    for _ in 0..5 {
        drop(house::given_back(&data)?);
        let settings = Settings {
            data: data.clone(),
            camera: CameraSpec::Files(pictures.clone()),
            keys: Wish::By(Holder::File),
        };
        times.of(|| -> Result<(), Box<dyn Error>> {
            let kiosk = Kiosk::open(settings)?;
            let given_up = gatehouse_kiosk::time::micros() + 60_000_000;
            while kiosk.screen().camera.state != CameraState::Looking {
                if gatehouse_kiosk::time::micros() > given_up {
                    return Err("the camera never looked".into());
                }
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Ok(())
        })?;
    }
    let kept = times.percentile(99) < 1_500 * MILLISECOND;
    line([what, &times.to_string(), "–", "< 1.5 s, without the window"], kept);
    Ok(())
}
