//! A private PostgreSQL for the tests of this process: made from local binaries, gone when the process is.

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{Connection, PgConnection};

/// Runs until its standard input closes, which happens when this process ends, however it ends.
const SCRIPT: &str = include_str!("../../../../scripts/private-postgres");

struct Cluster {
    url: String,
    // Holds the standard input whose end ends the server.
    _child: Option<Child>,
}

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| start("off"));
static DURABLE: LazyLock<Cluster> = LazyLock::new(|| start("on"));
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh, empty database. `durable`: its commits reach the disk, as for what is measured.
pub async fn fresh_database(durable: bool) -> String {
    let cluster = if durable { &DURABLE } else { &CLUSTER };
    let admin = tokio::task::spawn_blocking(|| cluster.url.clone()).await.unwrap();
    let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&admin).await.unwrap();
    let create = format!("create database {name}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// Starts one; `durable` says whether commits reach the disk: `on` or `off`.
fn start(durable: &str) -> Cluster {
    if let Ok(url) = env::var("GATEHOUSE_TEST_POSTGRES") {
        return Cluster { url, _child: None };
    }
    let bin = binaries().expect("PostgreSQL's server programs (initdb, postgres) are needed to test");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // initdb refuses root.
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if root { Command::new("setpriv") } else { Command::new("sh") };
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    }
    let mut child = command
        .args(["-c", SCRIPT, "sh"])
        .arg(&bin)
        .arg(port.to_string())
        .arg(durable)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n", "PostgreSQL did not start");
    Cluster { url: format!("postgres://gatehouse@127.0.0.1:{port}/postgres"), _child: Some(child) }
}

fn binaries() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<PathBuf> = Path::new("/usr/lib/postgresql")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    on_path.into_iter().flatten().chain(versions.into_iter().rev()).find(|dir| dir.join("initdb").exists())
}
