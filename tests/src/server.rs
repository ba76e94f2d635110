//! The real sync server as a process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{postgres, programs};

/// How long a server may take to start on a loaded machine.
const START: Duration = Duration::from_mins(1);

/// How a server is run.
#[derive(Clone, Debug, Default)]
pub struct How {
    /// It speaks TLS, with a certificate of its own making.
    pub tls: bool,
    /// A PostgreSQL's URL in place of the SQLite in its folder.
    pub database: Option<String>,
}

impl How {
    /// On an empty database of the tests' PostgreSQL.
    pub fn on_postgres() -> Self {
        Self { database: Some(postgres::fresh_database()), ..Self::default() }
    }
}

/// A running `gatehouse-server serve`. Killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    data: PathBuf,
    how: How,
}

impl Server {
    /// Starts a server over `data` on a free port and waits until it listens.
    pub async fn start(data: &Path) -> Self {
        Self::start_as(data, "127.0.0.1:0", How::default()).await
    }

    /// Starts a server over `data` at `address`: after a kill the same one has to be had again.
    pub async fn start_as(data: &Path, address: &str, how: How) -> Self {
        let log = log_file(data);
        let mut child = Command::new(programs::server())
            .args(["serve", "--listen", address, "--data"])
            .arg(data)
            .args(how.database.iter().flat_map(|url| ["--database", url]))
            .args(how.tls.then_some("--tls"))
            .env("GATEHOUSE_LOG", std::env::var("GATE_TESTS_LOG").unwrap_or_else(|_| "info".to_owned()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the server can be started");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout was piped")).lines();
        let first = tokio::time::timeout(START, lines.next_line())
            .await
            .expect("the server prints its address in time")
            .expect("the server's output can be read")
            .unwrap_or_else(|| {
                panic!("the server ended before it listened; see {}", log_path(data).display())
            });
        let address = bound_address(&first);
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, address, data: data.to_owned(), how }
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDRESS` or `https://ADDRESS`, without a slash at its end.
    pub fn url(&self) -> String {
        let scheme = if self.how.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Ends it as a power cut would.
    pub async fn kill(mut self) -> Stopped {
        self.child.kill().await.expect("a running server can be killed");
        Stopped { address: self.address, data: self.data.clone(), how: self.how.clone() }
    }
}

/// A server that was killed, with what is needed to have it back at the same place.
#[derive(Debug)]
pub struct Stopped {
    address: SocketAddr,
    data: PathBuf,
    how: How,
}

impl Stopped {
    /// Starts it again at the address it had.
    pub async fn restart(self) -> Server {
        Server::start_as(&self.data, &self.address.to_string(), self.how).await
    }

    /// Where it listened.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its data folder, which nobody has open now.
    pub fn data(&self) -> &Path {
        &self.data
    }
}

/// The first output line is the address; a scheme before it is allowed for.
fn bound_address(line: &str) -> SocketAddr {
    line.trim()
        .rsplit("://")
        .next()
        .and_then(|address| address.trim_end_matches('/').parse().ok())
        .unwrap_or_else(|| panic!("the first line is no address: {line:?}"))
}

fn log_path(data: &Path) -> PathBuf {
    data.with_extension("log")
}

fn log_file(data: &Path) -> std::fs::File {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log_path(data))
        .expect("a log file beside the data folder")
}
