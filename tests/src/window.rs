//! The kiosk's real window, driven over WebDriver.

use std::cell::Cell;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::camera::CameraFile;
use crate::display::Display;
use crate::programs;
use crate::waiting::until;

/// How long the driver and the window may take to come up on a loaded machine.
const START: Duration = Duration::from_mins(1);

/// How soon the next key may follow one.
const BETWEEN_KEYS: Duration = Duration::from_millis(60);

/// How soon the next touch may follow one.
const FINGER: Duration = Duration::from_millis(470);

/// A running kiosk window with a camera made of a file.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Child,
    display: Display,
    pictures: PathBuf,
    touched: Cell<Option<Instant>>,
}

impl Window {
    /// Opens the window over a kiosk's data folder, its camera seeing `camera`. Pictures of the screen go
    /// to `pictures`.
    pub async fn open(data: &Path, camera: &CameraFile, pictures: &Path) -> Self {
        let display = Display::start().await;
        let port = free_port();
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("DISPLAY", display.name())
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("NO_AT_BRIDGE", "1")
            .env("GATEHOUSE_KIOSK_KEYS", "file")
            // The driver waits for frames, which a page at rest has only there.
            .env("GATEHOUSE_KIOSK_DRAWING", "opengl")
            .env("LD_PRELOAD", programs::camera_shim())
            .env("GATE_TESTS_CAMERA", camera.path())
            .env("RUST_LOG", std::env::var("GATE_TESTS_LOG").unwrap_or_else(|_| "info".to_owned()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log(&data.with_extension("window.log")))
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("WebKitWebDriver can be started");
        let capabilities: Capabilities = serde_json::from_value(json!({
            "webkitgtk:browserOptions": {
                "binary": programs::desktop(),
                "args": ["--data", data],
            }
        }))
        .expect("capabilities are a JSON object");
        until("WebKitWebDriver listens", START, async || TcpStream::connect(("127.0.0.1", port)).await.ok())
            .await;
        let client = tokio::time::timeout(
            START,
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities)
                .connect(&format!("http://127.0.0.1:{port}")),
        )
        .await
        .expect("the window opens in time")
        .expect("a WebDriver session with the window");
        std::fs::create_dir_all(pictures).expect("a folder for pictures");
        Self { client, driver, display, pictures: pictures.to_owned(), touched: Cell::default() }
    }

    /// Waits for an element by its CSS selector.
    pub async fn find(&self, selector: &str, bound: Duration) -> Element {
        until(&format!("{selector} in the window"), bound, async || {
            let found = self.client.find(Locator::Css(selector)).await.ok()?;
            found.is_displayed().await.unwrap_or(false).then_some(found)
        })
        .await
    }

    /// Waits until no element matches.
    pub async fn gone(&self, selector: &str, bound: Duration) {
        until(&format!("no {selector} in the window"), bound, async || {
            let found = self.client.find_all(Locator::Css(selector)).await.ok()?;
            found.is_empty().then_some(())
        })
        .await;
    }

    /// Waits for an element that takes touches, which what has just come or changed does not, and touches it, no sooner
    /// than a finger that is meant: one that comes back within 300 ms is taken for the bounce of a wet one, and
    /// within 450 ms, where another key lies there by now, for one that was meant for the key before.
    pub async fn touch(&self, selector: &str, bound: Duration) {
        if let Some(last) = self.touched.get() {
            tokio::time::sleep_until(last + FINGER).await;
        }
        let settled = "return document.querySelector(arguments[0])?.closest('[data-settling]') === null;";
        until(&format!("a touch on {selector}"), bound, async || {
            let found = self.client.find(Locator::Css(selector)).await.ok()?;
            if self.run(settled, vec![json!(selector)]).await != json!(true) {
                return None;
            }
            found.click().await.ok()
        })
        .await;
        self.touched.set(Some(Instant::now()));
    }

    /// Types on the keyboard, as somebody does who has one: what comes in a burst is a hand scanner's.
    pub async fn keys(&self, text: &str) {
        let page = self.client.find(Locator::Css("body")).await.expect("the window has a page");
        for key in text.chars() {
            page.send_keys(&key.to_string()).await.expect("the window takes keys");
            tokio::time::sleep(BETWEEN_KEYS).await;
        }
    }

    /// An attribute of each element that matches, in the page's order.
    pub async fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .map((each) => each.getAttribute(arguments[1]) ?? '');";
        serde_json::from_value(self.run(script, vec![json!(selector), json!(name)]).await)
            .expect("a list of texts")
    }

    /// Where the elements that match lie: left, top, width and height in pixels.
    pub async fn places(&self, selector: &str) -> Vec<(f64, f64, f64, f64)> {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .map((each) => each.getBoundingClientRect())
            .map((box) => [box.left, box.top, box.width, box.height]);";
        serde_json::from_value(self.run(script, vec![json!(selector)]).await).expect("a list of places")
    }

    /// How an element is drawn: its markup.
    pub async fn drawn(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0]).outerHTML;";
        self.run(script, vec![json!(selector)]).await.as_str().expect("markup is text").to_owned()
    }

    /// Runs a script in the page and gives back what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<serde_json::Value>) -> serde_json::Value {
        self.client.execute(script, arguments).await.expect("the page can be asked")
    }

    /// Waits until an element's text holds `words`, and returns the text.
    pub async fn reads(&self, selector: &str, words: &str, bound: Duration) -> String {
        until(&format!("{selector} to read {words:?}"), bound, async || {
            let text = self.client.find(Locator::Css(selector)).await.ok()?.text().await.ok()?;
            text.contains(words).then_some(text)
        })
        .await
    }

    /// The driver's client, for what the rest does not cover.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Keeps a picture of the screen, which the window fills, as it is at this moment under `name`.
    pub async fn picture(&self, name: &str) {
        // What the page holds is drawn two frames later, handed to the window's own process and from there to the
        // screen: a few frames more. A page at rest is given none: then it is there already.
        let frames = "const done = arguments[0];
            setTimeout(done, 1000, null);
            let left = 12;
            const next = () => (left-- > 0 ? requestAnimationFrame(next) : done(null));
            next();";
        self.client.execute_async(frames, Vec::new()).await.expect("the window draws");
        // Of the screen and not by the driver, whose pictures wait until something moves on the page.
        self.display.picture(&self.pictures.join(format!("{name}.png"))).await;
    }

    /// Ends window and driver as a power cut would, and waits until they are gone.
    pub async fn kill(mut self) {
        let group = self.driver.id();
        self.kill_group();
        self.driver.wait().await.expect("the driver ends");
        // A process that ends gives up its data folder only then: the next one would find it taken.
        until("the window's processes are gone", START, async || (!is_alive(group?)).then_some(())).await;
    }

    fn kill_group(&self) {
        if let Some(group) = self.driver.id() {
            // Nothing more can be done when even this fails, and a panic here would hide the first one.
            drop(std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status());
        }
    }

    /// Closes the window as a user would.
    pub async fn close(self) {
        self.client.clone().close().await.expect("the session can be closed");
    }
}

impl Drop for Window {
    /// The driver started the window: neither may outlive a failed test.
    fn drop(&mut self) {
        self.kill_group();
    }
}

/// Whether a process group has any member that is more than an entry nobody has read yet. One whose first thread
/// has ended holds its files for as long as others of its threads are ending.
fn is_alive(group: u32) -> bool {
    let processes = std::fs::read_dir("/proc").expect("Linux tells of its processes");
    processes.flatten().any(|process| {
        let threads = std::fs::read_dir(process.path().join("task")).map_or(0, Iterator::count);
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // After the name in brackets: state, parent, group.
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let state = fields.next().unwrap_or("Z");
        (state != "Z" || threads > 1) && fields.nth(1) == Some(group.to_string().as_str())
    })
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound address").port()
}

fn log(path: &Path) -> std::fs::File {
    std::fs::OpenOptions::new().create(true).append(true).open(path).expect("a log file for the window")
}
