//! Nobody expects them: the household is asked, answers or does not, and the guard acts on it.

use std::time::Duration;

use gatehouse_tests::waiting::until;
use tokio::time::timeout;

use crate::arriving::sign_in;
use crate::gate::{Gate, LONG, STEP, by_id};

/// Whoever has not undone an ask by then did not within its three seconds.
const UNDONE_BY: Duration = Duration::from_secs(6);

/// Four touches ask the household, its answer changes the card, one touch lets in.
pub async fn a_household_answers_over_the_network(gate: &Gate) {
    until("an ask that is taken back within its three seconds", LONG, async || {
        let card = gate.ask_for_delivery("Swiggy").await;
        let undone = timeout(UNDONE_BY, async {
            gate.touch("undo-ask").await;
            gate.window.gone(&card, STEP).await;
        });
        if undone.await.is_ok() {
            return Some(());
        }
        // Too late, on a machine that has much to do: not this one, then.
        gate.window.touch(&card, STEP).await;
        gate.touch("left").await;
        gate.window.gone(&card, STEP).await;
        None
    })
    .await;
    until("the undoing reaches the server", LONG, async || {
        let closed = gate.events("ASK_CLOSED").await;
        closed.iter().any(|event| event["act"]["outcome"] == "UNDONE").then_some(())
    })
    .await;
    let pending = gate.resident.get("/visitors/pending").await;
    assert_eq!(pending["items"].as_array().unwrap().len(), 0, "what was undone in time asks nobody");

    let card = gate.ask_for_delivery("Zomato").await;
    gate.picture("asked").await;
    gate.household_says("approve").await;
    gate.card_is(&card, "approved").await;
    gate.picture("approved").await;
    gate.window.touch(&card, STEP).await;
    gate.verdict("admit").await;
    gate.picture("let-in").await;
    gate.free().await;
    gate.entries_arrive().await;
}

/// With nobody signed in OVERRIDE leads to the sign-in; with a guard it is confirmed at another place.
pub async fn a_guard_overrides_and_only_a_guard(gate: &Gate) {
    gate.touch("guard").await;
    gate.touch("sign-out").await;
    gate.sees("strip").await;
    gate.picture("nobody-signed-in").await;
    let card = gate.ask_for_delivery("Amazon").await;
    gate.window.touch(&card, STEP).await;
    gate.window.reads(&by_id("override"), "Sign in", STEP).await;
    gate.picture("override-needs-a-guard").await;
    gate.touch("override").await;
    sign_in(gate).await;
    gate.window.touch(&card, STEP).await;
    let pressed = gate.window.places(&by_id("override")).await[0];
    gate.picture("card").await;
    gate.touch("override").await;
    gate.sees("override-known_to_guard").await;
    assert!(!gate.lies_on(pressed, "override-").await, "OVERRIDE is confirmed at another place");
    gate.picture("override").await;
    gate.touch("override-known_to_guard").await;
    gate.verdict("admit").await;
    gate.free().await;
    gate.entries_arrive().await;
    let entries = gate.events("ADMITTED").await;
    let overridden: Vec<_> =
        entries.iter().filter(|event| event["act"]["credential"] == "OVERRIDE").collect();
    assert_eq!(overridden.len(), 1);
    assert!(overridden[0]["guard_id"].is_string(), "an override names the guard: {}", overridden[0]);
}

/// They come back, answered and unanswered, and go on where they stood.
pub async fn open_asks_outlive_a_power_cut(gate: Gate) -> Gate {
    let answered = gate.ask_for_delivery("Flipkart").await;
    gate.household_says("approve").await;
    gate.card_is(&answered, "approved").await;
    let open = gate.ask_for_delivery("Blinkit").await;
    gate.sent().await;
    let gate = gate.power_cut().await;
    gate.window.find("[data-testid=camera][data-state=looking]", LONG).await;
    gate.card_is(&answered, "approved").await;
    gate.window.find(&format!("{open}:not([data-state=approved])"), STEP).await;
    assert_eq!(gate.cards().await.len(), 2, "nothing more came back");
    gate.window.reads(&by_id("guard"), "Ramesh", STEP).await;
    gate.picture("after-a-power-cut").await;
    gate.household_says("approve").await;
    gate.card_is(&open, "approved").await;
    for card in [answered, open] {
        gate.window.touch(&card, STEP).await;
        gate.verdict("admit").await;
        gate.free().await;
    }
    gate.entries_arrive().await;
    gate
}
