//! A journal with every kind of act, and details of every sort.

use ed25519_dalek::SigningKey;
use gatehouse::{
    hash::Hash,
    id::{CommunityId, EventId, GateId, IncarnationId, KioskId, PassId, UnitId, UserId, VisitorId},
    journal::{
        Act, ActError, AlertCode, AskClose, Cause, Chain, Details, Event, Head, Sealed, SignedEvent,
        TimeMark, genesis,
    },
    time::{SECOND, UnixMs},
    words::{Credential, Direction, StepUpBy, Subject, VisitorType},
};
use serde_json::{Value, json};
use uuid::Uuid;

const SEED: [u8; 32] = [7; 32];
const AT: i64 = 1_795_408_200_000;

fn id(last: u16) -> Uuid {
    Uuid::from_u128(0x0193_8c2e_7b00_7a11_8f00_0000_0000_0000 | u128::from(last))
}

/// One of every kind, in the order of their numbers.
fn acts() -> Vec<Act> {
    let (unit, guard, visit, pass) =
        (UnitId(id(0x12)), UserId(id(0x9a)), VisitorId(id(0x51)), Some(PassId(id(0xa5))));
    vec![
        Act::Opened {
            follows: Some(Head {
                incarnation: IncarnationId(id(0x70)),
                seq: 41,
                hash: Hash::of(&[b"before"]),
            }),
            cause: Cause::Forked,
        },
        Act::Admitted {
            visit,
            pass,
            units: vec![unit, UnitId(id(0x13))],
            visitor_type: VisitorType::Guest,
            credential: Credential::LiveQr,
            people: 3,
            subject: Subject::Visitor,
            live_step: Some(59_846_940),
            rules: 1,
        },
        Act::Refused {
            pass,
            units: vec![unit],
            verdict: "REFUSE".into(),
            reason: "EXPIRED".into(),
            credential: Credential::Qr,
            rules: 1,
        },
        Act::Asked {
            visit: VisitorId(id(0x52)),
            units: vec![unit],
            visitor_type: VisitorType::Delivery,
            people: 1,
            subject: Subject::Goods,
            pass: None,
        },
        Act::AskClosed { visit: VisitorId(id(0x52)), outcome: AskClose::Lapsed },
        Act::Exited { visit, pass, credential: Credential::List, assumed: false },
        Act::ExitUnpaired { pass: None, credential: Credential::Qr },
        Act::WrongCode { unit },
        Act::ChallengeShown { unit, challenge: 42, visit: Some(visit) },
        Act::SpokenAnswered {
            unit,
            challenge: 42,
            visit: None,
            approved: true,
            sealed: Sealed(vec![0xab; 48]),
        },
        Act::SpokenWrong { unit, challenge: 42 },
        Act::SignedIn { guard },
        Act::SignedOut { guard },
        Act::PinWrong { guard },
        Act::ClockStepped { from: UnixMs(-1), to: UnixMs(AT) },
        Act::alert(AlertCode::Emergency),
        Act::Undone { event: EventId(id(0x1000)) },
        Act::PhotoTaken { visit, digest: Hash::of(&[b"a picture"]) },
        Act::DirectionChosen { pass: PassId(id(0xa5)), direction: Direction::Exit },
        Act::Rang { visit },
        Act::PeopleCounted { visit, people: 4 },
        Act::SteppedUp { visit, reason: "TIME_UNSURE".into(), by: StepUpBy::Photo },
    ]
}

/// What stands outside the chain, for the events that have any.
fn details(act: &Act) -> Option<Details> {
    match act {
        Act::Admitted { .. } => {
            Some(Details { salt: [1; 16], facts: Some(vec![0xa0]), ..Details::default() })
        }
        Act::Asked { .. } => Some(Details {
            salt: [2; 16],
            name: Some("रमेश".into()),
            phone: Some("+919900112233".into()),
            plate: Some("KA01AB1234".into()),
            company: Some("Zomato".into()),
            note: Some("left at the desk".into()),
            facts: None,
        }),
        _ => None,
    }
}

/// The file's cases: one journal, its events in order.
pub fn journal() -> Vec<Value> {
    let key = SigningKey::from_bytes(&SEED);
    let (community, kiosk, incarnation) = (CommunityId(id(0xc0)), KioskId(id(0x60)), IncarnationId(id(0x71)));
    let mut previous = genesis(community, kiosk, incarnation);
    let mut chain = Chain::begin(community, kiosk, incarnation, key.verifying_key());
    let mut cases = Vec::new();
    let kinds: Vec<u16> = acts().iter().map(Act::kind).collect();
    let next = u16::try_from(kinds.len()).expect("few kinds") + 1;
    assert!(kinds.iter().copied().eq(1..next), "every kind once");
    assert!(matches!(Act::read(next, &[0xa0]), Err(ActError::UnknownKind(_))), "every kind there is");
    for (seq, act) in (1..).zip(acts()) {
        let sealed = details(&act).map(|details| (details.seal(), details));
        let event = Event {
            format: Event::FORMAT,
            kiosk,
            incarnation,
            seq,
            id: EventId(Uuid::from_u128(id(0x1000).as_u128() + u128::from(seq))),
            at: UnixMs(AT + i64::try_from(seq).expect("a small number") * SECOND),
            time: [TimeMark::Anchored(250), TimeMark::Wall, TimeMark::Unsure]
                [usize::try_from(seq % 3).expect("small")],
            gate: GateId(id(0xabcd)),
            guard: (seq % 2 == 0).then(|| UserId(id(0x9a))),
            kind: act.kind(),
            body: act.body(),
            details: sealed.as_ref().map(|((_, digest), _)| *digest),
        };
        let signed = SignedEvent::seal(&event, &previous, &key);
        assert_eq!(chain.push(&signed).expect("the next event"), event);
        assert_eq!(Act::read(event.kind, &event.body).expect("a known act"), act);
        cases.push(json!({
            "seed": hex::encode(SEED),
            "community": community,
            "kiosk": kiosk,
            "incarnation": incarnation,
            "previous": previous,
            "seq": seq,
            "event": event.id,
            "at": event.at,
            "time": time(event.time),
            "gate": event.gate,
            "guard": event.guard,
            "kind": event.kind,
            "act": act,
            "details": sealed.as_ref().map(|(_, details)| says(details)),
            "expect": {
                "body": hex::encode(&event.body),
                "details": sealed.as_ref().map(|((bytes, _), _)| hex::encode(bytes)),
                "digest": event.details,
                "bytes": hex::encode(&signed.bytes),
                "hash": signed.hash,
                "signature": hex::encode(signed.signature),
            },
        }));
        previous = signed.hash;
    }
    cases
}

fn time(mark: TimeMark) -> Value {
    match mark {
        TimeMark::Anchored(within) => json!({ "anchored": within }),
        TimeMark::Wall => json!("wall"),
        TimeMark::Unsure => json!("unsure"),
    }
}

fn says(details: &Details) -> Value {
    json!({
        "salt": hex::encode(details.salt),
        "name": details.name,
        "phone": details.phone,
        "plate": details.plate,
        "company": details.company,
        "note": details.note,
        "facts": details.facts.as_ref().map(hex::encode),
    })
}
