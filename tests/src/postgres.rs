//! A private PostgreSQL, made from this machine's binaries for the tests of one process.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::programs;

/// How many tests can have one.
const DATABASES: u32 = 12;

struct Cluster {
    port: u16,
    /// Holds the standard input whose end ends it.
    _child: Child,
}

static CLUSTER: LazyLock<Cluster> = LazyLock::new(start);
static TAKEN: AtomicU32 = AtomicU32::new(0);

/// A fresh, empty database's URL.
///
/// # Panics
/// When there is no PostgreSQL on this machine, or more tests want one than there are.
pub fn fresh_database() -> String {
    let number = TAKEN.fetch_add(1, Ordering::Relaxed) + 1;
    assert!(number <= DATABASES, "more databases are wanted than are made");
    format!("postgres://gatehouse@127.0.0.1:{}/t{number}", CLUSTER.port)
}

fn start() -> Cluster {
    let bin = binaries().expect("PostgreSQL's programs (initdb, postgres) are needed to test");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = free.expect("a port").port();
    // initdb refuses root.
    let root = Command::new("id").arg("-u").output().expect("id can be run").stdout == b"0\n";
    let mut command = if root { Command::new("setpriv") } else { Command::new("sh") };
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    }
    let script = std::fs::read_to_string(programs::repository().join("scripts/private-postgres"))
        .expect("the script that starts it");
    let mut child = command
        .args(["-c", &script, "sh"])
        .arg(&bin)
        .args([&port.to_string(), "off", &DATABASES.to_string()])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("PostgreSQL can be started");
    let mut line = String::new();
    let output = child.stdout.take().expect("stdout was piped");
    BufReader::new(output).read_line(&mut line).expect("its output can be read");
    assert_eq!(line, "ready\n", "PostgreSQL did not start");
    Cluster { port, _child: child }
}

/// Debian keeps them in a folder of each version, off the PATH.
fn binaries() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<PathBuf> = Path::new("/usr/lib/postgresql")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    on_path.into_iter().flatten().chain(versions.into_iter().rev()).find(|bin| bin.join("initdb").exists())
}
