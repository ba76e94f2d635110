//! The gate as the guard's hands and eyes meet it.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;

use gatehouse_tests::api::Session;
use gatehouse_tests::camera::{CameraFile, Scene, qr_screen};
use gatehouse_tests::demo::Demo;
use gatehouse_tests::look;
use gatehouse_tests::programs;
use gatehouse_tests::server::Server;
use gatehouse_tests::waiting::until;
use gatehouse_tests::window::Window;
use serde_json::{Value, json};

/// Ample for one step on a loaded machine; none is waited out.
pub const STEP: Duration = Duration::from_secs(30);
/// Longer than a touch can be taken for the bounce of the one before.
const COUNTS: Duration = Duration::from_secs(2);
/// For what has to be fetched or tried again.
pub const LONG: Duration = Duration::from_secs(90);

/// The window, what its camera sees, and those who meet there.
pub struct Gate {
    pub window: Window,
    pub camera: CameraFile,
    pub demo: Demo,
    pub admin: Session,
    /// Asha Rao of A-1203.
    pub resident: Session,
    faults: String,
    wrong: RefCell<Vec<String>>,
    pictures: Cell<usize>,
    let_in: Cell<usize>,
}

impl Gate {
    pub async fn open(demo: Demo, server: &Server) -> Self {
        let admin = demo.admin(server).await;
        let resident = demo.resident(server).await;
        let camera =
            CameraFile::plug_in(&demo.folder.path().join("camera.yuyv"), &Scene::default().empty()).unwrap();
        let window = open_window(demo.folder.path(), &camera).await;
        Self {
            window,
            camera,
            demo,
            admin,
            resident,
            faults: look::faults().await,
            wrong: RefCell::default(),
            pictures: Cell::default(),
            let_in: Cell::default(),
        }
    }

    /// The window's process is killed as by a power cut, and started anew.
    pub async fn power_cut(self) -> Self {
        self.window.kill().await;
        let window = open_window(self.demo.folder.path(), &self.camera).await;
        Self { window, ..self }
    }

    pub async fn touch(&self, id: &str) {
        self.window.touch(&by_id(id), STEP).await;
    }

    pub async fn sees(&self, id: &str) {
        self.window.find(&by_id(id), STEP).await;
    }

    pub async fn misses(&self, id: &str) {
        self.window.gone(&by_id(id), STEP).await;
    }

    /// Waits until the link says this of itself, `"[data-waiting='2']"` for one.
    pub async fn link(&self, is: &str) {
        self.window.find(&format!("[data-testid=link]{is}"), LONG).await;
    }

    /// Waits until the server has all that happened here.
    pub async fn sent(&self) {
        self.link("[data-online=true][data-waiting='0']").await;
    }

    /// Keeps a picture, and notes whatever is clipped, too small or too pale on it.
    pub async fn picture(&self, name: &str) {
        let number = self.pictures.get();
        self.pictures.set(number + 1);
        self.window.picture(&format!("{number:02}-{name}")).await;
        let found = self.window.run(&self.faults, Vec::new()).await;
        let found = found.as_array().expect("a list of faults");
        for fault in found {
            eprintln!("{name}: {fault}");
        }
        self.wrong.borrow_mut().extend(found.iter().map(|fault| format!("{name}: {fault}")));
    }

    /// Nothing was wrong with any picture.
    pub fn looked_well(&self) {
        let wrong = self.wrong.borrow();
        assert!(wrong.is_empty(), "on the pictures:\n{}", wrong.join("\n"));
    }

    /// Holds up a phone with `text` until the verdict is on the screen, then puts it away.
    pub async fn hold_up(&self, text: &str, is: &str) {
        self.camera.show(&Scene::default().phone_showing(&qr_screen(text))).unwrap();
        self.verdict(is).await;
        self.camera.show(&Scene::default().empty()).unwrap();
    }

    /// Holds up a phone, keeps a picture of the verdict and waits until the screen is free again.
    pub async fn shows(&self, text: &str, is: &str, picture: &str) {
        self.camera.show(&Scene::default().phone_showing(&qr_screen(text))).unwrap();
        self.verdict(is).await;
        self.picture(picture).await;
        self.camera.show(&Scene::default().empty()).unwrap();
        self.free().await;
    }

    /// Waits for a verdict; counts those let in.
    pub async fn verdict(&self, is: &str) {
        self.window.find(&format!("[data-testid=verdict][data-verdict={is}]"), STEP).await;
        if is == "admit" {
            self.let_in.set(self.let_in.get() + 1);
        }
    }

    /// Waits until no verdict covers the screen.
    pub async fn free(&self) {
        self.misses("verdict").await;
    }

    /// The server holds the entries that were seen here, and no more.
    pub async fn entries_arrive(&self) {
        self.happened("ADMITTED", self.let_in.get()).await;
    }

    /// Waits until the server holds `count` events of an act.
    pub async fn happened(&self, act: &str, count: usize) {
        until(&format!("{count} × {act} at the server"), LONG, async || {
            let held = self.events(act).await.len();
            assert!(held <= count, "{held} × {act}, {count} expected");
            (held == count).then_some(())
        })
        .await;
    }

    /// The events of an act that the server holds, by this window's kiosk.
    pub async fn events(&self, act: &str) -> Vec<Value> {
        let kiosks = self.admin.get("/kiosks").await;
        let mut own = kiosks["items"].as_array().expect("a list has items").iter();
        let own = own.find(|kiosk| kiosk["name"] == "Window").expect("the window's kiosk");
        let id = own["id"].as_str().expect("a kiosk has an id");
        let page = self.admin.get(&format!("/journal/events?kiosk_id={id}&limit=200")).await;
        let all = page["items"].as_array().expect("a list has items");
        assert!(page["next_cursor"].is_null(), "a day has less than 200 events");
        all.iter().filter(|event| event["act"]["act"] == act).cloned().collect()
    }

    /// Types on the keyboard.
    pub async fn keys(&self, text: &str) {
        self.window.keys(text).await;
    }

    /// Types digits on the screen's keypad, one touch each.
    pub async fn touch_digits(&self, digits: &str) {
        for (place, digit) in digits.chars().enumerate() {
            // The same key twice within 300 ms is one touch of a wet finger: each digit is seen to count,
            // the last one by what it leads to, and touched again if it did not.
            let before = format!("[data-testid=boxes][data-filled='{place}']");
            until(&format!("digit {} of {}", place + 1, digits.len()), STEP, async || {
                self.touch(&format!("digit-{digit}")).await;
                tokio::time::timeout(COUNTS, self.window.gone(&before, STEP)).await.ok()
            })
            .await;
        }
    }

    pub async fn pick_unit(&self, tower: &str, floor: &str, flat: &str) {
        self.touch(&format!("tower-{tower}")).await;
        self.touch(&format!("floor-{floor}")).await;
        self.touch(&format!("flat-{flat}")).await;
    }

    /// Four touches for a delivery to A-1203: the household is asked. Answers the new card's selector.
    pub async fn ask_for_delivery(&self, company: &str) -> String {
        let before = self.cards().await;
        self.touch(&format!("company-{company}")).await;
        self.pick_unit("A", "12", "03").await;
        let card = until("a card in the tray", STEP, async || {
            self.cards().await.into_iter().find(|card| !before.contains(card))
        })
        .await;
        format!("[data-ask='{card}']")
    }

    /// The cards of the tray, by their asks' ids.
    pub async fn cards(&self) -> Vec<String> {
        self.window.attributes("[data-testid=ask]", "data-ask").await
    }

    /// Waits for a card to be in a state.
    pub async fn card_is(&self, card: &str, state: &str) {
        self.window.find(&format!("{card}[data-state={state}]"), LONG).await;
    }

    /// The household of A-1203 answers whoever was asked about last: `approve` or `deny`.
    pub async fn household_says(&self, answer: &str) {
        let visitor = until("the request reaches the household", LONG, async || {
            let pending = self.resident.get("/visitors/pending").await;
            pending["items"].get(0).map(|visitor| visitor["id"].as_str().unwrap().to_owned())
        })
        .await;
        self.resident.put(&format!("/visitors/{visitor}/{answer}"), &Value::Null).await;
    }

    /// A pass of the household's own for a guest, valid for days.
    pub async fn pass(&self, name: &str) -> Value {
        let until = gatehouse_tests::community::in_days(3);
        let wanted = json!({ "visitor_type": "GUEST", "name": name, "valid_until": until });
        self.resident.post("/passes", &wanted).await
    }

    /// Whether one of the keys whose names begin so lies where the key named `other` lay.
    pub async fn lies_on(&self, place: (f64, f64, f64, f64), begins: &str) -> bool {
        let (x, y, width, height) = place;
        let places = self.window.places(&format!("[data-testid^='{begins}']")).await;
        assert!(places.len() > 2, "{begins}: {places:?}");
        places.iter().any(|(left, top, wide, high)| {
            *left < x + width && left + wide > x && *top < y + height && top + high > y
        })
    }
}

async fn open_window(folder: &Path, camera: &CameraFile) -> Window {
    let pictures = programs::repository().join("test-output/screenshots");
    Window::open(&folder.join("kiosk"), camera, &pictures).await
}

pub fn by_id(id: &str) -> String {
    format!("[data-testid='{id}']")
}
