//! The server alone: what does not need a kiosk.

use std::os::unix::fs::PermissionsExt;

use gatehouse_tests::community::{Community, token};
use gatehouse_tests::server::How;
use reqwest::Method;
use serde_json::json;

/// Whoever was told "done" finds it after a power cut.
#[tokio::test]
async fn what_was_answered_survives_a_power_cut() {
    answered_and_cut(How::default()).await;
}

/// The same with PostgreSQL behind the server.
#[tokio::test]
async fn what_was_answered_survives_a_power_cut_on_postgresql() {
    answered_and_cut(How::on_postgres()).await;
}

async fn answered_and_cut(how: How) {
    let (community, server) = Community::found_on(how).await;
    let card = community.pass(&json!({})).await;
    assert!(token(&card).starts_with("GH1:"));
    let _server = server.kill().await.restart().await;
    let id = card["pass"]["id"].as_str().unwrap();
    let (status, found) = community.resident.call(Method::GET, &format!("/passes/{id}"), None).await;
    assert_eq!(status, 200, "{found}");
    assert_eq!(found["token"], card["token"]);
}

/// In a folder that was there before, and is open to others, what the programs write is closed to them.
#[tokio::test]
async fn nobody_else_reads_what_a_server_or_a_kiosk_keeps() {
    let (community, server) = Community::found().await;
    std::fs::create_dir(community.folder.path().join("kiosk")).unwrap();
    let kiosk = community.kiosk(&server, "kiosk").await;
    kiosk.succeed(&["sync"]).await;
    let mut seen = 0;
    for folder in ["server", "kiosk"] {
        for entry in community.folder.path().join(folder).read_dir().unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", entry.path().display());
            seen += 1;
        }
    }
    assert!(seen > 4, "there are databases, keys and logs");
}

/// An admin reads over the API what happened, and there is nothing where nothing happened.
#[tokio::test]
async fn a_community_without_kiosks_has_no_events() {
    let (community, _server) = Community::found().await;
    assert_eq!(community.admin.get("/journal/events").await["items"], json!([]));
    let (status, _) = community.resident.call(Method::GET, "/journal/events", None).await;
    assert_eq!(status, 403);
}
