//! A kiosk's data folder and the real `gatectl` over it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::clocks::Clocks;
use crate::programs;
use crate::waiting::until;

/// No single command of `gatectl` may take longer.
const BOUND: Duration = Duration::from_mins(1);

/// A kiosk: a data folder that `gatectl` works on.
#[derive(Clone, Debug)]
pub struct Kiosk {
    data: PathBuf,
    clocks: Option<PathBuf>,
}

/// What one `gatectl` command did.
#[derive(Debug)]
pub struct Done {
    /// Its exit code.
    pub code: i32,
    /// Its JSON output, null when it printed none.
    pub json: Value,
    /// What it said on standard error.
    pub said: String,
}

impl Kiosk {
    /// A kiosk whose data is to lie in `data`.
    pub fn at(data: &Path) -> Self {
        Self { data: data.to_owned(), clocks: None }
    }

    /// The same kiosk, by other clocks than this machine's.
    #[must_use]
    pub fn by(mut self, clocks: &Clocks) -> Self {
        self.clocks = Some(clocks.file().to_owned());
        self
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The kiosk's id.
    pub async fn id(&self) -> String {
        let status = self.succeed(&["status"]).await;
        status["kiosk_id"].as_str().expect("an enrolled kiosk has an id").to_owned()
    }

    /// Enrols at `server` with a one-time code.
    pub async fn enrol(&self, server: &str, code: &str) -> Done {
        self.run(&["enrol", "--server", server, "--code", code]).await
    }

    /// Runs `gatectl --data … --json WORDS`.
    pub async fn run(&self, words: &[&str]) -> Done {
        let output = tokio::time::timeout(BOUND, self.command(words).output())
            .await
            .unwrap_or_else(|_| panic!("gatectl {words:?} did not end within {BOUND:?}"))
            .expect("gatectl can be run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let json = if printed.trim().is_empty() {
            Value::Null
        } else {
            serde_json::from_str(printed.trim())
                .unwrap_or_else(|_| panic!("gatectl {words:?} prints one JSON value, not: {printed}{said}"))
        };
        let code = output.status.code().unwrap_or(-1);
        Done { code, json, said }
    }

    /// Runs a command that has to exit with 0, and returns what it printed.
    pub async fn succeed(&self, words: &[&str]) -> Value {
        let done = self.run(words).await;
        assert_eq!(done.code, 0, "gatectl {words:?}: {} {}", done.json, done.said);
        done.json
    }

    /// Starts the long-running kiosk over a folder of frames, and waits until it takes orders.
    pub async fn watch(&self, frames: &Path) -> Watching {
        let frames = frames.to_str().expect("a path in UTF-8");
        let mut child = self
            .command(&["watch", frames])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(self.log())
            .spawn()
            .expect("gatectl can be started");
        let lines = BufReader::new(child.stdout.take().expect("stdout was piped")).lines();
        until("the kiosk takes orders", BOUND, async || {
            UnixStream::connect(self.data.join("gatectl.sock")).await.ok()
        })
        .await;
        Watching { child, lines }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(programs::gatectl());
        command.arg("--data").arg(&self.data).arg("--json").args(words).kill_on_drop(true);
        // Nothing of a test belongs in a TPM or a keyring of this machine.
        command.env("GATEHOUSE_KIOSK_KEYS", "file");
        if let Some(clocks) = &self.clocks {
            command.env("GATEHOUSE_TEST_CLOCKS", clocks);
        }
        command.env("RUST_LOG", std::env::var("GATE_TESTS_LOG").unwrap_or_else(|_| "warn".to_owned()));
        command
    }

    fn log(&self) -> std::fs::File {
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.data.with_extension("log"))
            .expect("a log file beside the data folder")
    }
}

/// A running `gatectl watch`: a whole kiosk without its window. Killed when dropped.
#[derive(Debug)]
pub struct Watching {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    /// The next verdict, `None` when the process has ended.
    pub async fn next(&mut self, bound: Duration) -> Option<Value> {
        let line = tokio::time::timeout(bound, self.lines.next_line())
            .await
            .unwrap_or_else(|_| panic!("the kiosk said nothing for {bound:?}"))
            .ok()??;
        Some(serde_json::from_str(&line).unwrap_or_else(|_| panic!("a JSON line, not: {line}")))
    }

    /// Ends it as a power cut would.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a running kiosk can be killed");
    }
}
