//! How quick the server is with its kiosks, on both engines: each figure beside this machine's limit for the same
//! work, measured in the same run.
//!
//! Words behind `--` choose: `cargo bench … --bench sync -- check-ins postgres` measures those on that engine alone.
#![expect(clippy::unwrap_used, reason = "what cannot be measured is to stop the run")]

#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../../tests/it/sync/house.rs"]
mod house;
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../../tests/it/sync/kiosk.rs"]
mod kiosk;
mod measure;
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../../tests/it/support/mod.rs"]
mod support;

mod approval;
mod bare;
mod check_in;
mod connection;
mod snapshot;
mod upload;

use gatehouse_server::store::Store;
use support::{ENGINES, Engine, Served, people::Community, postgres::fresh_database};

/// A server whose commits reach the disk, with a community.
async fn fresh(engine: Engine) -> (Served, Community) {
    let folder = tempfile::tempdir().unwrap();
    let store = match engine {
        Engine::Sqlite => Store::open_sqlite(&folder.path().join("bench.db")).await.unwrap(),
        Engine::Postgres => Store::open_postgres(&fresh_database(true).await).await.unwrap(),
    };
    let server = Served::over(store, folder).await;
    let community = Community::found(&server, 1).await;
    (server, community)
}

/// A kiosk of the community, signed in.
async fn kiosk(server: &Served, community: &Community) -> kiosk::TestKiosk {
    let wanted = serde_json::json!({"gate_id": community.gate["id"], "name": "Bench"});
    let code = community.admin.post("/kiosks/enrolments", &wanted).await.ok();
    let mut kiosk = kiosk::TestKiosk::redeem(server, code["code"].as_str().unwrap()).await;
    kiosk.sign_in().await;
    kiosk
}

/// Whether `word` was asked for, or none of those it stands among.
fn chosen(word: &str, of: &[&str]) -> bool {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    asked.iter().any(|asked| asked == word) || !asked.iter().any(|asked| of.contains(&asked.as_str()))
}

const PARTS: [&str; 4] = ["upload", "check-ins", "approval", "snapshot"];

#[tokio::main]
async fn main() {
    measure::head();
    for engine in ENGINES {
        let name = match engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        };
        if !chosen(name, &["sqlite", "postgres"]) {
            continue;
        }
        for part in PARTS.into_iter().filter(|part| chosen(part, &PARTS)) {
            match part {
                "upload" => upload::run(engine).await,
                "check-ins" => check_in::run(engine).await,
                "approval" => approval::run(engine).await,
                _ => snapshot::run(engine).await,
            }
        }
    }
}
