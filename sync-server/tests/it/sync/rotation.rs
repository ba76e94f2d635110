//! Replaced keys, and a kiosk that was away meanwhile.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::{
        community::{RotateKeys, RotatedKeys},
        problem::Code,
        sync::{NonceAnswer, TimeRequest, TokenAnswer, TokenRequest},
    },
    clock::Nonce,
    feed::row::{Body, CommunityRow, PassKeyRow},
    hash::Hash,
    id::UserId,
    journal::Act,
    keys::PublicKey,
    spoken::{Challenge, SpokenAnswer},
    sync::assert,
    time::DAY,
    trust::{SignedTrust, TrustStatement},
};
use gatehouse_server::{OsEntropy, communities::rotate, http::Answer};

use super::{
    house::House,
    kiosk::{TestKiosk, asked},
};
use crate::support::ENGINES;

const ALL: RotateKeys = RotateKeys { pass: true, anchor: true, seal: true };

async fn rotate(house: &House, by: Option<UserId>, asked: RotateKeys) -> Answer<RotatedKeys> {
    let app = &house.server.app;
    let tx = app.store.write().await?;
    rotate::rotate(app, tx, house.community, by, asked).await
}

/// The trust file that the kiosk holds since its enrolment.
fn enrolled(kiosk: &TestKiosk) -> (Hash, TrustStatement) {
    let signed = SignedTrust::read(&STANDARD.decode(&kiosk.enrolled.trust).unwrap()).unwrap();
    let root = Hash(signed.root().fingerprint());
    let said = signed.accept(&root, kiosk.enrolled.community_id, kiosk.id, 0).unwrap();
    (root, said)
}

/// Signs in as a kiosk does that knows this anchor key: the server's time must be signed with it.
async fn sign_in(kiosk: &mut TestKiosk, anchor: &PublicKey) {
    let request = TimeRequest { kiosk: kiosk.id, nonce: Nonce([8; 16]), anchor_key: Some(anchor.kid()) };
    let asked = kiosk.http.post(format!("{}/sync/nonce", kiosk.base)).json(&request).send().await.unwrap();
    let answer: NonceAnswer = asked.json().await.unwrap();
    let community = kiosk.enrolled.community_id;
    let at = answer.anchor.verify(community, &request.nonce, anchor).unwrap().at;
    let request = TokenRequest { assertion: assert(kiosk.id, answer.nonce, at, &kiosk.key) };
    let asked = kiosk.http.post(format!("{}/sync/token", kiosk.base)).json(&request).send().await.unwrap();
    let token: TokenAnswer = asked.json().await.unwrap();
    kiosk.token = token.access_token;
}

async fn trust(kiosk: &TestKiosk, root: &Hash, held: u64) -> TrustStatement {
    let asked = kiosk.http.get(format!("{}/sync/trust", kiosk.base)).bearer_auth(&kiosk.token);
    let bytes = asked.send().await.unwrap().bytes().await.unwrap();
    let signed = SignedTrust::read(&bytes).unwrap();
    signed.accept(root, kiosk.enrolled.community_id, kiosk.id, held).unwrap()
}

#[tokio::test]
async fn a_kiosk_that_was_away_while_every_key_was_replaced_comes_back_by_those_it_holds() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let mut kiosk = house.kiosk().await;
        let (root, before) = enrolled(&kiosk);
        let cursor = kiosk.try_snapshot(None).await.unwrap().head;
        let rotated = rotate(&house, None, ALL).await.unwrap();
        assert_eq!(rotated.pass_from, Some(house.now().plus(14 * DAY)), "{engine:?}");
        house.server.clock.advance(20 * DAY);
        let again = rotate(&house, Some(house.admin), RotateKeys { pass: false, ..ALL });
        again.await.unwrap();

        sign_in(&mut kiosk, &before.anchor_key).await;
        let after = trust(&kiosk, &root, before.version).await;
        assert_ne!(after.anchor_key, before.anchor_key);
        assert_ne!(after.seal_key, before.seal_key);
        assert_eq!(after.pass_keys.0.len(), 2);
        sign_in(&mut kiosk, &after.anchor_key).await;

        let page = kiosk.pull(cursor).await;
        let kinds: Vec<_> = page.rows.iter().map(|row| row.kind).collect();
        assert!(
            kinds.contains(&PassKeyRow::KIND) && kinds.contains(&CommunityRow::KIND),
            "the feed tells of it"
        );

        let someone = super::journal::visit();
        let challenge = Challenge::new(4321).unwrap();
        let sealed = SpokenAnswer::Duress
            .seal(&before.seal_key, kiosk.id, house.unit, challenge, &mut OsEntropy)
            .unwrap();
        kiosk.journal.record(&asked(someone, house.unit), None);
        let act = Act::SpokenAnswered {
            unit: house.unit,
            challenge: challenge.number(),
            visit: Some(someone),
            approved: true,
            sealed,
        };
        kiosk.journal.record(&act, None);
        kiosk.send_from(0).await;
        assert_eq!(house.alerts().await, ["DURESS"], "sealed to the key of before, while away");
    }
}

#[tokio::test]
async fn the_next_pass_key_is_not_hastened_twice_and_nothing_is_no_wish() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let pass = RotateKeys { pass: true, ..RotateKeys::default() };
        rotate(&house, None, pass).await.unwrap();
        let again = rotate(&house, None, pass).await.unwrap_err();
        assert_eq!(*again.code(), Code::WrongState, "{engine:?}");
        let nothing = rotate(&house, None, RotateKeys::default()).await.unwrap_err();
        assert_eq!(*nothing.code(), Code::Invalid);
    }
}
