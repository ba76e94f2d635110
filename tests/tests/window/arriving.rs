//! From an unpacked kiosk to people at the gate with passes.

use gatehouse_tests::camera::{Scene, qr_screen};
use serde_json::json;

use crate::gate::{Gate, LONG, STEP, by_id};

/// The admin's QR before the camera, no touch after it.
pub async fn a_new_kiosk_enrols_by_the_admins_qr(gate: &Gate) {
    gate.window.find("[data-testid=camera][data-state=looking]", LONG).await;
    gate.picture("enrol").await;
    let gates = gate.admin.get("/gates").await;
    let invitation = gate
        .admin
        .post("/kiosks/enrolments", &json!({ "gate_id": gates["items"][0]["id"], "name": "Window" }))
        .await;
    let code = invitation["text"].as_str().unwrap();
    gate.camera.show(&Scene::default().phone_showing(&qr_screen(code))).unwrap();
    gate.window.find(&by_id("gate-name"), LONG).await;
    gate.camera.show(&Scene::default().empty()).unwrap();
    gate.link("[data-online=true]").await;
}

/// By photo and PIN.
pub async fn the_guard_comes_on_shift(gate: &Gate) {
    gate.touch("guard").await;
    gate.touch("theme-day").await;
    gate.window.find("[data-testid^='guard-']", STEP).await;
    gate.picture("guards").await;
    sign_in(gate).await;
    gate.picture("home").await;
}

/// Chooses the first guard and types their PIN; ends on the home page.
pub async fn sign_in(gate: &Gate) {
    gate.window.touch("[data-testid^='guard-']", STEP).await;
    gate.sees("boxes").await;
    gate.picture("pin").await;
    gate.touch_digits(gate.demo.about["guards"][0]["pin"].as_str().unwrap()).await;
    gate.window.reads(&by_id("guard"), "Ramesh", STEP).await;
}

pub async fn passes_before_the_camera(gate: &Gate) {
    gate.shows(gate.demo.token("guest"), "admit", "admit").await;
    gate.shows(gate.demo.token("revoked"), "refuse", "revoked").await;
    gate.entries_arrive().await;
}

/// Within a minute: an event more, none less, and nobody is inside.
pub async fn an_entry_is_taken_back(gate: &Gate) {
    gate.hold_up(gate.pass("Kavya Nair").await["token"].as_str().unwrap(), "admit").await;
    gate.free().await;
    gate.window.reads(&by_id("inside-count"), "2", STEP).await;
    gate.picture("undo-offered").await;
    gate.touch("undo-last").await;
    gate.window.reads(&by_id("inside-count"), "1", STEP).await;
    gate.happened("UNDONE", 1).await;
    gate.entries_arrive().await;
}

/// One touch, with all that is known filled in; the household says no.
pub async fn a_refusal_leads_to_asking_the_flat(gate: &Gate) {
    gate.hold_up(gate.demo.token("expired"), "refuse").await;
    gate.touch("next-ask").await;
    gate.free().await;
    gate.window.find("[data-testid=ask][data-unit='A-1203']", STEP).await;
    gate.picture("refused-asked").await;
    gate.household_says("deny").await;
    gate.window.find("[data-testid=ask][data-state=denied]", STEP).await;
    gate.touch("ask").await;
    gate.sees("card").await;
    gate.picture("denied").await;
    gate.touch("left").await;
    gate.misses("ask").await;
}
