//! One kiosk at one server: from the invitation to the event on the server.

use std::time::Duration;

use gatehouse_tests::community::{Community, token};
use gatehouse_tests::record;
use gatehouse_tests::server::How;
use gatehouse_tests::waiting::until;
use serde_json::json;
use tokio::time::Instant;

/// Enrol, pass, check, admit, sync: and the server holds what happened, once.
#[tokio::test]
async fn a_visitor_comes_in_and_the_server_knows() {
    a_visitor_comes_in(How::default()).await;
}

/// The same with PostgreSQL behind the server.
#[tokio::test]
async fn a_visitor_comes_in_and_the_server_on_postgresql_knows() {
    a_visitor_comes_in(How::on_postgres()).await;
}

async fn a_visitor_comes_in(how: How) {
    let (community, server) = Community::found_on(how).await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;

    let checked = kiosk.run(&["check", token(&card)]).await;
    assert_eq!(checked.code, 0, "{}", checked.json);
    assert_eq!(checked.json["verdict"], "ADMIT");
    assert_eq!(checked.json["reason"], "OK");
    assert_eq!(checked.json["pass_id"], card["pass"]["id"]);
    assert_eq!(checked.json["unit"], "A-1203");
    assert!(checked.json["elapsed_us"].is_u64());

    let admitted = kiosk.succeed(&["admit", token(&card)]).await;
    kiosk.succeed(&["sync"]).await;
    let events = record::held_by_server(&community, &kiosk).await;
    record::is_gapless(&events);
    assert_eq!(record::times(&events, &admitted["event_id"]), 1);
    assert_eq!(record::own(&kiosk).await["acknowledged"], events.len());

    let visitors = community.admin.get("/visitors").await;
    assert_eq!(visitors["items"][0]["pass_id"], card["pass"]["id"]);
    assert!(visitors["items"][0]["check_in_time"].is_string(), "{visitors}");
}

/// The same pass is let out, and a day code lets in.
#[tokio::test]
async fn out_by_the_same_pass_and_in_by_its_code() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    kiosk.succeed(&["admit", token(&card)]).await;
    let out = kiosk.succeed(&["exit", token(&card)]).await;
    assert_eq!(out["verdict"], "EXIT");

    let code = card["day_code"].as_str().unwrap();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    assert_ne!(kiosk.run(&["code", "A-1203", wrong]).await.code, 0);
    let nowhere = kiosk.run(&["code", "Z-9", code]).await;
    assert_eq!((nowhere.code, &nowhere.json["error"]), (8, &json!("there is no flat Z-9")));
    assert!(nowhere.said.contains("there is no flat Z-9"), "{}", nowhere.said);
    let right = kiosk.succeed(&["code", "A-1203", code, "--admit"]).await;
    assert_eq!(right["pass_id"], card["pass"]["id"]);
    assert_eq!(right["verdict"], "ADMIT");
}

/// What is no pass of this community does not open the gate, each with its own reason.
#[tokio::test]
async fn each_bad_credential_is_refused_for_its_own_reason() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let revoked = community.pass(&json!({ "name": "Gone" })).await;
    community.revoke(&revoked).await;
    let once = community.pass(&json!({ "name": "Once", "uses": 1 })).await;
    kiosk.succeed(&["sync"]).await;
    kiosk.succeed(&["admit", token(&once)]).await;
    kiosk.succeed(&["exit", token(&once)]).await;
    let (elsewhere, _other) = Community::found().await;
    let foreign = elsewhere.pass(&json!({})).await;

    for (shown, verdict, reason, code) in [
        (token(&revoked), "REFUSE", "REVOKED", 20),
        (token(&once), "REFUSE", "USED_UP", 20),
        (token(&foreign), "ASK_RESIDENT", "ISSUER_UNKNOWN", 10),
        ("upi://pay?pa=shop@bank", "REFUSE", "NOT_A_PASS", 20),
        ("GH1:NOT REALLY", "REFUSE", "UNREADABLE", 20),
    ] {
        let done = kiosk.run(&["check", shown]).await;
        assert_eq!(done.json["reason"], reason, "{}", done.json);
        assert_eq!(done.json["verdict"], verdict, "{}", done.json);
        assert_eq!(done.code, code);
    }
}

/// A code is good for one kiosk, once; a wrong one for none.
#[tokio::test]
async fn an_enrolment_code_is_good_once() {
    let (community, server) = Community::found().await;
    let invitation = community.enrolment("first").await;
    let code = invitation["code"].as_str().unwrap();
    let first = gatehouse_tests::kiosk::Kiosk::at(&community.folder.path().join("first"));
    assert_eq!(first.enrol(&server.url(), code).await.code, 0);
    let second = gatehouse_tests::kiosk::Kiosk::at(&community.folder.path().join("second"));
    assert_eq!(second.enrol(&server.url(), code).await.code, 9);
    assert_eq!(second.enrol(&server.url(), "00000-00000").await.code, 9, "no code that was ever handed out");
    assert_eq!(second.enrol(&server.url(), "AAAAA-AAAAA").await.code, 9, "mistyped: the server is not asked");
    let kiosks = community.admin.get("/kiosks").await;
    assert_eq!(kiosks["items"].as_array().unwrap().len(), 1, "{kiosks}");
}

/// What is named and not there is said by its name, whatever it is.
#[tokio::test]
async fn what_is_named_and_not_there_is_said_by_its_name() {
    let (community, server) = Community::found().await;
    let invitation = community.enrolment("kiosk").await;
    let kiosk = gatehouse_tests::kiosk::Kiosk::at(&community.folder.path().join("kiosk"));
    let bare = server.url().replace("http://", "");
    let enrolled = kiosk.enrol(&bare, invitation["code"].as_str().unwrap()).await;
    assert_eq!(
        enrolled.code, 0,
        "by the address as the server prints it: {} {}",
        enrolled.json, enrolled.said
    );
    for words in [
        &["watch", "/nonexistent"][..],
        &["decode", "/nonexistent.png"],
        &["photo", "01890a5d-ac96-774b-bcce-b302099a8057", "/nonexistent.png"],
        &["journal", "export", "--out", "/nonexistent/x"],
    ] {
        let done = kiosk.run(words).await;
        assert_eq!(done.code, 8, "{words:?}: {} {}", done.json, done.said);
        for said in [&done.json["error"].to_string(), &done.said] {
            assert!(said.contains("/nonexistent"), "{words:?}: {said}");
        }
    }
}

/// The promise is two seconds from "revoked" to "refused", at a kiosk that is online.
#[tokio::test]
async fn a_revoked_pass_is_refused_within_two_seconds() {
    revoked_and_refused(How::default()).await;
}

/// The same with PostgreSQL behind the server.
#[tokio::test]
async fn a_revoked_pass_is_refused_within_two_seconds_on_postgresql() {
    revoked_and_refused(How::on_postgres()).await;
}

/// What a kiosk finds while it takes in what is new, goes up with the same sync.
#[tokio::test]
async fn a_revocation_that_finds_its_holder_inside_is_told_by_the_sync_that_brings_it() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    kiosk.succeed(&["admit", token(&card)]).await;
    let again = kiosk.run(&["admit", token(&card)]).await;
    assert_eq!(
        (again.code, &again.json["verdict"]),
        (11, &json!("ALREADY_IN")),
        "nobody else comes in on it"
    );
    kiosk.succeed(&["sync"]).await;
    community.revoke(&card).await;
    let began = Instant::now();
    let synced = kiosk.succeed(&["sync"]).await;
    assert!(began.elapsed() < Duration::from_secs(10), "it took {:?}", began.elapsed());
    assert_eq!(synced["waiting"], 0, "{synced}");
    let alerts = community.admin.get("/alerts").await;
    assert!(alerts.to_string().contains("REVOKED_INSIDE"), "{alerts}");
}

async fn revoked_and_refused(how: How) {
    let (community, server) = Community::found_on(how).await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let frames = community.frames("frames");
    let _watching = kiosk.watch(&frames).await;
    let card = community.pass(&json!({})).await;
    until("the pass is known", Duration::from_secs(20), async || {
        (kiosk.run(&["check", token(&card)]).await.code == 0).then_some(())
    })
    .await;

    community.revoke(&card).await;
    let revoked = Instant::now();
    let refused = until("the refusal", Duration::from_secs(20), async || {
        let done = kiosk.run(&["check", token(&card)]).await;
        (done.code == 20).then_some(done.json)
    })
    .await;
    assert_eq!(refused["reason"], "REVOKED");
    assert!(revoked.elapsed() < Duration::from_secs(2), "it took {:?}", revoked.elapsed());
}

/// A picture of a phone in the watched folder is a visitor at the gate.
#[tokio::test]
async fn a_picture_of_a_phone_is_a_visitor() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let frames = community.frames("frames");
    let mut watching = kiosk.watch(&frames).await;
    community.hold_up(&frames, "1", token(&card));
    let verdict = watching.next(Duration::from_secs(30)).await.unwrap();
    assert_eq!(verdict["verdict"], "ADMIT", "{verdict}");
    assert_eq!(verdict["pass_id"], card["pass"]["id"]);
}

/// Nobody walks in on another's LET IN.
#[tokio::test]
async fn of_two_passes_in_one_picture_the_one_that_is_refused_has_its_verdict() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let (good, revoked) = (community.pass(&json!({})).await, community.pass(&json!({})).await);
    community.revoke(&revoked).await;
    kiosk.succeed(&["sync"]).await;
    let frames = community.frames("frames");
    let mut watching = kiosk.watch(&frames).await;
    community.hold_up_side_by_side(&frames, "1", [token(&good), token(&revoked)]);
    let verdict = watching.next(Duration::from_secs(30)).await.unwrap();
    assert_eq!(verdict["reason"], "REVOKED", "{verdict}");
    community.hold_up_side_by_side(&frames, "2", [token(&good), token(&revoked)]);
    community.hold_up(&frames, "3", token(&good));
    let verdict = watching.next(Duration::from_secs(30)).await.unwrap();
    assert_eq!(
        (&verdict["verdict"], &verdict["pass_id"]),
        (&json!("ADMIT"), &good["pass"]["id"]),
        "{verdict}"
    );
    assert!(verdict["file"].as_str().unwrap().ends_with("3.png"), "once it is alone: {verdict}");
}
