//! The demo's people and places.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::gates::NewGuard,
    id::{CommunityId, GateId, UnitId, UserId},
    words::{GateKind, UnitState},
};

use super::{
    COMMUNITY, passes,
    portraits::Face,
    report::{self, Demo, DemoGuard, DemoLogin},
};
use crate::{
    accounts::store::{self as accounts, Account},
    app::App,
    communities::{day_keys, store as communities},
    feed,
    gates::{GateRecord, store as gates},
    guards::create as guards,
    http::{Answer, Fault},
    kiosks::invite,
    residents::household,
    setup::{self, FirstAdmin},
    units::{UnitRecord, store as units},
};

const PASSWORD: &str = "green-park-demo";
const ADMIN: &str = "admin@greenpark.example";
const RESIDENTS: [(&str, &str, &str, &str, &str); 3] = [
    ("Asha Rao", "asha@greenpark.example", "+919800000011", "A", "1203"),
    ("Ravi Kumar", "ravi@greenpark.example", "+919800000012", "B", "704"),
    ("Farah Khan", "farah@greenpark.example", "+919800000013", "C", "302"),
];
const GUARDS: [(&str, &str, &str, Face); 2] =
    [("Ramesh Yadav", "+919800000021", "246810", RAMESH), ("Sunita Devi", "+919800000022", "135790", SUNITA)];
const RAMESH: Face = Face { skin: [176, 122, 84], hair: [34, 30, 30], uniform: [58, 84, 128], cap: true };
const SUNITA: Face = Face { skin: [196, 144, 104], hair: [44, 30, 26], uniform: [122, 104, 66], cap: false };
const GATES: [&str; 2] = ["Gate 1", "Gate 2"];
const TOWERS: [&str; 3] = ["A", "B", "C"];
const FLOORS: i16 = 12;
const FLATS: i16 = 4;

/// Makes the demo community, or finds it; renews passes that are over, writes their pictures into `pictures`, and
/// draws a fresh enrolment code.
pub async fn make(app: &App, pictures: Option<&Path>) -> Answer<Demo> {
    let mut tx = app.store.read().await?;
    let found = communities::community_named(&mut tx, COMMUNITY).await?;
    drop(tx);
    let community = match found {
        Some(community) => community.id,
        None => people_and_places(app).await?,
    };
    day_keys::issue(app, community).await?;
    let passes = passes::renew(app, community, pictures).await?;
    let mut demo = Demo {
        community_id: community,
        community: COMMUNITY.to_owned(),
        admin: login("Green Park's admin", ADMIN, None),
        residents: RESIDENTS
            .iter()
            .map(|(name, email, _, tower, number)| login(name, email, Some(format!("{tower}-{number}"))))
            .collect(),
        guards: GUARDS
            .iter()
            .map(|(name, _, pin, _)| DemoGuard { name: (*name).to_owned(), pin: (*pin).to_owned() })
            .collect(),
        gates: GATES.iter().map(|name| (*name).to_owned()).collect(),
        units: unit_count(app, community).await?,
        enrolment_code: enrolment_code(app, community).await?,
        passes,
        text: String::new(),
    };
    demo.text = report::text(&demo);
    Ok(demo)
}

fn login(name: &str, email: &str, unit: Option<String>) -> DemoLogin {
    DemoLogin { name: name.to_owned(), email: email.to_owned(), password: PASSWORD.to_owned(), unit }
}

async fn unit_count(app: &App, community: CommunityId) -> Answer<usize> {
    let mut tx = app.store.read().await?;
    Ok(units::list(&mut tx, community, uuid::Uuid::nil(), i64::MAX).await?.len())
}

async fn enrolment_code(app: &App, community: CommunityId) -> Answer<String> {
    let mut tx = app.store.write().await?;
    let admin = accounts::account_of_contact(&mut tx, ADMIN).await?;
    let admin = admin.ok_or_else(|| Fault::internal("the demo has no admin"))?;
    let listed = gates::list(&mut tx, community, uuid::Uuid::nil(), i64::MAX).await?;
    let gate = listed.iter().find(|gate| gate.name == GATES[0]);
    let gate = gate.ok_or_else(|| Fault::internal("the demo has no gate"))?;
    let (code, _) = invite::draw(app, &mut tx, community, admin.id, gate.id, "Demo kiosk").await?;
    tx.commit().await?;
    Ok(code.to_string())
}

async fn people_and_places(app: &App) -> Answer<CommunityId> {
    let first = FirstAdmin {
        community: COMMUNITY.to_owned(),
        zone: None,
        name: "Green Park's admin".to_owned(),
        email: ADMIN.to_owned(),
        phone: "+919800000001".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let mut prepared = Vec::new();
    for (name, phone, pin, face) in GUARDS {
        let new = NewGuard {
            name: name.to_owned(),
            phone: phone.to_owned(),
            email: None,
            password: None,
            pin: pin.to_owned(),
            photo: Some(STANDARD.encode(face.png()?)),
        };
        prepared.push(guards::prepare(app, new).await?);
    }
    let mut accounts = Vec::new();
    for (name, email, phone, ..) in RESIDENTS {
        accounts.push(Account {
            id: UserId::new(app.now(), &mut app.entropy()),
            name: name.to_owned(),
            phone: Some(phone.to_owned()),
            email: Some(email.to_owned()),
            password_hash: Some(app.passwords.hash(PASSWORD.to_owned(), &mut app.entropy()).await?),
        });
    }
    let community = setup::first_admin(app, first).await?.community;

    let now = app.now();
    let mut changes = Vec::new();
    let mut tx = app.store.write().await?;
    for unit in all_units(app) {
        units::insert(&mut tx, community, &unit, now).await?;
        changes.push(unit.change());
    }
    for (account, (.., tower, number)) in accounts.iter().zip(RESIDENTS) {
        let home = units::unit_labelled(&mut tx, community, tower, number).await?;
        let home = home.ok_or_else(|| Fault::internal("the demo lacks a resident's unit"))?;
        accounts::insert_account(&mut tx, account, now).await?;
        household::move_in(app, &mut tx, community, account.id, &[home.id]).await?;
    }
    for guard in prepared {
        changes.push(guards::write(app, &mut tx, community, guard).await?.change());
    }
    for name in GATES {
        let id = GateId::new(now, &mut app.entropy());
        let gate = GateRecord { id, name: name.to_owned(), kind: GateKind::Both };
        gates::insert(&mut tx, community, &gate, now).await?;
        changes.push(gate.change());
    }
    feed::publish(&mut tx, community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(community)
}

/// Every flat of every tower, somebody in each but the topmost of tower C.
fn all_units(app: &App) -> Vec<UnitRecord> {
    let mut units = Vec::new();
    for tower in TOWERS {
        for floor in 1..=FLOORS {
            for flat in 1..=FLATS {
                let vacant = tower == "C" && floor == FLOORS;
                let number = format!("{floor}{flat:02}");
                units.push(UnitRecord {
                    id: UnitId::new(app.now(), &mut app.entropy()),
                    tower: tower.to_owned(),
                    floor: i64::from(floor),
                    intercom: Some(number.clone()),
                    number,
                    state: if vacant { UnitState::Vacant } else { UnitState::Occupied },
                    epoch: 1,
                });
            }
        }
    }
    units
}
