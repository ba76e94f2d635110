//! What a decision weighs, as it is kept with the event, and what comes of it.

use gatehouse::{
    admission::{
        CodeFound, Facts, GateFacts, LiveShown, Policy, RULES_VERSION, RowFacts, Shown, SteppedUp, TimeFacts,
        UnitFacts, WatchFacts, decide,
    },
    code::Tries,
    feed::row::WeeklyWindow,
    hash::Hash,
    id::{EventId, GateId, PassId, UnitId, UserId},
    keys::{KeyState, Kid},
    pass::{GateTag, PassClaims, PassFlaw, PassTerms, Terms, UnitRef},
    time::{DAY, HOUR, UnixMs},
    words::{Answer, Credential, PassMode, StepUpBy, UnitState, VisitorType},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Monday 23 November 2026, 10:00 in Kolkata.
const NOW: UnixMs = UnixMs(1_795_408_200_000);

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x0193_8c2e_7b00_7a11_8f00_0000_0000_0000 | last)
}

fn facts(shown: Shown) -> Facts {
    Facts {
        rules: RULES_VERSION,
        time: TimeFacts { at: NOW, uncertainty_ms: 250, sure: true, zone: "Asia/Kolkata".into() },
        gate: GateFacts { gate: GateId(id(0xabcd)), locked_down: false },
        shown,
        row: None,
        unit: Some(UnitFacts { unit: UnitId(id(0x12)), state: UnitState::Occupied }),
        uses: Vec::new(),
        watch: None,
        list_age_ms: Some(9_000),
        tries: Tries::default(),
        policy: Policy::default().guest,
        stepped_up: None,
    }
}

fn pass(live: LiveShown) -> Shown {
    let terms = PassTerms {
        visitor_type: VisitorType::Guest,
        unit: UnitRef::Label("A-1203".into()),
        uses: Some(1),
        name: "Priya".into(),
        window: Some(WeeklyWindow { weekdays: 127, from: 0, to: 1439 }),
        home_gate: Some(GateTag::of(GateId(id(0xabcd)))),
        mode: PassMode::Live,
        row_needed: false,
    };
    let claims = PassClaims {
        id: PassId(id(0xa5)),
        valid_from: NOW.plus(-HOUR),
        valid_until: NOW.plus(DAY),
        terms: Terms::Known(terms),
    };
    Shown::Pass { claims, key: KeyState::Current, live }
}

fn row() -> RowFacts {
    RowFacts {
        seq: 41,
        newer: false,
        visitor_type: VisitorType::Guest,
        mode: PassMode::Static,
        valid_from: NOW.plus(-HOUR),
        valid_until: NOW.plus(DAY),
        uses: Some(1),
        windows: Vec::new(),
        revoked_at: None,
        home_gate: None,
    }
}

/// The file's cases: each thing that can be shown, each verdict there is.
pub fn cases() -> Vec<Value> {
    let live = || pass(LiveShown::Right { step: 59_846_940, spent: false });
    let code = |found| Shown::Code { pass: Some(PassId(id(0xa5))), found };
    let answered = |answer| Shown::Answered {
        visitor_type: VisitorType::Delivery,
        answer,
        credential: Credential::Spoken,
    };
    let by_guard = |guard| Shown::Override { visitor_type: VisitorType::Taxi, guard };
    let revoked = RowFacts { revoked_at: Some(NOW.plus(-1)), ..row() };
    let unsure = TimeFacts { at: UnixMs(0), uncertainty_ms: 0, sure: false, zone: "Asia/Kolkata".into() };
    [
        ("a live pass of the right step", facts(live())),
        ("its digits were used before", facts(pass(LiveShown::Right { step: 59_846_940, spent: true }))),
        ("the pass is revoked", Facts { row: Some(revoked), ..facts(live()) }),
        ("the pass is used up", Facts { row: Some(row()), uses: vec![EventId(id(0x1000))], ..facts(live()) }),
        ("nobody knows what time it is", Facts { time: unsure, ..facts(live()) }),
        ("the watch list wants more", Facts { watch: Some(WatchFacts { refuse: false }), ..facts(live()) }),
        ("a forged pass", facts(Shown::Flaw { flaw: PassFlaw::Forged(Kid([1, 2, 3, 4])) })),
        ("an unknown issuer", facts(Shown::Flaw { flaw: PassFlaw::IssuerUnknown(Kid([1, 2, 3, 4])) })),
        ("a code of the day", Facts { row: Some(row()), ..facts(code(CodeFound::Day)) }),
        ("a code that nobody has, the list old", {
            let shown = Shown::Code { pass: None, found: CodeFound::Nothing };
            Facts { list_age_ms: Some(HOUR), ..facts(shown) }
        }),
        ("a delivery", facts(Shown::WalkIn { visitor_type: VisitorType::Delivery })),
        ("the household says yes", facts(answered(Answer::Approve))),
        ("the household says no", facts(answered(Answer::Deny))),
        ("a guard's own word", facts(by_guard(Some(UserId(id(0x9a)))))),
        ("nobody's own word", facts(by_guard(None))),
        ("the watch list wants more, and a photo was taken", {
            let stepped_up = SteppedUp { by: StepUpBy::Photo, guard: Some(UserId(id(0x9a))) };
            let watch = Some(WatchFacts { refuse: false });
            Facts { watch, stepped_up: Some(stepped_up), ..facts(live()) }
        }),
        ("nobody verified what was shown, and a photo was taken", {
            let stepped_up = SteppedUp { by: StepUpBy::Photo, guard: Some(UserId(id(0x9a))) };
            Facts { stepped_up: Some(stepped_up), ..facts(Shown::Flaw { flaw: PassFlaw::Newer }) }
        }),
    ]
    .map(|(what, facts)| {
        let bytes = facts.to_bytes();
        assert_eq!(Facts::read(&bytes).expect("facts that read back"), facts);
        json!({
            "case": what,
            "facts": facts,
            "expect": {
                "bytes": hex::encode(&bytes),
                "digest": Hash::of(&[&bytes]),
                "verdict": decide(&facts),
            },
        })
    })
    .into()
}
