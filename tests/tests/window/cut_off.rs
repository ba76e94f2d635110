//! No network: the gate goes on, says so, and afterwards everybody knows everything.

use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::server::Server;
use gatehouse_tests::waiting::until;
use serde_json::json;

use crate::gate::{Gate, LONG, STEP, by_id};

/// The server is killed. At this gate and at another one a pass for one use lets somebody in each; when both
/// are heard again, household, admins and both gates are told.
pub async fn the_server_is_gone_and_the_gate_is_not(mut gate: Gate, server: Server) -> (Gate, Server) {
    let other = other_gate(&gate, &server).await;
    let stopped = server.kill().await;
    gate.link("[data-online=false]").await;
    gate.shows(gate.demo.token("cab"), "admit", "offline-admit").await;
    gate.hold_up(gate.demo.token("single-use"), "admit").await;
    gate.free().await;
    let there = other.run(&["admit", gate.demo.token("single-use")]).await;
    assert_eq!((there.code, &there.json["verdict"]), (0, &json!("ADMIT")), "{} {}", there.json, there.said);
    gate.link("[data-waiting='2']").await;
    gate.picture("offline").await;
    gate.touch("link").await;
    gate.sees("try-now").await;
    gate.picture("offline-sync").await;
    gate.touch("back").await;

    let server = stopped.restart().await;
    gate.link("[data-online=true][data-waiting='0']").await;
    gate.admin = gate.demo.admin(&server).await;
    gate.resident = gate.demo.resident(&server).await;
    other.succeed(&["sync"]).await;
    gate.window.find("[data-testid=alert][data-kind=double_use]", LONG).await;
    gate.window.reads(&by_id("alert"), "Kabir Once", STEP).await;
    gate.picture("double-use").await;
    gate.touch("alert-seen").await;
    gate.misses("alert").await;
    for sees in [&gate.admin, &gate.resident] {
        until("the case is shown", LONG, async || {
            let cases = sees.get("/journal/double-uses").await;
            let cases = cases["items"].as_array().unwrap();
            assert!(cases.len() < 2, "one case, once: {cases:?}");
            (cases.len() == 1).then_some(())
        })
        .await;
    }
    (gate, server)
}

/// A kiosk without a window at the other gate, loaded and asleep.
async fn other_gate(gate: &Gate, server: &Server) -> Kiosk {
    let gates = gate.admin.get("/gates").await;
    let wanted = json!({ "gate_id": gates["items"][1]["id"], "name": "The other gate" });
    let invitation = gate.admin.post("/kiosks/enrolments", &wanted).await;
    let other = Kiosk::at(&gate.demo.folder.path().join("other"));
    let done = other.enrol(&server.url(), invitation["code"].as_str().unwrap()).await;
    assert_eq!(done.code, 0, "enrolment: {} {}", done.json, done.said);
    other
}
