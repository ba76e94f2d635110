//! The golden vectors' cases, computed: shared by the test that compares them with the files and the
//! example that writes the files.

#[path = "facts.rs"]
mod facts;
#[path = "journal.rs"]
mod journal;
#[path = "proofs.rs"]
mod proofs;
#[path = "visits.rs"]
mod visits;

use gatehouse::{
    code::{DayKey, EpochRoot},
    feed::row::WeeklyWindow,
    id::{CommunityId, GateId, PassId, UnitId},
    keys::{PassKey, SigningKey},
    pass::{GateTag, PassClaims, PassTerms, PassText, Terms, UnitRef, holder_name, live_text, sign},
    spoken::{Challenge, SpokenAnswer},
    time::{SECOND, UnixMs},
    words::{PassMode, VisitorType},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Each file's name and content.
pub fn files() -> [(&'static str, Value); 12] {
    [
        ("pass.json", Value::Array(vec![guest(), helper(), largest()])),
        ("day_key.json", Value::Array(day_keys())),
        ("code.json", Value::Array(codes())),
        ("spoken.json", Value::Array(spoken())),
        ("journal.json", Value::Array(journal::journal())),
        ("facts.json", Value::Array(facts::cases())),
        ("enrol.json", Value::Array(proofs::enrolments())),
        ("order.json", Value::Array(proofs::orders())),
        ("anchor.json", Value::Array(proofs::anchors())),
        ("trust.json", Value::Array(proofs::trust())),
        ("sealed.json", Value::Array(proofs::sealed())),
        ("visit.json", Value::Array(visits::rows())),
    ]
}

fn uuid(text: &str) -> Uuid {
    text.parse().expect("a UUID")
}

fn community() -> CommunityId {
    CommunityId(uuid("01938c2e-7b00-7a11-8f00-0000000000c0"))
}

fn pass_id() -> PassId {
    PassId(uuid("01938c2e-7b00-7a11-8f00-0000000000a5"))
}

fn claims(terms: PassTerms) -> PassClaims {
    PassClaims {
        id: pass_id(),
        valid_from: UnixMs(1_795_408_200_000),
        valid_until: UnixMs(1_795_494_600_000),
        terms: Terms::Known(terms),
    }
}

fn guest() -> Value {
    let terms = PassTerms {
        visitor_type: VisitorType::Guest,
        unit: UnitRef::Label("A-1203".into()),
        uses: Some(1),
        name: "Priya".into(),
        window: None,
        home_gate: None,
        mode: PassMode::Static,
        row_needed: false,
    };
    pass("a guest, once", &claims(terms), [3; 32])
}

fn helper() -> Value {
    let terms = PassTerms {
        visitor_type: VisitorType::Service,
        unit: UnitRef::of("Jasmine-1203", UnitId(uuid("01938c2e-7b00-7a11-8f00-000000000012"))),
        uses: None,
        name: holder_name("रमेश कुमार"),
        window: Some(WeeklyWindow { weekdays: 0b001_1111, from: 22 * 60, to: 6 * 60 }),
        home_gate: Some(GateTag::of(GateId(uuid("01938c2e-7b00-7a11-8f00-00000000abcd")))),
        mode: PassMode::Live,
        row_needed: true,
    };
    pass("a helper by night, unit by id, name cut, live, row needed", &claims(terms), [3; 32])
}

fn largest() -> Value {
    let terms = PassTerms {
        visitor_type: VisitorType::Delivery,
        unit: UnitRef::Label("AB-12034".into()),
        uses: Some(255),
        name: holder_name("Venkatanarasimharajuvaripeta"),
        window: Some(WeeklyWindow { weekdays: 127, from: 1439, to: 1439 }),
        home_gate: Some(GateTag(u16::MAX)),
        mode: PassMode::Live,
        row_needed: false,
    };
    pass("the largest", &claims(terms), [4; 32])
}

fn pass(what: &str, claims: &PassClaims, seed: [u8; 32]) -> Value {
    let key = SigningKey::from_seed(&seed);
    let text = sign(claims, community(), &key).expect("a pass that fits");
    let token: PassText = text.parse().expect("a pass's text");
    let keys = [PassKey::new(key.public(), UnixMs(0), UnixMs(i64::MAX))].into_iter().collect();
    assert_eq!(token.verify(community(), &keys).expect("a good signature").claims, *claims);
    let terms = claims.terms().expect("known terms");
    let (label, tail) = match &terms.unit {
        UnitRef::Label(label) => (Some(label), None),
        UnitRef::Tail(tail) => (None, Some(hex::encode(tail))),
    };
    json!({
        "case": what,
        "seed": hex::encode(seed),
        "community": community(),
        "pass": claims.id,
        "valid_from": claims.valid_from,
        "valid_until": claims.valid_until,
        "visitor_type": terms.visitor_type.number(),
        "unit_label": label,
        "unit_tail": tail,
        "uses": terms.uses,
        "name": terms.name,
        "window": terms.window,
        "home_gate_tag": terms.home_gate,
        "live": terms.mode == PassMode::Live,
        "row_needed": terms.row_needed,
        "expect": {
            "public_key": hex::encode(key.public().0),
            "kid": hex::encode(key.kid().0),
            "cose": hex::encode(base45::decode(text.trim_start_matches("GH1:")).expect("base45")),
            "text": text,
            "live_text_of_012345": live_text(&text, &"012345".parse().expect("six digits")),
        },
    })
}

fn root() -> EpochRoot {
    EpochRoot::from_bytes([5; 32])
}

fn day_key() -> DayKey {
    root().day_key(community(), "2026-11-23".parse().expect("a date"))
}

fn day_keys() -> Vec<Value> {
    ["2026-11-23", "2026-11-24", "2027-01-01"]
        .into_iter()
        .map(|date| {
            let key = root().day_key(community(), date.parse().expect("a date"));
            json!({
                "epoch_root": hex::encode(root().bytes()),
                "community": community(),
                "date": date,
                "expect": { "day_key": hex::encode(key.bytes()) },
            })
        })
        .collect()
}

fn codes() -> Vec<Value> {
    let secret = day_key().pass_secret(pass_id());
    [0, 15, 30, 86_399]
        .into_iter()
        .map(|second| {
            let at = UnixMs(1_795_408_200_000 + second * SECOND);
            json!({
                "day_key": hex::encode(day_key().bytes()),
                "pass": pass_id(),
                "at": at,
                "expect": {
                    "day_secret": hex::encode(secret.day_secret()),
                    "day_code": secret.day_code().as_str(),
                    "live_secret": hex::encode(secret.live_secret()),
                    "live_code": secret.live_code(at).as_str(),
                },
            })
        })
        .collect()
}

fn spoken() -> Vec<Value> {
    let unit = UnitId(uuid("01938c2e-7b00-7a11-8f00-000000000012"));
    // In the last one "deny" comes to the digits of "approve" at first and is forced apart.
    [(0, 1, 42), (0, 1, 43), (1, 1, 42), (0, 70_000, 9_999), (0, 192, 5_166)]
        .into_iter()
        .map(|(unit_epoch, kiosk_number, challenge)| {
            let secret = day_key().spoken_secret(unit, unit_epoch);
            let challenge = Challenge::new(challenge).expect("four digits");
            let digits = |answer| secret.digits(kiosk_number, challenge, answer).as_str().to_owned();
            json!({
                "day_key": hex::encode(day_key().bytes()),
                "unit": unit,
                "unit_epoch": unit_epoch,
                "kiosk_number": kiosk_number,
                "challenge": challenge.to_string(),
                "expect": {
                    "secret": hex::encode(secret.bytes()),
                    "approve": digits(SpokenAnswer::Approve),
                    "deny": digits(SpokenAnswer::Deny),
                    "duress": digits(SpokenAnswer::Duress),
                },
            })
        })
        .collect()
}
