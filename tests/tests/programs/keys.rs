//! A kiosk's own keys, and the server's, which are replaced while a kiosk is away.

use gatehouse_tests::community::{Community, token};
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::programs;
use serde_json::json;
use tokio::process::Command;

/// Keys in a plain file are warned of when they come there, and whenever the kiosk is asked how it stands.
#[tokio::test]
async fn keys_in_a_plain_file_are_warned_of() {
    let (community, server) = Community::found().await;
    let kiosk = Kiosk::at(&community.folder.path().join("kiosk"));
    let invitation = community.enrolment("kiosk").await;
    let enrolled = kiosk.enrol(&server.url(), invitation["code"].as_str().unwrap()).await;
    for done in [enrolled, kiosk.run(&["status"]).await] {
        assert_eq!((done.code, &done.json["keys"]), (0, &json!("file")), "{} {}", done.json, done.said);
        let warning = done.json["keys_warning"].as_str().unwrap();
        assert!(warning.contains("plain file"), "{warning}");
        assert!(done.said.contains(&format!("gatectl: warning: {warning}")), "{}", done.said);
    }
}

/// It comes back by the keys it holds, follows to the new ones, and goes on.
#[tokio::test]
async fn a_kiosk_that_was_away_while_keys_were_replaced_follows_when_it_is_back() {
    let (community, server) = Community::found().await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let status = kiosk.succeed(&["status"]).await;
    assert_eq!(status["keys"], "file", "who holds its own keys is said: {status}");
    for _ in 0..2 {
        let replaced = Command::new(programs::server())
            .args(["admin", "rotate-keys", "--community", "Lakeview", "--anchor", "--seal", "--data"])
            .arg(server.data())
            .output()
            .await
            .expect("the server's program can be run");
        assert!(replaced.status.success(), "{}", String::from_utf8_lossy(&replaced.stderr));
    }
    let rotated = community.admin.post("/community/keys/rotate", &json!({ "pass": true })).await;
    assert!(rotated["pass_from"].is_string(), "{rotated}");
    let card = community.pass(&json!({})).await;
    let synced = kiosk.succeed(&["sync"]).await;
    assert_eq!(synced["ok"], true, "{synced}");
    let judged = kiosk.succeed(&["check", token(&card)]).await;
    assert_eq!(judged["verdict"], "ADMIT", "{judged}");
    let deeds = community.admin.get("/audit").await;
    let items = deeds["items"].as_array().expect("the audit is a list");
    let rotations =
        items.iter().filter(|one| one["deed"].as_str().is_some_and(|deed| deed.ends_with("_KEY_ROTATED")));
    assert_eq!(rotations.count(), 5, "{deeds}");
}
