//! One-time codes make kiosks, once.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::kiosks::{Enrol, Enrolled},
    enrol::EnrolCode,
    hash::Hash,
    keys::SigningKey,
    time::MINUTE,
    trust::SignedTrust,
};
use gatehouse_server::{
    OsEntropy, fetch_all,
    keyring::{Purpose, signing_key},
};
use reqwest::Response;
use serde_json::Value;

use super::{
    house::House,
    kiosk::{TestKiosk, redeem},
};
use crate::support::ENGINES;

async fn ask(house: &House, request: &Enrol) -> Response {
    house.server.http.post(house.server.url("/kiosks/enrol")).json(request).send().await.unwrap()
}

async fn refused(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let problem: Value = answer.json().await.unwrap();
    (status, problem["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_code_makes_a_kiosk_that_trusts_its_communitys_root() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let one = TestKiosk::enrol(&house).await;
        let other = TestKiosk::enrol(&house).await;
        assert_eq!((one.enrolled.number, other.enrolled.number), (1, 2), "{engine:?}");
        assert_eq!(one.enrolled.gate_id, house.gate);

        let mut tx = house.server.app.store.read().await.unwrap();
        let sealer = &house.server.app.sealer;
        let root = signing_key(&mut tx, sealer, house.community, Purpose::Root, house.now()).await.unwrap();
        let trust = SignedTrust::read(&STANDARD.decode(&one.enrolled.trust).unwrap()).unwrap();
        let fingerprint = Hash(root.public().fingerprint());
        let said = trust.accept(&fingerprint, house.community, one.id, 0).unwrap();
        assert_eq!((said.kiosk_number, said.gate), (1, house.gate));
        assert_eq!(said.pass_keys.0.len(), 1);
        assert_eq!(one.enrolled.anchor.at, house.now());
        let nonce = one.enrolled.anchor.nonce;
        one.enrolled.anchor.verify(house.community, &nonce, &said.anchor_key).unwrap();
    }
}

#[tokio::test]
async fn a_code_is_good_once_but_a_lost_answer_is_given_again() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let code = house.code().await.to_string();
        let key = SigningKey::generate(&mut OsEntropy);
        let first: Enrolled = ask(&house, &redeem(&code, &key)).await.json().await.unwrap();
        let again: Enrolled = ask(&house, &redeem(&code, &key)).await.json().await.unwrap();
        assert_eq!(first.kiosk_id, again.kiosk_id, "{engine:?}");
        let thief = SigningKey::generate(&mut OsEntropy);
        assert_eq!(refused(ask(&house, &redeem(&code, &thief)).await).await, (410, "enrolment_used".into()));
        house.server.clock.advance(16 * MINUTE);
        assert_eq!(refused(ask(&house, &redeem(&code, &key)).await).await, (410, "enrolment_used".into()));
    }
}

#[tokio::test]
async fn an_old_code_a_wrong_one_and_a_key_that_is_not_held_are_told_apart() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let key = SigningKey::generate(&mut OsEntropy);
        let code = house.code().await.to_string();
        let wrong = EnrolCode::draw(&mut OsEntropy).to_string();
        assert_eq!(refused(ask(&house, &redeem(&wrong, &key)).await).await, (422, "enrolment_wrong".into()));
        assert_eq!(refused(ask(&house, &redeem("hello", &key)).await).await, (422, "enrolment_wrong".into()));
        let stolen =
            Enrol { public_key: SigningKey::generate(&mut OsEntropy).public(), ..redeem(&code, &key) };
        assert_eq!(refused(ask(&house, &stolen).await).await, (422, "invalid".into()));
        house.server.clock.advance(15 * MINUTE);
        let late = refused(ask(&house, &redeem(&code, &key)).await).await;
        assert_eq!(late, (410, "enrolment_expired".into()), "{engine:?}");
    }
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_and_a_restart_forgives_nothing() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let key = SigningKey::generate(&mut OsEntropy);
        for _ in 0..10 {
            let wrong = EnrolCode::draw(&mut OsEntropy).to_string();
            assert_eq!(refused(ask(&house, &redeem(&wrong, &key)).await).await.0, 422);
        }
        let right = house.code().await.to_string();
        let answer = ask(&house, &redeem(&right, &key)).await;
        assert!(answer.headers().contains_key("retry-after"), "{engine:?}");
        assert_eq!(refused(answer).await, (429, "rate_limited".into()));
        house.server.clock.advance(15 * MINUTE);
        let right = house.code().await.to_string();
        assert_eq!(ask(&house, &redeem(&right, &key)).await.status(), 200);
    }
}

#[tokio::test]
async fn codes_guessed_at_the_same_time_are_all_counted() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let key = SigningKey::generate(&mut OsEntropy);
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..30 {
            let wrong = redeem(&EnrolCode::draw(&mut OsEntropy).to_string(), &key);
            let request = house.server.http.post(house.server.url("/kiosks/enrol")).json(&wrong);
            guesses.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        let answers = guesses.join_all().await;
        let looked_at = answers.iter().filter(|status| **status == 422).count();
        let refused = answers.iter().filter(|status| **status == 429).count();
        assert_eq!((looked_at, refused), (10, 20), "{engine:?}");
    }
}

#[tokio::test]
async fn who_makes_no_wrong_guess_is_charged_nothing() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let key = SigningKey::generate(&mut OsEntropy);
        let code = house.code().await.to_string();
        for _ in 0..12 {
            assert_eq!(ask(&house, &redeem(&code, &key)).await.status(), 200, "{engine:?}");
        }
        let other = SigningKey::generate(&mut OsEntropy);
        for _ in 0..12 {
            let used = refused(ask(&house, &redeem(&code, &other)).await).await;
            assert_eq!(used, (410, "enrolment_used".into()), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn an_enrolment_stands_in_the_audit_once() {
    for engine in ENGINES {
        let house = House::on(engine).await;
        let kiosk = TestKiosk::enrol(&house).await;
        let mut tx = house.server.app.store.read().await.unwrap();
        let sql = "select about_kiosk from audit where community = $1 and deed = 'KIOSK_ENROLLED'";
        let written = fetch_all!(&mut tx, (uuid::Uuid,), sql, house.community).unwrap();
        assert_eq!(written, [(kiosk.id.0,)], "{engine:?}");
    }
}
