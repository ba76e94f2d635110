//! Six digits, for who has no smartphone; and for who guesses.

use crate::gate::{Gate, LONG, STEP, by_id};

/// Answers the code of a pass that the gate will have heard of by its next news.
pub async fn a_code_is_typed(gate: &Gate) -> String {
    let later = gate.pass("Nisha Paul").await;
    gate.touch("code").await;
    gate.picture("towers").await;
    gate.pick_unit("B", "7", "04").await;
    gate.sees("boxes").await;
    gate.picture("code").await;
    gate.touch_digits(gate.demo.pass("delivery")["day_code"].as_str().unwrap()).await;
    gate.verdict("admit").await;
    gate.picture("code-admitted").await;
    gate.free().await;
    later["day_code"].as_str().unwrap().to_owned()
}

/// Five wrong ones for a flat and it is to be looked at more closely; ten at a kiosk and its keypad rests.
/// The camera never does.
pub async fn wrong_codes_slow_the_keypad_and_nothing_else(gate: &Gate) {
    for (tries, flat) in [(0, "02"), (5, "01")] {
        gate.touch("code").await;
        gate.pick_unit("C", "3", flat).await;
        for wrong in 1..=5 {
            gate.sees("boxes").await;
            gate.keys("000000").await;
            gate.verdict("refuse").await;
            if tries + wrong == 1 {
                gate.picture("wrong-code").await;
            }
            gate.touch(if wrong < 5 { "next-code" } else { "close" }).await;
            gate.free().await;
            gate.happened("WRONG_CODE", tries + wrong).await;
        }
    }
    gate.window.find("[data-testid=alert][data-kind=wrong_codes]", STEP).await;
    gate.picture("wrong-codes-alert").await;
    gate.touch("alert-seen").await;
    gate.misses("alert").await;
    gate.touch("code").await;
    gate.pick_unit("A", "12", "03").await;
    gate.sees("rests").await;
    gate.picture("keypad-rests").await;
    gate.hold_up(gate.pass("Rohan Das").await["token"].as_str().unwrap(), "admit").await;
    gate.free().await;
    gate.touch("back").await;
}

pub async fn the_keypad_is_back(gate: &Gate, code: &str) {
    gate.touch("code").await;
    gate.pick_unit("A", "12", "03").await;
    gate.window.find(&format!("{}:not([disabled])", by_id("digit-1")), LONG).await;
    gate.keys(code).await;
    gate.verdict("admit").await;
    gate.free().await;
}
