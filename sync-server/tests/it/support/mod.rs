//! A fresh server for each test, on a fresh database of either engine, spoken to over HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

pub mod held;
pub mod people;
pub mod postgres;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum_server::Handle;
use gatehouse::time::{Clock, UnixMs};
use gatehouse_server::{
    api,
    app::App,
    fetch_one,
    http::{
        TrustedProxies,
        serve::{Certificate, ListenError, Listening, TlsMode, stop},
        tls::Own,
    },
    secrets::{MasterKey, Sealer},
    store::Store,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Both, for the store's contract.
pub const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

impl Engine {
    /// The engine that route tests run on: SQLite, or what `GATEHOUSE_TEST_ENGINE` says.
    pub fn chosen() -> Self {
        match std::env::var("GATEHOUSE_TEST_ENGINE").as_deref() {
            Ok("postgres") => Self::Postgres,
            _ => Self::Sqlite,
        }
    }
}

/// A fresh, empty database of `engine`; the folder holds SQLite's file.
pub async fn fresh_store(engine: Engine) -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = match engine {
        Engine::Sqlite => Store::open_sqlite(&folder.path().join("test.db")).await.unwrap(),
        Engine::Postgres => Store::open_postgres(&postgres::fresh_database(false).await).await.unwrap(),
    };
    (store, folder)
}

/// Waits until `task` waits for a lock of this PostgreSQL's, or has ended without.
pub async fn until_it_waits<T>(store: &Store, task: &JoinHandle<T>) {
    let waits = async {
        while !task.is_finished() {
            let mut tx = store.read().await.unwrap();
            let sql = "select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'";
            if fetch_one!(&mut tx, (i64,), sql).unwrap().0 > 0 {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waits).await.expect("it neither waits nor ends");
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

/// 2026-03-02 (a Monday) 10:00 in India.
pub const START: UnixMs = UnixMs(1_772_425_800_000);

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START.0)))
    }

    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::SeqCst))
    }
}

/// What tests seal with.
pub fn sealer() -> Sealer {
    Sealer::new(&MasterKey::new([42; 32]))
}

/// Binds a free port of 127.0.0.1, with the data folder `folder`.
pub async fn listen(
    store: &Store,
    folder: &TempDir,
    sealer: &Sealer,
    mode: TlsMode,
) -> Result<Listening, ListenError> {
    let own = Certificate::Own(Own { data: folder.path(), store, sealer });
    Listening::bind("127.0.0.1:0".parse().unwrap(), mode, own).await
}

/// A server of its own on 127.0.0.1, stopped when dropped.
pub struct Served {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub address: SocketAddr,
    pub http: reqwest::Client,
    handle: Handle<SocketAddr>,
    _folder: TempDir,
}

impl Served {
    /// Serves on a fresh database of the engine chosen.
    pub async fn fresh() -> Self {
        Self::on(Engine::chosen()).await
    }

    /// Serves on a fresh database of `engine`.
    pub async fn on(engine: Engine) -> Self {
        let (store, folder) = fresh_store(engine).await;
        Self::over(store, folder).await
    }

    /// Serves on a database of its own.
    pub async fn over(store: Store, folder: TempDir) -> Self {
        // A second test of this process finds it installed: that is fine.
        drop(rustls::crypto::ring::default_provider().install_default());
        let clock = TestClock::new();
        let sealer = sealer();
        let listening = listen(&store, &folder, &sealer, TlsMode::Outside).await.unwrap();
        let address = listening.address();
        let origin = listening.origin(None);
        let app = App::over(store, sealer, Arc::<TestClock>::clone(&clock), origin).await.unwrap();
        let handle = Handle::new();
        tokio::spawn(listening.serve(api::router(app.clone()), handle.clone()));
        Self { app, clock, address, http: reqwest::Client::new(), handle, _folder: folder }
    }

    /// Another server over the same database, as after a restart, behind these proxies.
    pub async fn restarted(&self, proxies: TrustedProxies) -> Self {
        self.again(proxies, None).await
    }

    /// Another server over the same database, which takes itself to be reached at `url`.
    pub async fn reached_at(&self, url: &str) -> Self {
        self.again(TrustedProxies::default(), Some(url)).await
    }

    async fn again(&self, proxies: TrustedProxies, url: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sealer = sealer();
        let listening = listen(&self.app.store, &folder, &sealer, TlsMode::Outside).await.unwrap();
        let address = listening.address();
        let clock = Arc::clone(&self.clock);
        let app =
            App::over(self.app.store.clone(), sealer, Arc::<TestClock>::clone(&clock), listening.origin(url))
                .await
                .unwrap()
                .behind(proxies);
        let handle = Handle::new();
        tokio::spawn(listening.serve(api::router(app.clone()), handle.clone()));
        Self { app, clock, address, http: reqwest::Client::new(), handle, _folder: folder }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        stop(&self.handle);
    }
}
