//! What is not about visitors: an emergency, the night, the connection, the camera.

use gatehouse_tests::camera::Scene;

use crate::gate::{Gate, LONG, STEP, by_id};

/// Confirmed at another place; it rings until somebody saw it.
pub async fn an_emergency_is_raised(gate: &Gate) {
    let pressed = gate.window.places(&by_id("emergency")).await[0];
    gate.touch("emergency").await;
    gate.sees("emergency-medical").await;
    assert!(!gate.lies_on(pressed, "emergency-").await, "EMERGENCY is confirmed at another place");
    gate.picture("emergency").await;
    gate.touch("emergency-medical").await;
    gate.window.find("[data-testid=alert][data-kind=emergency]", STEP).await;
    gate.picture("alarm").await;
    gate.touch("alert-seen").await;
    gate.misses("alert").await;
}

pub async fn by_night(gate: &Gate) {
    gate.touch("guard").await;
    gate.touch("theme-night").await;
    gate.window.find("html[data-night=true]", STEP).await;
    gate.picture("night-guards").await;
    gate.touch("back").await;
    let card = gate.ask_for_delivery("BigBasket").await;
    gate.picture("night-home").await;
    gate.window.touch(&card, STEP).await;
    gate.picture("night-card").await;
    gate.touch("left").await;
    gate.window.gone(&card, STEP).await;
    gate.shows(gate.pass("Arun Joshi").await["token"].as_str().unwrap(), "admit", "night-admit").await;
    gate.shows(gate.demo.token("revoked"), "refuse", "night-revoked").await;
    gate.touch("inside").await;
    gate.sees("inside-row").await;
    gate.picture("night-inside").await;
    gate.touch("back").await;
    gate.touch("guard").await;
    gate.touch("theme-day").await;
    gate.window.find("html[data-night=false]", STEP).await;
    gate.touch("back").await;
}

/// All there is to know of the connection, and the camera pulled out and plugged in again.
pub async fn the_connection_and_the_camera(gate: &Gate) {
    gate.touch("link").await;
    gate.sees("try-now").await;
    gate.picture("sync").await;
    gate.touch("back").await;
    gate.camera.unplug().unwrap();
    gate.window.find("[data-testid=camera]:not([data-state=looking])", STEP).await;
    gate.picture("no-camera").await;
    gate.camera.show(&Scene::default().empty()).unwrap();
    gate.window.find("[data-testid=camera][data-state=looking]", LONG).await;
}
