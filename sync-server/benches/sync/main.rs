//! How quick the server is with its kiosks, on both engines: each figure beside this machine's limit for the same
//! work, measured in the same run.
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

#[tokio::main]
async fn main() {
    measure::head();
    for engine in ENGINES {
        upload::run(engine).await;
        check_in::run(engine).await;
        approval::run(engine).await;
        snapshot::run(engine).await;
    }
}
