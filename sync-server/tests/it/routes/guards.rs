//! `/guards`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::feed::row::GuardRow;
use gatehouse_server::auth::Passwords;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    held,
    people::{Community, on_both},
};

#[tokio::test]
async fn a_guards_pin_reaches_kiosks_as_its_hash_alone() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let row: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        assert_eq!((row.name.as_str(), row.active), ("Ramesh", true));
        let hash = Passwords::new().pin("246810".into(), row.pin_salt).await.unwrap();
        assert_eq!(row.pin_hash, hash);

        let path = format!("/guards/{}", community.guard.id());
        community.admin.patch(&path, &json!({"pin": "135791"})).await.ok();
        let changed: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        let hash = Passwords::new().pin("135791".into(), changed.pin_salt).await.unwrap();
        assert_eq!(changed.pin_hash, hash);
        assert_ne!(changed.pin_salt, row.pin_salt);
    })
    .await;
}

#[tokio::test]
async fn a_guard_who_left_is_signed_out_everywhere() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let path = format!("/guards/{}", community.guard.id());
        let left = community.admin.patch(&path, &json!({"active": false})).await.ok();
        assert_eq!(left["active"], false);
        community.guard.get("/auth/me").await.is(401, "unauthenticated");
        let row: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        assert!(!row.active);
        let back = community.admin.patch(&path, &json!({"active": true})).await.ok();
        assert_eq!(back["active"], true);
        let listed = community.admin.get("/guards").await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

/// A picture of `width` by `height` pixels in that format, somebody's face for all the server knows.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let shade = |at: u32| at.to_le_bytes()[0];
    let face = RgbImage::from_fn(width, height, |x, y| Rgb([shade(x), shade(y), shade(x ^ y)]));
    let mut out = std::io::Cursor::new(Vec::new());
    face.write_to(&mut out, format).unwrap();
    out.into_inner()
}

#[tokio::test]
async fn what_is_no_pin_or_photo_is_refused() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let guard = |pin: &str, photo: &str| {
            json!({"name": "Sunita", "phone": "+919600000009", "pin": pin, "photo": photo})
        };
        let face = STANDARD.encode(picture(60, 80, ImageFormat::Png));
        for (pin, photo, field) in [
            ("12345", face.as_str(), "pin"),
            ("abcdef", &face, "pin"),
            ("123456", "iVBORw0=", "photo"),
            ("123456", "not base64", "photo"),
        ] {
            let answer = community.admin.post("/guards", &guard(pin, photo)).await;
            answer.is(422, "invalid");
            assert_eq!(answer.json["errors"][0]["field"], field);
        }
        let made = community.admin.post("/guards", &guard("123456", &face)).await.ok();
        assert_eq!(made["has_photo"], true);
        community.resident.post("/guards", &guard("123456", &face)).await.is(403, "forbidden");
        community.admin.patch(&format!("/guards/{}", community.resident.id()), &json!({})).await
            .is(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_guards_photo_reaches_kiosks_small_and_square_and_can_be_taken_away() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let path = format!("/guards/{}/photo", community.guard.id());
        assert_eq!(community.admin.get("/guards").await.ok()["items"][0]["has_photo"], false);
        community.admin.get(&path).await.is(404, "not_found");

        let sent = picture(1_200, 900, ImageFormat::Jpeg);
        let set = community.admin.put_bytes(&path, "image/jpeg", sent.clone()).await.ok();
        assert_eq!(set["has_photo"], true);
        let row: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        let photo = row.photo.unwrap();
        assert!(photo.len() <= 12 << 10, "{} bytes in every kiosk's feed", photo.len());
        let shown = image::load_from_memory_with_format(&photo, ImageFormat::Jpeg).unwrap();
        assert_eq!(shown.width(), shown.height());
        assert_eq!(community.admin.picture(&path).await.as_ref(), Some(&photo));
        assert_eq!(community.resident.picture(&path).await, None);

        let head = held::head(&server, community.id).await;
        community.admin.put_bytes(&path, "image/jpeg", sent).await.ok();
        assert_eq!(held::head(&server, community.id).await, head, "the same again is no change");
        community.admin.patch(path.trim_end_matches("/photo"), &json!({"pin": "135791"})).await.ok();
        let row: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        assert_eq!(row.photo, Some(photo), "a new PIN leaves it");

        let gone = community.admin.ask(Method::DELETE, &path, None, None).await.ok();
        assert_eq!(gone["has_photo"], false);
        let row: GuardRow = held::row(&server, community.id, community.guard.id()).await.unwrap();
        assert_eq!(row.photo, None);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused_by_what_is_wrong_with_it() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let path = format!("/guards/{}/photo", community.guard.id());
        let put = async |media_type: &str, bytes: Vec<u8>| {
            community.admin.put_bytes(&path, media_type, bytes).await
        };
        let whole = picture(300, 200, ImageFormat::Jpeg);
        put("application/json", b"{}".to_vec()).await.is(415, "unsupported_media_type");
        put("image/png", b"GIF89a and so on".to_vec()).await.is(415, "not_a_picture");
        put("image/jpeg", whole[..whole.len() / 2].to_vec()).await.is(422, "picture_damaged");
        put("image/png", picture(4, 300, ImageFormat::Png)).await.is(422, "picture_damaged");
        put("image/jpeg", vec![0xff; (8 << 20) + 1]).await.is(413, "too_large");
        community.guard.put_bytes(&path, "image/jpeg", whole.clone()).await.is(403, "forbidden");
        let nobody = format!("/guards/{}/photo", community.resident.id());
        community.admin.put_bytes(&nobody, "image/jpeg", whole).await.is(404, "not_found");
    })
    .await;
}
