//! A screen where there is none: Xvfb and a window manager on it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long X and its window manager may take to be ready.
const START: Duration = Duration::from_secs(30);

/// A virtual display of the size the guard's screen is made for. Ends when dropped.
#[derive(Debug)]
pub struct Display {
    name: String,
    _server: Child,
    _window_manager: Child,
}

impl Display {
    /// Starts one on a free number.
    pub async fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Xvfb can be started");
        let name = format!(":{}", first_line(&mut server, "Xvfb").await);
        // Without a window manager fullscreen does nothing. Its start-up command runs once it manages.
        let mut window_manager = Command::new("openbox")
            .args(["--startup", "echo managing"])
            .env("DISPLAY", &name)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("openbox can be started");
        first_line(&mut window_manager, "openbox").await;
        Self { name, _server: server, _window_manager: window_manager }
    }

    /// The value of `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A picture of the whole screen as PNG.
    pub async fn picture(&self, to: &Path) {
        let taken = Command::new("import")
            .args(["-window", "root"])
            .arg(to)
            .env("DISPLAY", &self.name)
            .status()
            .await
            .expect("ImageMagick's import can be run");
        assert!(taken.success(), "no picture of the screen: {taken}");
    }
}

async fn first_line(child: &mut Child, name: &str) -> String {
    let mut lines = BufReader::new(child.stdout.take().expect("stdout was piped")).lines();
    let line = tokio::time::timeout(START, lines.next_line()).await;
    line.unwrap_or_else(|_| panic!("{name} is not ready after {START:?}"))
        .ok()
        .flatten()
        .unwrap_or_else(|| panic!("{name} ended at once"))
}
