//! The whole main path in Hindi; the pictures say whether its longer words fit.

use crate::gate::{Gate, STEP, by_id};

pub async fn the_whole_main_path(gate: &Gate) {
    gate.touch("guard").await;
    gate.touch("language-hi").await;
    gate.window.find("html[lang=hi]", STEP).await;
    gate.picture("hi-guards").await;
    gate.touch("back").await;
    gate.picture("hi-home").await;

    gate.shows(gate.pass("मीरा अय्यर").await["token"].as_str().unwrap(), "admit", "hi-admit").await;
    gate.shows(gate.demo.token("revoked"), "refuse", "hi-revoked").await;

    gate.touch("kind-GUEST").await;
    gate.picture("hi-towers").await;
    gate.pick_unit("A", "12", "03").await;
    gate.touch("field-name").await;
    for letter in ["स", "उ", "न", "ई", "त", "आ"] {
        gate.touch(&format!("key-{letter}")).await;
    }
    gate.window.reads(&by_id("field-name"), "सुनीता", STEP).await;
    gate.picture("hi-guest").await;
    gate.touch("send").await;
    gate.window.find("[data-testid=ask][data-state=waiting]", STEP).await;
    gate.picture("hi-asked").await;
    gate.touch("ask").await;
    gate.sees("card").await;
    gate.picture("hi-card").await;
    gate.touch("override").await;
    gate.picture("hi-override").await;
    gate.touch("back").await;
    gate.touch("ask").await;
    gate.touch("spoken").await;
    gate.sees("challenge").await;
    gate.picture("hi-spoken").await;
    gate.touch("back").await;
    gate.household_says("approve").await;
    gate.window.find("[data-testid=ask][data-state=approved]", STEP).await;
    gate.picture("hi-approved").await;
    gate.touch("ask").await;
    gate.verdict("admit").await;
    gate.free().await;

    gate.touch("code").await;
    gate.pick_unit("A", "12", "03").await;
    gate.sees("boxes").await;
    gate.picture("hi-code").await;
    gate.touch("back").await;
    gate.touch("kind-TAXI").await;
    gate.picture("hi-cab").await;
    gate.touch("back").await;
    gate.touch("inside").await;
    gate.sees("inside-row").await;
    gate.picture("hi-inside").await;
    gate.touch("row-out").await;
    gate.verdict("exit").await;
    gate.picture("hi-let-out").await;
    gate.free().await;
    gate.touch("link").await;
    gate.sees("try-now").await;
    gate.picture("hi-sync").await;
    gate.touch("back").await;
    gate.touch("emergency").await;
    gate.picture("hi-emergency").await;
    gate.touch("no-emergency").await;

    gate.touch("guard").await;
    gate.touch("language-en").await;
    gate.window.find("html[lang=en]", STEP).await;
    gate.touch("back").await;
}
