//! Clocks that are set forward, set back, dead or asleep: the gate knows what time it is, or knows that it does not.

use std::time::Duration;

use gatehouse::time::{DAY, HOUR};
use gatehouse_tests::clocks::Clocks;
use gatehouse_tests::community::{Community, in_ms, token};
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::server::Server;
use gatehouse_tests::waiting::until;
use serde_json::{Value, json};

const BOUND: Duration = Duration::from_mins(1);
/// The number of the act `ClockStepped`, as the golden vectors have it.
const CLOCK_STEPPED: i64 = 15;

/// An enrolled kiosk by clocks of its own, and a pass that ends in an hour.
async fn gate() -> (Community, Server, Kiosk, Clocks, Value) {
    let (community, server) = Community::found().await;
    let clocks = Clocks::right(&community.folder.path().join("clocks"));
    let kiosk = Kiosk::at(&community.folder.path().join("kiosk")).by(&clocks);
    let invitation = community.enrolment("kiosk").await;
    assert_eq!(kiosk.enrol(&server.url(), invitation["code"].as_str().unwrap()).await.code, 0);
    let card = community.pass(&json!({ "valid_until": in_ms(HOUR) })).await;
    kiosk.succeed(&["sync"]).await;
    (community, server, kiosk, clocks, card)
}

async fn says(kiosk: &Kiosk, card: &Value) -> (Value, Value) {
    let checked = kiosk.run(&["check", token(card)]).await.json;
    (checked["verdict"].clone(), checked["reason"].clone())
}

/// Within a boot the wall clock is not asked: forward, back and 1970 change nothing, with a network or without.
#[tokio::test]
async fn the_wall_clock_may_say_what_it_likes() {
    let (community, server, kiosk, mut clocks, card) = gate().await;
    let watching = kiosk.watch(&community.frames("frames")).await;
    for offline in [false, true] {
        for days in [400, -400] {
            clocks.set_wall(days * DAY);
            assert_eq!(says(&kiosk, &card).await, (json!("ADMIT"), json!("OK")), "{days}, {offline}");
        }
        clocks.wall_is_dead();
        assert_eq!(says(&kiosk, &card).await, (json!("ADMIT"), json!("OK")), "1970, {offline}");
        assert_eq!(kiosk.succeed(&["status"]).await["time"]["is"], "trusted");
        if offline {
            break;
        }
        until("the kiosk has synced by a dead clock", BOUND, async || {
            (kiosk.run(&["sync"]).await.code == 0).then_some(())
        })
        .await;
    }
    drop(server);
    watching.kill().await;
    // A new process of the same boot knows it too.
    assert_eq!(says(&kiosk, &card).await, (json!("ADMIT"), json!("OK")));
}

/// What was put away and is held up again has a verdict of its own: the guest who left, and who is not to come back.
#[tokio::test]
async fn a_pass_held_up_again_is_told_of_again_however_few_pictures_lie_between() {
    let (community, server, kiosk, mut clocks, card) = gate().await;
    let frames = community.frames("frames");
    let mut watching = kiosk.watch(&frames).await;
    community.hold_up(&frames, "1", token(&card));
    assert_eq!(watching.next(BOUND).await.unwrap()["verdict"], "ADMIT");
    community.revoke(&card).await;
    until("the kiosk knows", BOUND, async || (says(&kiosk, &card).await.1 == "REVOKED").then_some(())).await;
    clocks.sleep(Duration::from_secs(3));
    community.hold_up(&frames, "2", token(&card));
    assert_eq!(watching.next(BOUND).await.unwrap()["reason"], "REVOKED");
    drop(server);
}

/// A night asleep is a night gone by: the pass has ended, though no program saw the hours pass.
#[tokio::test]
async fn a_machine_that_slept_knows_how_long() {
    let (community, server, kiosk, mut clocks, card) = gate().await;
    let _watching = kiosk.watch(&community.frames("frames")).await;
    drop(server);
    assert_eq!(says(&kiosk, &card).await.0, "ADMIT");
    clocks.sleep(Duration::from_hours(8));
    assert_eq!(says(&kiosk, &card).await, (json!("REFUSE"), json!("EXPIRED")));
}

/// After a start without a network the wall clock is believed where it can be right, and where it cannot the gate
/// asks for more in place of refusing. The server's next answer cures it, and the step is journaled.
#[tokio::test]
async fn after_a_restart_a_dead_clock_steps_up_and_the_servers_answer_cures_it() {
    let (community, server, kiosk, mut clocks, card) = gate().await;
    let stopped = server.kill().await;
    clocks.reboot();
    assert_eq!(says(&kiosk, &card).await, (json!("ADMIT"), json!("OK")), "the wall clock is right");

    clocks.wall_is_dead();
    clocks.reboot();
    assert_eq!(says(&kiosk, &card).await, (json!("STEP_UP"), json!("TIME_UNSURE")));
    assert_eq!(kiosk.succeed(&["status"]).await["time"]["is"], "unsure");

    clocks.set_wall(3 * DAY);
    clocks.reboot();
    assert_eq!(says(&kiosk, &card).await, (json!("REFUSE"), json!("EXPIRED")), "three days can have gone by");
    let _server = stopped.restart().await;
    kiosk.succeed(&["sync"]).await;
    assert_eq!(says(&kiosk, &card).await, (json!("ADMIT"), json!("OK")), "they had not");
    kiosk.succeed(&["sync"]).await;
    let events = gatehouse_tests::record::held_by_server(&community, &kiosk).await;
    gatehouse_tests::record::is_gapless(&events);
    let steps = events.iter().filter(|event| event["kind"] == CLOCK_STEPPED).count();
    assert_eq!(steps, 1, "{events:?}");
}
