//! A server with a large community, for whoever measures a kiosk against it: `large_community PASSES` makes one in
//! a folder of its own, prints its address, and serves until its standard input ends. The admin is
//! `admin@example.com`, password `a long enough one`.

use std::{error::Error, io::Write, sync::Arc};

use axum_server::Handle;
use gatehouse::{
    feed::row::PassRow,
    id::{CommunityId, PassId, UnitId},
    time::DAY,
    words::{PassMode, VisitorType},
};
use gatehouse_server::{
    OsEntropy, WallClock, api,
    app::App,
    feed::{self, Change},
    http::{
        serve::{Certificate, Listening, TlsMode, stop},
        tls::Own,
    },
    secrets::{MasterKey, Sealer},
    setup::{FirstAdmin, first_admin},
    store::Store,
};
use tokio::io::AsyncReadExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let passes: usize = std::env::args().nth(1).ok_or("how many passes?")?.parse()?;
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = tempfile::tempdir()?;
    let store = Store::open_sqlite(&folder.path().join("server.db")).await?;
    let sealer = Sealer::new(&MasterKey::new([1; 32]));
    let own = Certificate::Own(Own { data: folder.path(), store: &store, sealer: &sealer });
    let listening = Listening::bind("127.0.0.1:0".parse()?, TlsMode::Outside, own).await?;
    let app = App::over(store, sealer, Arc::new(WallClock), listening.origin(None)).await?;
    let first = FirstAdmin {
        community: "Palm Grove".into(),
        zone: None,
        name: "Anita".into(),
        email: "admin@example.com".into(),
        phone: "+919800000001".into(),
        password: "a long enough one".into(),
    };
    let made = first_admin(&app, first).await.map_err(|fault| format!("{fault:?}"))?;
    fill(&app, made.community, passes).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", listening.address())?;
    out.flush()?;
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        // Whatever ends the input ends the server.
        drop(tokio::io::stdin().read_to_end(&mut Vec::new()).await);
        stop(&stopping);
    });
    listening.serve(api::router(app), handle).await?;
    Ok(())
}

/// Publishes passes of as many households as would have them.
async fn fill(app: &App, community: CommunityId, passes: usize) -> Result<(), Box<dyn Error>> {
    let now = app.now();
    let mut unit = UnitId::new(now, &mut OsEntropy);
    let mut changes = Vec::with_capacity(passes);
    for number in 0..passes {
        if number % 20 == 0 {
            unit = UnitId::new(now, &mut OsEntropy);
        }
        let row = PassRow {
            unit,
            visitor_type: VisitorType::Guest,
            mode: PassMode::Static,
            valid_from: now,
            valid_until: now.plus(DAY),
            uses: Some(1),
            windows: Vec::new(),
            revoked_at: None,
            name: format!("Visitor {number}"),
            home_gate: None,
            plate4: None,
            company: None,
            people: 1,
        };
        changes.push(Change::put(PassId::new(now, &mut OsEntropy).0, &row));
    }
    let mut tx = app.store.write().await?;
    feed::publish(&mut tx, community, &changes, now, &mut OsEntropy).await?;
    tx.commit().await?;
    Ok(())
}
