//! Photos of visitors: from a kiosk to those who may see them, and out of the world again.

use gatehouse::{
    admission::{Facts, GateFacts, Policy, RULES_VERSION, Shown, SteppedUp, TimeFacts, WatchFacts},
    code::Tries,
    feed::{RowId, row::Body, row::ErasureRow},
    hash::Hash,
    id::{EventId, UnitId, UserId, VisitorId},
    journal::{Act, Details},
    keys::KeyState,
    pass::{PassClaims, PassTerms, Terms, UnitRef},
    time::{DAY, HOUR},
    words::{PassMode, StepUpBy, VisitorType},
};
use gatehouse_server::{
    OsEntropy, execute, feed, fetch_all,
    sync::{
        journal::{Setting, erase},
        upkeep,
    },
};
use reqwest::Method;
use serde_json::json;

use super::kiosk::{TestKiosk, admitted, asked, named};
use crate::support::{
    Engine, START, Served,
    people::{Community, Person, on_both, resident},
    until_it_waits,
};

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9];

pub async fn kiosk(server: &Served, community: &Community) -> TestKiosk {
    let wanted = json!({"gate_id": community.gate["id"], "name": "Booth"});
    let made = community.admin.post("/kiosks/enrolments", &wanted).await.ok();
    let typed: gatehouse::enrol::TypedCode = made["code"].as_str().unwrap().parse().unwrap();
    let mut kiosk = TestKiosk::redeem(server, &typed.code.to_string()).await;
    kiosk.sign_in().await;
    kiosk
}

pub fn unit(community: &Community) -> UnitId {
    community.unit["id"].as_str().unwrap().parse().unwrap()
}

fn visit() -> VisitorId {
    VisitorId::new(START, &mut OsEntropy)
}

/// Somebody asks and is photographed; answers the visit and the two events.
fn comes(kiosk: &mut TestKiosk, community: &Community) -> (VisitorId, EventId, EventId) {
    let visit = visit();
    let ask = kiosk.journal.record(&asked(visit, unit(community)), Some(named("Meera")));
    let taken = kiosk.journal.record(&Act::PhotoTaken { visit, digest: Hash::of(&[JPEG]) }, None);
    (visit, ask, taken)
}

async fn send(kiosk: &TestKiosk, event: EventId, jpeg: &[u8]) -> (u16, String) {
    let path = format!("/sync/photos/{event}");
    let answer = kiosk.put(&path, jpeg.to_vec()).send().await.unwrap();
    let status = answer.status().as_u16();
    let body: serde_json::Value = answer.json().await.unwrap_or_default();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

async fn kept(server: &Served) -> usize {
    let mut tx = server.app.store.read().await.unwrap();
    let photos = fetch_all!(&mut tx, (Vec<u8>,), "select digest from photos").unwrap().len();
    let media = fetch_all!(&mut tx, (Vec<u8>,), "select bytes from media").unwrap().len();
    assert_eq!(photos, media, "each has its bytes, and no bytes are left without one");
    photos
}

#[tokio::test]
async fn a_photo_follows_its_event_and_the_household_sees_it() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (visit, _, taken) = comes(&mut kiosk, &community);
        let path = format!("/visitors/{visit}/photo");
        assert_eq!(send(&kiosk, taken, JPEG).await, (404, "not_found".into()), "its event goes first");
        kiosk.send_from(0).await;
        let pending = community.resident.get("/visitors/pending").await.ok();
        assert_eq!(pending["items"][0]["has_photo"], false);
        community.resident.get(&path).await.is(404, "not_found");

        for _ in 0..2 {
            assert_eq!(send(&kiosk, taken, JPEG).await.0, 204, "the same again changes nothing");
        }
        assert_eq!(kept(&server).await, 1);
        let pending = community.resident.get("/visitors/pending").await.ok();
        assert_eq!(pending["items"][0]["has_photo"], true);
        for person in [&community.resident, &community.admin, &community.guard] {
            assert_eq!(person.picture(&path).await.as_deref(), Some(JPEG));
        }
        let stranger = resident(&server, &community.admin, &community.other_unit, "ravi", 77).await;
        assert_eq!(stranger.picture(&path).await, None, "another flat's visitor");
        let elsewhere = Community::found(&server, 2).await;
        assert_eq!(elsewhere.admin.picture(&path).await, None);
    })
    .await;
}

#[tokio::test]
async fn only_the_very_bytes_that_were_told_of_are_taken() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (_, ask, taken) = comes(&mut kiosk, &community);
        kiosk.send_from(0).await;
        let other = [JPEG, &[0]].concat();
        assert_eq!(send(&kiosk, taken, &other).await, (422, "digest_mismatch".into()));
        assert_eq!(send(&kiosk, taken, b"GIF89a").await, (415, "not_a_picture".into()));
        assert_eq!(send(&kiosk, taken, b"").await, (415, "not_a_picture".into()));
        assert_eq!(send(&kiosk, taken, &vec![0xff; 65 << 10]).await, (413, "too_large".into()));
        assert_eq!(send(&kiosk, ask, JPEG).await, (409, "wrong_state".into()));
        let elsewhere = Community::found(&server, 2).await;
        let stranger = self::kiosk(&server, &elsewhere).await;
        assert_eq!(send(&stranger, taken, JPEG).await, (404, "not_found".into()));
        assert_eq!(kept(&server).await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_is_forgotten_is_forgotten_in_pictures_too_here_and_at_kiosks() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (visit, ask, taken) = comes(&mut kiosk, &community);
        kiosk.send_from(0).await;
        assert_eq!(send(&kiosk, taken, JPEG).await.0, 204);
        let forget = format!("/journal/{ask}/details");
        assert_eq!(community.admin.ask(Method::DELETE, &forget, None, None).await.status, 204);
        assert_eq!(kept(&server).await, 0);
        community.admin.get(&format!("/visitors/{visit}/photo")).await.is(404, "not_found");
        assert_eq!(send(&kiosk, taken, JPEG).await, (410, "photo_erased".into()), "it does not come back");
        let (_, rows) = kiosk.snapshot().await;
        let ordered = |event: EventId| {
            rows.iter().any(|row| row.kind == ErasureRow::KIND && row.id == RowId::from(event.0))
        };
        assert!(ordered(ask) && ordered(taken), "kiosks are told to forget the picture");
    })
    .await;
}

/// On PostgreSQL two write at once: a photo waits for the erasure that has begun.
#[tokio::test]
async fn a_photo_that_comes_while_its_event_is_forgotten_is_not_kept() {
    let server = Served::on(Engine::Postgres).await;
    let community = Community::found(&server, 1).await;
    let mut kiosk = kiosk(&server, &community).await;
    let (_, ask, taken) = comes(&mut kiosk, &community);
    kiosk.send_from(0).await;
    let store = &server.app.store;
    let setting = Setting { community: community.id, sealer: &server.app.sealer, now: server.app.now() };
    let mut forgetting = store.write().await.unwrap();
    let changes = erase::erase(&mut forgetting, setting, ask).await.unwrap().unwrap();
    feed::publish(&mut forgetting, community.id, &changes, setting.now, &mut OsEntropy).await.unwrap();
    let sending = tokio::spawn(async move { send(&kiosk, taken, JPEG).await });
    until_it_waits(store, &sending).await;
    forgetting.commit().await.unwrap();
    assert_eq!(sending.await.unwrap(), (410, "photo_erased".into()));
    assert_eq!(kept(&server).await, 0);
}

/// On PostgreSQL whoever writes to the feed waits for who has the counter row, and for nobody else.
#[tokio::test]
async fn no_other_writer_waits_for_the_audit_of_an_erasure_or_for_photos_to_go() {
    let server = Served::on(Engine::Postgres).await;
    let community = Community::found(&server, 1).await;
    let mut kiosk = kiosk(&server, &community).await;
    let (_, ask, taken) = comes(&mut kiosk, &community);
    let (visit, _, _) = comes(&mut kiosk, &community);
    kiosk.send_from(0).await;
    assert_eq!(send(&kiosk, taken, JPEG).await.0, 204);
    let store = &server.app.store;
    // One session does one thing at a time.
    let another = Person::sign_in(&server, "admin1@example.com").await;
    let writes_meanwhile = async |admin: &Person, name: &str| {
        let patience = std::time::Duration::from_secs(20);
        let gate = json!({"name": name, "kind": "BOTH"});
        let writing = admin.post("/gates", &gate);
        tokio::time::timeout(patience, writing).await.expect("it waits for the other").ok();
    };

    for forget in [format!("/journal/{ask}/details"), format!("/visitors/{visit}/details")] {
        let name = forget.split('/').nth(1).unwrap();
        let mut audited = store.write().await.unwrap();
        execute!(&mut audited, "lock table audit in exclusive mode").unwrap();
        let admin = community.admin.clone();
        let path = forget.clone();
        let forgetting = tokio::spawn(async move { admin.delete(&path).await });
        until_it_waits(store, &forgetting).await;
        writes_meanwhile(&another, name).await;
        audited.commit().await.unwrap();
        assert_eq!(forgetting.await.unwrap().status, 204);
    }

    server.clock.advance(31 * DAY);
    let mut looked_at = store.write().await.unwrap();
    execute!(&mut looked_at, "lock table photos in exclusive mode").unwrap();
    let (app, id) = (server.app.clone(), community.id);
    let keeping = tokio::spawn(async move { upkeep::keep(&app, id).await.map_err(drop) });
    until_it_waits(store, &keeping).await;
    let admin = Person::sign_in(&server, "admin1@example.com").await;
    writes_meanwhile(&admin, "a gate").await;
    looked_at.commit().await.unwrap();
    keeping.await.unwrap().unwrap();
}

#[tokio::test]
async fn photos_are_kept_for_thirty_days() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let (_, _, taken) = comes(&mut kiosk, &community);
        let (_, _, late) = comes(&mut kiosk, &community);
        kiosk.send_from(0).await;
        assert_eq!(send(&kiosk, taken, JPEG).await.0, 204);
        server.clock.advance(29 * DAY);
        upkeep::keep(&server.app, community.id).await.unwrap();
        assert_eq!(kept(&server).await, 1);
        server.clock.advance(2 * DAY);
        upkeep::keep(&server.app, community.id).await.unwrap();
        assert_eq!(kept(&server).await, 0);
        kiosk.sign_in().await;
        assert_eq!(send(&kiosk, late, JPEG).await, (410, "photo_erased".into()));
    })
    .await;
}

#[tokio::test]
async fn a_photo_of_a_gate_whose_clock_is_wrong_is_kept_from_its_receipt() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        for wrong in [-40 * 365 * DAY, 365 * DAY] {
            let mut kiosk = kiosk(&server, &community).await;
            kiosk.journal.now = server.app.now().plus(wrong);
            let (_, _, taken) = comes(&mut kiosk, &community);
            kiosk.send_from(0).await;
            assert_eq!(send(&kiosk, taken, JPEG).await, (204, String::new()), "{wrong}");
        }
        server.clock.advance(30 * DAY);
        upkeep::keep(&server.app, community.id).await.unwrap();
        assert_eq!(kept(&server).await, 2);
        server.clock.advance(1);
        upkeep::keep(&server.app, community.id).await.unwrap();
        assert_eq!(kept(&server).await, 0);
    })
    .await;
}

/// Facts of a watched visitor with a good pass: the watch list wants a step-up.
fn watched(stepped_up: Option<SteppedUp>) -> Facts {
    let terms = PassTerms {
        visitor_type: VisitorType::Guest,
        unit: UnitRef::Label("A-1203".into()),
        uses: None,
        name: "Meera".into(),
        window: None,
        home_gate: None,
        mode: PassMode::Static,
        row_needed: false,
    };
    let claims = PassClaims {
        id: gatehouse::id::PassId::new(START, &mut OsEntropy),
        valid_from: START.plus(-HOUR),
        valid_until: START.plus(DAY),
        terms: Terms::Known(terms),
    };
    Facts {
        rules: RULES_VERSION,
        time: TimeFacts { at: START, uncertainty_ms: 5, sure: true, zone: "Asia/Kolkata".into() },
        gate: GateFacts { gate: gatehouse::id::GateId(uuid::Uuid::nil()), locked_down: false },
        shown: Shown::Pass { claims, key: KeyState::Current, live: gatehouse::admission::LiveShown::Absent },
        row: None,
        unit: None,
        uses: Vec::new(),
        watch: Some(WatchFacts { refuse: false }),
        list_age_ms: Some(0),
        tries: Tries::default(),
        policy: Policy::default().guest,
        stepped_up,
    }
}

#[tokio::test]
async fn the_server_agrees_with_a_step_up_that_was_met_and_with_no_other() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let mut kiosk = kiosk(&server, &community).await;
        let guard = Some(UserId::new(START, &mut OsEntropy));
        let mut letting_in = |stepped_up| {
            let (visit, facts) = (visit(), watched(stepped_up));
            let met = Act::SteppedUp { visit, reason: "WATCH_LISTED".into(), by: StepUpBy::Photo };
            kiosk.journal.record(&met, None);
            let details = Details { facts: Some(facts.to_bytes()), ..named("Meera") };
            kiosk.journal.record(&admitted(visit, unit(&community), facts.pass()), Some(details))
        };
        letting_in(Some(SteppedUp { by: StepUpBy::Photo, guard }));
        letting_in(Some(SteppedUp { by: StepUpBy::Plate, guard }));
        let by_nobody = letting_in(Some(SteppedUp { by: StepUpBy::Photo, guard: None }));
        let unmet = letting_in(None);
        kiosk.send_from(0).await;
        let found = community.admin.get("/journal/disagreements").await.ok();
        let mut events: Vec<&str> =
            found["items"].as_array().unwrap().iter().map(|one| one["event_id"].as_str().unwrap()).collect();
        events.sort_unstable();
        let mut expected = [by_nobody.to_string(), unmet.to_string()];
        expected.sort_unstable();
        assert_eq!(events, expected, "{found}");
        let inside = community.admin.get("/visitors?status=INSIDE").await.ok();
        assert_eq!(inside["items"].as_array().unwrap().len(), 4, "noted, never undone");
    })
    .await;
}
