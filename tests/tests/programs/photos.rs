//! A visitor's photo follows its event to the household, however often the way is cut.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gatehouse::hash::Hash;
use gatehouse_tests::community::{Community, token};
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::record;
use gatehouse_tests::server::How;
use gatehouse_tests::waiting::until;
use image::{Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};

const DELIVERY: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_photo_arrives_though_server_and_kiosk_were_killed_between() {
    a_photo_arrives(How::default()).await;
}

/// The same with PostgreSQL behind the server.
#[tokio::test]
async fn a_photo_arrives_though_server_and_kiosk_were_killed_between_on_postgresql() {
    a_photo_arrives(How::on_postgres()).await;
}

async fn a_photo_arrives(how: How) {
    let (community, server) = Community::found_on(how).await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let frames = community.frames("frames");

    // Nobody is there to take it: the entry and two photos wait, over a power cut too.
    let stopped = server.kill().await;
    let watching = kiosk.watch(&frames).await;
    let entered = kiosk.succeed(&["admit", token(&card)]).await;
    let visit = entered["visit_id"].as_str().expect("an entry begins a visit");
    let first = add(&kiosk, visit, &picture(community.folder.path(), 40)).await;
    let newest = add(&kiosk, visit, &picture(community.folder.path(), 200)).await;
    assert_ne!(first, newest);
    watching.kill().await;
    let waiting = kiosk.succeed(&["status"]).await;
    assert_eq!((&waiting["photos_waiting"], &waiting["waiting"]), (&json!(2), &json!(3)), "{waiting}");

    let server = stopped.restart().await;
    let _watching = kiosk.watch(&frames).await;
    let path = format!("/visitors/{visit}/photo");
    let shown = until("the household sees the photo", DELIVERY, async || {
        let shown = community.resident.picture(&path).await?;
        (Hash::of(&[&shown]).to_string() == newest).then_some(shown)
    })
    .await;
    assert!(shown.len() <= 40 << 10, "{} bytes", shown.len());
    let history = community
        .resident
        .get(&format!("/visitors/{}/history", community.resident.user["id"].as_str().expect("an id")))
        .await;
    assert_eq!(history["items"][0]["has_photo"], true, "{history}");
    until("the kiosk knows that both have arrived", DELIVERY, async || {
        let done = kiosk.run(&["status"]).await;
        (done.code == 0 && done.json["photos_waiting"] == 0).then_some(())
    })
    .await;

    // Killed once more, the server has all of it still, and each event once.
    let server = server.kill().await.restart().await;
    assert_eq!(community.resident.picture(&path).await.as_deref(), Some(shown.as_slice()));
    record::delivered(&kiosk, DELIVERY).await;
    let events = record::held_by_server(&community, &kiosk).await;
    record::is_gapless(&events);
    forgets(&community, &kiosk, &entered["event_id"], &path).await;
    drop(server);
}

/// Who is forgotten is forgotten in pictures too, and the journal verifies without them.
async fn forgets(community: &Community, kiosk: &Kiosk, entry: &Value, photo: &str) {
    let details = format!("/journal/{}/details", entry.as_str().expect("an id"));
    let (status, said) = community.admin.call(Method::DELETE, &details, None).await;
    assert!(status.is_success(), "{said}");
    assert_eq!(community.admin.picture(photo).await, None);
    kiosk.succeed(&["sync"]).await;
    record::own(kiosk).await;
    assert_eq!(community.admin.picture(photo).await, None, "the kiosk does not bring it back");
}

/// Adds a picture to a visit; answers the digest of what is kept of it.
async fn add(kiosk: &Kiosk, visit: &str, picture: &Path) -> String {
    let added = kiosk.succeed(&["photo", visit, picture.to_str().expect("a path in UTF-8")]).await;
    added["photo"].as_str().expect("a digest").to_owned()
}

/// A camera's picture of somebody.
fn picture(folder: &Path, shade: u8) -> PathBuf {
    let path = folder.join(format!("somebody-{shade}.png"));
    let seen =
        RgbImage::from_fn(1280, 720, |x, y| Rgb([x.to_le_bytes()[0] / 2, y.to_le_bytes()[0] / 2, shade]));
    seen.save(&path).expect("a picture can be written");
    path
}
