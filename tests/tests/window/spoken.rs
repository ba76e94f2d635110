//! Approval by word of mouth: what the gate reads out, what the residents' app makes of it, what it shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatehouse::hours::Zone;
use gatehouse::spoken::{Challenge, SpokenAnswer, SpokenSecret};
use gatehouse::time::UnixMs;
use gatehouse_tests::waiting::until;

use crate::gate::{Gate, LONG, STEP, by_id};

/// No, yes, and yes under duress: the last two are the same to every eye at the gate.
pub async fn a_household_answers_in_six_digits(gate: &Gate) {
    let card = begin(gate).await;
    gate.picture("spoken").await;
    gate.keys("000000").await;
    gate.window.reads(&by_id("notice"), "2", STEP).await;
    gate.picture("spoken-wrong").await;
    gate.keys(&answer(gate, SpokenAnswer::Deny).await).await;
    gate.card_is(&card, "denied").await;
    gate.window.touch(&card, STEP).await;
    gate.touch("left").await;
    gate.window.gone(&card, STEP).await;

    let mut looks = Vec::new();
    for said in [SpokenAnswer::Approve, SpokenAnswer::Duress] {
        let card = begin(gate).await;
        gate.touch_digits(&answer(gate, said).await).await;
        gate.card_is(&card, "approved").await;
        gate.misses("notice").await;
        gate.misses("alert").await;
        looks.push(gate.window.drawn(&card).await.replace(&card[11..card.len() - 2], ""));
        gate.picture("spoken-approved").await;
        gate.window.touch(&card, STEP).await;
        gate.verdict("admit").await;
        gate.free().await;
    }
    assert_eq!(looks[0], looks[1], "duress looks like a plain approval");
    until("the admins hear of the duress", LONG, async || {
        let alerts = gate.admin.get("/alerts?open=true").await;
        alerts["items"].as_array().unwrap().iter().any(|alert| alert["kind"] == "DURESS").then_some(())
    })
    .await;
    gate.misses("alert").await;
}

/// Asks, and goes as far as the two numbers to read out. Answers the card's selector.
async fn begin(gate: &Gate) -> String {
    let card = gate.ask_for_delivery("Zepto").await;
    gate.window.touch(&card, STEP).await;
    gate.touch("spoken").await;
    gate.sees("challenge").await;
    card
}

/// What the residents' app would say to the numbers on the screen, from what it fetched ahead.
async fn answer(gate: &Gate, said: SpokenAnswer) -> String {
    let fetched = gate.resident.get("/spoken").await;
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let zone = Zone::named("Asia/Kolkata").unwrap();
    let today = zone.local(UnixMs(i64::try_from(now).unwrap())).date.to_string();
    let secrets = fetched["secrets"].as_array().unwrap();
    let secret = secrets.iter().find(|secret| secret["date"] == *today).expect("a secret for today");
    let bytes = STANDARD.decode(secret["secret"].as_str().unwrap()).unwrap();
    let secret = SpokenSecret::from_bytes(bytes.try_into().unwrap());
    let kiosk = gate.window.reads(&by_id("kiosk-number"), "", STEP).await.parse().unwrap();
    let challenge: Challenge = gate.window.reads(&by_id("challenge"), "", STEP).await.parse().unwrap();
    secret.digits(kiosk, challenge, said).as_str().to_owned()
}
