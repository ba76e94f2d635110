//! Tokens for kiosks: one for each nonce, none for the revoked.

use gatehouse::{
    api::sync::{OrderAnswer, TimeRequest, TokenScope},
    clock::{Nonce, SignedAnchor},
    keys::SigningKey,
    sync::{TokenNonce, assert},
    time::MINUTE,
};
use gatehouse_server::OsEntropy;

use super::house::House;
use crate::support::ENGINES;

#[tokio::test]
async fn a_nonce_gets_one_token_and_only_for_the_key_that_was_enrolled() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let nonce = kiosk.nonce().await;
        let stranger = SigningKey::generate(&mut OsEntropy);
        let forged = assert(kiosk.id, nonce.nonce, nonce.anchor.at, &stranger);
        assert_eq!(kiosk.ask_token(forged).await.status(), 401, "{engine:?}");
        let signed = assert(kiosk.id, nonce.nonce, nonce.anchor.at, &kiosk.key);
        assert_eq!(kiosk.ask_token(signed.clone()).await.status(), 200);
        assert_eq!(kiosk.ask_token(signed).await.status(), 401, "used");
        let own = assert(kiosk.id, TokenNonce([1; 48]), nonce.anchor.at, &kiosk.key);
        assert_eq!(kiosk.ask_token(own).await.status(), 401, "not given out");
        let nonce = kiosk.nonce().await;
        house.server.clock.advance(MINUTE);
        let late = assert(kiosk.id, nonce.nonce, house.now(), &kiosk.key);
        assert_eq!(kiosk.ask_token(late).await.status(), 401, "over");
    }
}

#[tokio::test]
async fn a_token_ends_after_ten_minutes() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        assert!(kiosk.try_snapshot(None).await.is_ok(), "{engine:?}");
        house.server.clock.advance(10 * MINUTE);
        let (status, problem) = kiosk.try_snapshot(None).await.unwrap_err();
        assert_eq!((status, problem["code"].as_str()), (401, Some("token_expired")));
    }
}

#[tokio::test]
async fn the_time_is_signed_for_the_one_who_asked() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let request = TimeRequest { kiosk: kiosk.id, nonce: Nonce([3; 16]), anchor_key: None };
        let answer =
            house.server.http.post(house.server.url("/sync/time")).json(&request).send().await.unwrap();
        let anchor: SignedAnchor = answer.json().await.unwrap();
        assert_eq!((anchor.at, anchor.nonce), (house.now(), request.nonce), "{engine:?}");
    }
}

#[tokio::test]
async fn a_retired_kiosk_may_deliver_its_journal_a_stolen_one_nothing() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        house.revoke(&kiosk, "RETIRED").await;
        let (status, problem) = kiosk.try_snapshot(None).await.unwrap_err();
        assert_eq!((status, problem["code"].as_str()), (403, Some("kiosk_revoked")), "{engine:?}");
        assert_eq!(kiosk.sign_in().await.scope, TokenScope::Journal);
        assert_eq!(kiosk.send_from(0).await.durable, 1);

        house.revoke(&kiosk, "STOLEN").await;
        let nonce = kiosk.nonce().await;
        let signed = assert(kiosk.id, nonce.nonce, nonce.anchor.at, &kiosk.key);
        assert_eq!(kiosk.ask_token(signed).await.status(), 403);
        let url = house.server.url(&format!("/sync/orders/{}", kiosk.id));
        let order: OrderAnswer = house.server.http.get(url).send().await.unwrap().json().await.unwrap();
        assert!(order.stolen);
        assert_eq!(order.signature.0, [7; 64]);
    }
}
