//! What `decide` owes to everybody: each case of the owner's list has its own verdict and reason, and no
//! further restriction ever loosens one.

use gatehouse::{
    admission::{
        Allowance, CodeFound, Facts, GateFacts, KindPolicy, LiveShown, Policy, RULES_VERSION, Reason,
        RowFacts, Shown, SingleUse, SteppedUp, TimeFacts, UnitFacts, Verdict, WatchFacts, decide,
    },
    code::Tries,
    feed::row::WeeklyWindow,
    id::{EventId, GateId, PassId, UnitId, UserId},
    keys::{KeyState, Kid},
    pass::{GateTag, PassClaims, PassFlaw, PassTerms, Terms, UnitRef},
    time::{DAY, HOUR, MINUTE, UnixMs},
    words::{Answer, Credential, PassMode, StepUpBy, UnitState, VisitorType},
};
use proptest::prelude::*;
use uuid::Uuid;

mod laws;
mod rules;

/// Monday 23 November 2026, 10:00 in Kolkata.
const NOW: UnixMs = UnixMs(1_795_408_200_000);

fn terms() -> PassTerms {
    PassTerms {
        visitor_type: VisitorType::Guest,
        unit: UnitRef::Label("A-1203".into()),
        uses: None,
        name: "Ramesh".into(),
        window: None,
        home_gate: None,
        mode: PassMode::Static,
        row_needed: false,
    }
}

fn shown(terms: PassTerms) -> Shown {
    Shown::Pass {
        claims: PassClaims {
            id: PassId(Uuid::from_u128(1)),
            valid_from: NOW.plus(-HOUR),
            valid_until: NOW.plus(HOUR),
            terms: Terms::Known(terms),
        },
        key: KeyState::Current,
        live: LiveShown::Absent,
    }
}

fn gate() -> GateId {
    GateId(Uuid::from_u128(0xaa))
}

fn facts(shown: Shown) -> Facts {
    Facts {
        rules: RULES_VERSION,
        time: TimeFacts { at: NOW, uncertainty_ms: 100, sure: true, zone: "Asia/Kolkata".into() },
        gate: GateFacts { gate: gate(), locked_down: false },
        shown,
        row: None,
        unit: Some(UnitFacts { unit: UnitId(Uuid::from_u128(5)), state: UnitState::Occupied }),
        uses: Vec::new(),
        watch: None,
        list_age_ms: Some(0),
        tries: Tries::default(),
        policy: Policy::default().guest,
        stepped_up: None,
    }
}

fn row() -> RowFacts {
    RowFacts {
        seq: 9,
        newer: false,
        visitor_type: VisitorType::Guest,
        mode: PassMode::Static,
        valid_from: NOW.plus(-HOUR),
        valid_until: NOW.plus(HOUR),
        uses: None,
        windows: Vec::new(),
        revoked_at: None,
        home_gate: None,
    }
}

fn good() -> Facts {
    facts(shown(terms()))
}

fn event(number: u128) -> EventId {
    EventId(Uuid::from_u128(number))
}

fn refused(facts: &Facts) -> Reason {
    match decide(facts) {
        Verdict::Refuse { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

fn with_claims(change: impl FnOnce(&mut PassClaims)) -> Facts {
    let mut facts = good();
    if let Shown::Pass { claims, .. } = &mut facts.shown {
        change(claims);
    }
    facts
}

fn with_terms(change: impl FnOnce(&mut PassTerms)) -> Facts {
    with_claims(|claims| {
        if let Terms::Known(terms) = &mut claims.terms {
            change(terms);
        }
    })
}

fn with_live(mut facts: Facts, shown: LiveShown) -> Facts {
    if let Shown::Pass { live, .. } = &mut facts.shown {
        *live = shown;
    }
    facts
}

fn stepped_up(facts: Facts, by: StepUpBy) -> Facts {
    let guard = Some(UserId(Uuid::from_u128(4)));
    Facts { stepped_up: Some(SteppedUp { by, guard }), ..facts }
}
