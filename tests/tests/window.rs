//! A guard's day in the real window: real server, real capture code over a camera made of a file, real
//! touches over WebDriver. Pictures of each step go to `test-output/screenshots`.

use std::time::Duration;

use gatehouse_tests::camera::{CameraFile, Scene, qr_screen};
use gatehouse_tests::demo::Demo;
use gatehouse_tests::programs;
use gatehouse_tests::waiting::until;
use gatehouse_tests::window::Window;
use serde_json::{Value, json};

/// Ample for one step on a loaded machine; none is waited out.
const STEP: Duration = Duration::from_secs(30);
/// For what has to be fetched or tried again.
const LONG: Duration = Duration::from_secs(90);

/// What the camera sees, and the window it is seen in.
struct Gate {
    window: Window,
    camera: CameraFile,
}

impl Gate {
    async fn touch(&self, id: &str) {
        self.window.touch(&by_id(id), STEP).await;
    }

    async fn sees(&self, id: &str) {
        self.window.find(&by_id(id), STEP).await;
    }

    /// Holds up a phone with `text` until `answer` is on the screen, then puts it away.
    async fn hold_up(&self, text: &str, answer: &str, picture: &str) {
        self.camera.show(&Scene::default().phone_showing(&qr_screen(text))).unwrap();
        self.window.find(answer, STEP).await;
        self.window.picture(picture).await;
        self.camera.show(&Scene::default().empty()).unwrap();
        self.window.gone("[data-testid=verdict]", STEP).await;
    }

    async fn type_digits(&self, digits: &str) {
        for (place, digit) in digits.chars().enumerate() {
            // The same key twice within 300 ms is one touch of a wet finger: each digit is seen to count.
            let counted = format!("[data-testid=boxes][data-filled='{}']", place + 1);
            until(&format!("digit {} of {}", place + 1, digits.len()), STEP, async || {
                self.touch(&format!("digit-{digit}")).await;
                let last = place + 1 == digits.len();
                let find = fantoccini::Locator::Css(&counted);
                (last || self.window.client().find(find).await.is_ok()).then_some(())
            })
            .await;
        }
    }

    async fn pick_unit(&self, tower: &str, floor: &str, flat: &str) {
        self.touch(&format!("tower-{tower}")).await;
        self.touch(&format!("floor-{floor}")).await;
        self.touch(&format!("flat-{flat}")).await;
    }
}

fn by_id(id: &str) -> String {
    format!("[data-testid='{id}']")
}

fn verdict(is: &str) -> String {
    format!("[data-testid=verdict][data-verdict={is}]")
}

#[tokio::test]
async fn a_guards_day() {
    let (demo, server) = Demo::start().await;
    let admin = demo.admin(&server).await;
    let resident = demo.resident(&server).await;
    let camera =
        CameraFile::plug_in(&demo.folder.path().join("camera.yuyv"), &Scene::default().empty()).unwrap();
    let pictures = programs::repository().join("test-output/screenshots");
    let window = Window::open(&demo.folder.path().join("kiosk"), &camera, &pictures).await;
    let gate = Gate { window, camera };

    // Enrolment: the admin's QR before the camera, no touch after it.
    gate.window.find("[data-testid=camera][data-state=looking]", LONG).await;
    gate.window.picture("01-enrol").await;
    gate.window.picture_of_screen("00-whole-screen").await;
    let gates = admin.get("/gates").await;
    let invitation = admin
        .post("/kiosks/enrolments", &json!({ "gate_id": gates["items"][0]["id"], "name": "Window" }))
        .await;
    let code = invitation["text"].as_str().unwrap();
    gate.camera.show(&Scene::default().phone_showing(&qr_screen(code))).unwrap();
    gate.window.find(&by_id("gate-name"), LONG).await;
    gate.camera.show(&Scene::default().empty()).unwrap();
    gate.window.find("[data-testid=link][data-online=true]", LONG).await;

    // The guard comes on shift by photo and PIN.
    gate.touch("guard").await;
    gate.touch("theme-day").await;
    gate.window.touch("[data-testid^='guard-']", STEP).await;
    gate.sees("boxes").await;
    gate.window.picture("02-pin").await;
    gate.type_digits(demo.about["guards"][0]["pin"].as_str().unwrap()).await;
    gate.window.reads(&by_id("guard"), "Ramesh", STEP).await;
    gate.window.picture("03-home").await;

    // Passes before the camera.
    gate.hold_up(demo.token("guest"), &verdict("admit"), "04-admit").await;
    gate.hold_up(demo.token("expired"), &verdict("refuse"), "05-expired").await;
    gate.hold_up(demo.token("revoked"), &verdict("refuse"), "06-revoked").await;
    happened(&admin, "ADMITTED", 1).await;

    // A code, for who has no smartphone.
    gate.touch("code").await;
    gate.pick_unit("B", "7", "04").await;
    gate.sees("boxes").await;
    gate.window.picture("07-code").await;
    gate.type_digits(demo.pass("delivery")["day_code"].as_str().unwrap()).await;
    gate.window.find(&verdict("admit"), STEP).await;
    gate.window.picture("08-code-admitted").await;
    gate.window.gone("[data-testid=verdict]", STEP).await;

    // Nobody expects them: four touches ask the household, its answer changes the card.
    gate.touch("kind-DELIVERY").await;
    gate.pick_unit("A", "12", "03").await;
    gate.window.find("[data-testid=ask][data-state=waiting]", STEP).await;
    gate.window.picture("09-asked").await;
    let visitor = until("the request reaches the household", LONG, async || {
        let pending = resident.get("/visitors/pending").await;
        pending["items"].get(0).map(|visitor| visitor["id"].as_str().unwrap().to_owned())
    })
    .await;
    resident.put(&format!("/visitors/{visitor}/approve"), &Value::Null).await;
    gate.window.find("[data-testid=ask][data-state=approved]", STEP).await;
    gate.window.picture("10-approved").await;
    gate.touch("ask").await;
    gate.window.find(&verdict("admit"), STEP).await;
    gate.window.picture("11-let-in").await;
    gate.window.gone("[data-testid=verdict]", STEP).await;
    happened(&admin, "ADMITTED", 3).await;

    // The server is gone. The gate is not.
    let stopped = server.kill().await;
    gate.window.find("[data-testid=link][data-online=false]", LONG).await;
    gate.hold_up(demo.token("cab"), &verdict("admit"), "12-offline-admit").await;
    gate.window.find("[data-testid=link][data-waiting='1']", STEP).await;
    gate.window.picture("13-offline").await;
    let server = stopped.restart().await;
    gate.window.find("[data-testid=link][data-online=true][data-waiting='0']", LONG).await;
    let admin = demo.admin(&server).await;
    happened(&admin, "ADMITTED", 4).await;

    // Out by the list.
    gate.touch("inside").await;
    gate.sees("inside-row").await;
    gate.window.picture("14-inside").await;
    gate.touch("row-out").await;
    happened(&admin, "EXITED", 1).await;
    gate.window.picture("15-out").await;

    // What there is to know about the connection, and the camera pulled out and plugged in again.
    gate.window.gone("[data-testid=verdict]", STEP).await;
    gate.touch("link").await;
    gate.sees("try-now").await;
    gate.window.picture("16-sync").await;
    gate.touch("back").await;
    gate.camera.unplug().unwrap();
    gate.window.find("[data-testid=camera]:not([data-state=looking])", STEP).await;
    gate.window.picture("17-no-camera").await;
    gate.camera.show(&Scene::default().empty()).unwrap();
    gate.window.find("[data-testid=camera][data-state=looking]", LONG).await;
    gate.window.close().await;
}

/// Waits until the server holds `count` events of an act.
async fn happened(admin: &gatehouse_tests::api::Session, act: &str, count: usize) {
    until(&format!("{count} × {act} at the server"), LONG, async || {
        let page = admin.get("/journal/events?limit=200").await;
        let held =
            page["items"].as_array().unwrap().iter().filter(|event| event["act"]["act"] == act).count();
        assert!(held <= count, "{held} × {act}, {count} expected");
        (held == count).then_some(())
    })
    .await;
}
