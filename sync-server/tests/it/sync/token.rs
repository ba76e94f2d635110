//! Tokens for kiosks: one for each nonce, none for the revoked.

use std::time::Duration;

use gatehouse::{
    api::sync::{OrderAnswer, TimeRequest, TokenScope},
    cbor,
    clock::{Nonce, SignedAnchor},
    keys::SigningKey,
    sync::{PROTOCOL, SnapshotPull, TokenNonce, assert},
    time::MINUTE,
};
use gatehouse_server::OsEntropy;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    house::House,
    kiosk::{TestKiosk, pulled},
};
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

/// A request whose body is still to come: the server has looked at who is calling, and asked for the rest.
async fn begun(house: &House, kiosk: &TestKiosk, path: &str, length: usize) -> TcpStream {
    let mut connection = TcpStream::connect(house.server.address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer {}\r\ncontent-type: application/cbor\r\n\
         content-length: {length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        kiosk.token
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut said = *b"HTTP/1.1 100 Continue\r\n\r\n";
    let asked = said;
    connection.read_exact(&mut said).await.unwrap();
    assert_eq!(said, asked);
    connection
}

#[tokio::test]
async fn a_request_begun_before_its_kiosk_was_revoked_is_not_served_after() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = house.kiosk().await;
        let (cursor, _) = kiosk.snapshot().await;
        let snapshot = SnapshotPull { protocol: PROTOCOL, resume: None };
        let requests =
            [("/sync/feed", cbor::to_vec(&pulled(cursor))), ("/sync/snapshot", cbor::to_vec(&snapshot))];
        let mut waiting = Vec::new();
        for (path, body) in requests {
            waiting.push((path, begun(&house, &kiosk, path, body.len()).await, body));
        }
        house.revoke(&kiosk, "STOLEN").await;
        for (path, mut connection, body) in waiting {
            connection.write_all(&body).await.unwrap();
            let mut answer = Vec::new();
            let read = connection.read_to_end(&mut answer);
            tokio::time::timeout(Duration::from_secs(20), read).await.expect("no answer").unwrap();
            assert!(answer.starts_with(b"HTTP/1.1 403"), "{engine:?} {path}");
        }
    }
}
