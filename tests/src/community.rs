//! A community on a real server: made by the command line, filled over the API.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use image::{
    GrayImage, Luma,
    imageops::{self, FilterType},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::api::Session;
use crate::camera::{Scene, qr_screen};
use crate::kiosk::Kiosk;
use crate::programs;
use crate::server::{How, Server};

const ADMIN: &str = "admin@lakeview.example";
const RESIDENT: &str = "asha@lakeview.example";
const PASSWORD: &str = "a long enough one";

/// A guard's PIN in every community made here.
pub const PIN: &str = "246810";

/// A running server with one community: a gate, a unit, a resident in it, a guard.
#[derive(Debug)]
pub struct Community {
    /// Holds every data folder of the test.
    pub folder: TempDir,
    /// The admin, signed in.
    pub admin: Session,
    /// A resident of [`Self::unit`], signed in.
    pub resident: Session,
    /// A-1203.
    pub unit: Value,
    /// A gate for both ways.
    pub gate: Value,
    /// The guard.
    pub guard: Value,
}

impl Community {
    /// Makes one, and the server it is on.
    pub async fn found() -> (Self, Server) {
        Self::found_on(How::default()).await
    }

    /// Makes one on a server that is run so.
    pub async fn found_on(how: How) -> (Self, Server) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let data = folder.path().join("server");
        // As packages and volumes make it: others may look in.
        std::fs::create_dir(&data).expect("a folder for the server");
        create_admin(&data, &how).await;
        let server = Server::start_as(&data, "127.0.0.1:0", how).await;
        let admin = Session::login(&server.url(), ADMIN, PASSWORD).await;
        let gate = admin.post("/gates", &json!({ "name": "Gate 1", "kind": "BOTH" })).await;
        let unit = admin.post("/units", &json!({ "tower": "A", "floor": 12, "number": "1203" })).await;
        admin
            .post(
                "/residents",
                &json!({ "name": "Asha Rao", "phone": "+919900000001", "email": RESIDENT,
                    "password": PASSWORD, "unit_ids": [unit["id"]] }),
            )
            .await;
        let guard =
            admin.post("/guards", &json!({ "name": "Ramesh", "phone": "+919900000002", "pin": PIN })).await;
        let resident = Session::login(&server.url(), RESIDENT, PASSWORD).await;
        (Self { folder, admin, resident, unit, gate, guard }, server)
    }

    /// A one-time code for a kiosk at the gate.
    pub async fn enrolment(&self, name: &str) -> Value {
        self.admin.post("/kiosks/enrolments", &json!({ "gate_id": self.gate["id"], "name": name })).await
    }

    /// An enrolled kiosk whose data lies in the test's folder under `name`.
    pub async fn kiosk(&self, server: &Server, name: &str) -> Kiosk {
        let kiosk = Kiosk::at(&self.folder.path().join(name));
        let invitation = self.enrolment(name).await;
        let code = invitation["code"].as_str().expect("a code");
        let done = kiosk.enrol(&server.url(), code).await;
        assert_eq!(done.code, 0, "enrolment: {} {}", done.json, done.said);
        kiosk
    }

    /// A pass of the resident's: valid until the far end, `more` over that.
    pub async fn pass(&self, more: &Value) -> Value {
        let mut wanted = json!({ "visitor_type": "GUEST", "name": "Meera", "valid_until": in_days(30) });
        let fields = more.as_object().expect("more is an object");
        wanted.as_object_mut().expect("an object").extend(fields.clone());
        self.resident.post("/passes", &wanted).await
    }

    /// An empty folder of pictures for a kiosk to watch.
    pub fn frames(&self, name: &str) -> PathBuf {
        let frames = self.folder.path().join(name);
        std::fs::create_dir_all(&frames).expect("a folder for pictures");
        frames
    }

    /// Puts into `frames` what a gate's camera sees when somebody holds up `text` on a phone.
    pub fn hold_up(&self, frames: &Path, name: &str, text: &str) {
        let beside = self.folder.path().join(format!("{name}.next.png"));
        Scene::default().phone_showing(&qr_screen(text)).save(&beside).expect("a picture can be written");
        std::fs::rename(&beside, frames.join(format!("{name}.png"))).expect("a picture can be moved");
    }

    /// The same with two phones side by side.
    pub fn hold_up_side_by_side(&self, frames: &Path, name: &str, texts: [&str; 2]) {
        let mut frame = GrayImage::from_pixel(1280, 720, Luma([120]));
        for (text, left) in texts.iter().zip([0, 640]) {
            let screen = imageops::resize(&qr_screen(text), 480, 480, FilterType::Triangle);
            imageops::overlay(&mut frame, &screen, left + 80, 120);
        }
        let beside = self.folder.path().join(format!("{name}.next.png"));
        frame.save(&beside).expect("a picture can be written");
        std::fs::rename(&beside, frames.join(format!("{name}.png"))).expect("a picture can be moved");
    }

    /// Revokes a pass.
    pub async fn revoke(&self, card: &Value) {
        let id = card["pass"]["id"].as_str().expect("a pass has an id");
        self.resident.post(&format!("/passes/{id}/revoke"), &Value::Null).await;
    }
}

/// `days` from now, as RFC 3339.
pub fn in_days(days: i64) -> Value {
    in_ms(days * gatehouse::time::DAY)
}

/// So many milliseconds from now, as RFC 3339.
pub fn in_ms(ms: i64) -> Value {
    let now = std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_millis();
    let now = i64::try_from(now).expect("a date within reach");
    json!(gatehouse::time::UnixMs(now + ms))
}

/// The `token` of a pass card.
pub fn token(card: &Value) -> &str {
    card["token"].as_str().expect("a pass card holds its token")
}

async fn create_admin(data: &Path, how: &How) {
    let mut child = Command::new(programs::server())
        .args(["admin", "create", "--community", "Lakeview", "--email", ADMIN])
        .args(["--phone", "+919900000000", "--password-stdin", "--data"])
        .arg(data)
        .args(how.database.iter().flat_map(|url| ["--database", url]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the server can be run");
    let mut stdin = child.stdin.take().expect("stdin was piped");
    stdin.write_all(format!("{PASSWORD}\n").as_bytes()).await.expect("the password can be told");
    drop(stdin);
    let done = child.wait_with_output().await.expect("admin create ends");
    assert!(done.status.success(), "admin create: {}", String::from_utf8_lossy(&done.stderr));
}
