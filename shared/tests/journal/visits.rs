//! What a visit is by the events that tell of it, in whatever order they come.

use gatehouse::{
    hash::Hash,
    id::{GateId, PassId, UnitId, VisitorId},
    journal::{
        Act, AlertCode, AskClose, Effect, Recorded, Requested,
        visit::{Answered, Own, fold, lay_over},
    },
    time::UnixMs,
    words::{Answer, Credential, Subject, VisitorStatus, VisitorType},
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::event;

const VISIT: VisitorId = VisitorId(Uuid::from_u128(4));

fn recorded(number: u64, at: i64, act: Act) -> Recorded {
    Recorded { event: event(number, at, act.kind(), act.body(), None), act, details: None }
}

fn asked() -> Act {
    Act::Asked {
        visit: VISIT,
        units: vec![UnitId(Uuid::from_u128(8))],
        visitor_type: VisitorType::Delivery,
        people: 1,
        subject: Subject::Visitor,
        pass: None,
    }
}

fn admitted(people: u16) -> Act {
    Act::Admitted {
        visit: VISIT,
        pass: Some(PassId(Uuid::from_u128(6))),
        units: vec![UnitId(Uuid::from_u128(9))],
        visitor_type: VisitorType::Guest,
        credential: Credential::Answer,
        people,
        subject: Subject::Visitor,
        live_step: None,
        rules: 1,
    }
}

fn exited(assumed: bool) -> Act {
    Act::Exited { visit: VISIT, pass: None, credential: Credential::List, assumed }
}

fn story() -> Vec<Recorded> {
    vec![
        recorded(1, 10, asked()),
        recorded(
            2,
            20,
            Act::SpokenAnswered {
                unit: UnitId(Uuid::from_u128(8)),
                challenge: 1,
                visit: Some(VISIT),
                approved: true,
                sealed: gatehouse::journal::Sealed(vec![0; 4]),
            },
        ),
        recorded(3, 30, Act::AskClosed { visit: VISIT, outcome: AskClose::Lapsed }),
        recorded(4, 40, admitted(2)),
        recorded(5, 45, admitted(3)),
        recorded(6, 60, exited(true)),
        recorded(7, 70, exited(false)),
        recorded(8, 80, exited(false)),
    ]
}

#[test]
fn a_visit_stands_where_the_gate_says_then_the_ask_then_the_household() {
    let denied = Answered { answer: Answer::Deny, at: UnixMs(90) };
    let at = |count: usize, answered: Option<&Answered>| {
        fold(&story()[..count], None, answered).map(|row| row.status).expect("there is a visit")
    };
    assert_eq!(at(1, None), VisitorStatus::Pending);
    assert_eq!(at(1, Some(&denied)), VisitorStatus::Denied);
    assert_eq!(at(2, Some(&denied)), VisitorStatus::Approved, "the first answer stands");
    assert_eq!(at(3, Some(&denied)), VisitorStatus::Lapsed, "a late answer changes nothing");
    assert_eq!(at(4, Some(&denied)), VisitorStatus::Inside);
    assert_eq!(at(8, None), VisitorStatus::Exited);
    let row = fold(&story(), None, None).expect("there is a visit");
    assert_eq!((row.asked_at, row.entered_at, row.people), (Some(UnixMs(10)), Some(UnixMs(40)), 2));
    assert_eq!((row.exited_at, row.exit_assumed), (Some(UnixMs(70)), None), "the first exit that was seen");
    assert_eq!(fold(&[], None, Some(&denied)), None);
}

fn requested() -> Requested {
    Requested {
        at: UnixMs(5),
        gate: Some(GateId(Uuid::from_u128(77))),
        units: vec![UnitId(Uuid::from_u128(8))],
        visitor_type: VisitorType::Service,
        subject: Subject::Visitor,
        people: 4,
    }
}

/// Of [`story`] what can be told of a visit that no kiosk asked about.
fn told_at_gates() -> Vec<Recorded> {
    let mut story = story();
    story.remove(0);
    story
}

#[test]
fn what_was_asked_over_the_api_is_the_visit_until_a_gate_tells_more() {
    let requested = requested();
    let row = |events: &[Recorded]| fold(events, Some(&requested), None).expect("it was asked");
    let asked = row(&[]);
    assert_eq!(
        (&asked.status, asked.asked_at, asked.kiosk),
        (&VisitorStatus::Pending, Some(UnixMs(5)), None)
    );
    assert_eq!((asked.awaited, asked.people), (Some(requested.awaited()), 4));
    let approved = Answered { answer: Answer::Approve, at: UnixMs(9) };
    let answered = fold(&[], Some(&requested), Some(&approved)).expect("it was asked");
    assert_eq!((answered.status, answered.awaited), (VisitorStatus::Approved, asked.awaited));

    let photo = recorded(9, 15, Act::PhotoTaken { visit: VISIT, digest: Hash([0; 32]) });
    assert_eq!(row(std::slice::from_ref(&photo)), asked, "a photo changes nothing");
    let story = told_at_gates();
    let spoken = row(&[photo, story[0].clone()]);
    assert_eq!((&spoken.status, spoken.awaited), (&VisitorStatus::Approved, asked.awaited));
    assert_eq!(spoken.units, requested.units);
    let entry = &story[2];
    let inside = row(&[story[0].clone(), entry.clone()]);
    assert_eq!((inside.status, inside.awaited), (VisitorStatus::Inside, None));
    assert_eq!((inside.kiosk, inside.asked_at), (Some(entry.event.kiosk), Some(UnixMs(5))));
}

#[test]
fn an_entry_asked_over_the_api_is_over_for_every_gate_once_one_says_so() {
    let requested = requested();
    for (outcome, status) in [
        (AskClose::Left, VisitorStatus::Lapsed),
        (AskClose::Lapsed, VisitorStatus::Lapsed),
        (AskClose::Denied, VisitorStatus::Denied),
    ] {
        let denied = Answered { answer: Answer::Deny, at: UnixMs(9) };
        let open = fold(&[], Some(&requested), Some(&denied));
        assert!(open.as_ref().is_some_and(|row| row.awaited.is_some()), "until a guard has sent them away");
        let closed = recorded(9, 15, Act::AskClosed { visit: VISIT, outcome });
        let row = fold([&closed], Some(&requested), Some(&denied)).expect("it was asked");
        assert_eq!((row.status, row.awaited), (status, None));
        let laid = lay_over(open, [Own { recorded: &closed, undone: false }]).expect("it was asked");
        assert_eq!(laid.awaited, None);
    }
}

#[test]
fn an_entry_has_a_use_and_an_alert_is_told() {
    let entry = recorded(4, 40, admitted(2));
    assert!(matches!(entry.effects()[..], [Effect::Visit(VISIT), Effect::Use(_)]));
    let alert = recorded(5, 50, Act::alert(AlertCode::Emergency));
    assert_eq!(alert.effects(), [Effect::Alert(AlertCode::Emergency)]);
    let undo = recorded(6, 60, Act::Undone { event: entry.event.id });
    assert_eq!((undo.effects(), undo.undoes()), (vec![Effect::Undo(entry.event.id)], Some(entry.event.id)));
}

proptest! {
    /// The order in which events arrive, and how often, does not matter.
    #[test]
    fn a_visit_is_the_same_in_whatever_order_it_is_told(
        story in Just(story()).prop_shuffle(), count in 0..9_usize, twice in 0..8_usize,
    ) {
        let mut told: Vec<Recorded> = story[..count].to_vec();
        let once = fold(&told, None, None);
        told.extend(story[..count].iter().rev().take(twice).cloned());
        prop_assert_eq!(fold(&told, None, None), once);
    }

    /// What a kiosk sees with its own acts laid over the feed is what the feed will say once it has them.
    #[test]
    fn what_is_laid_over_is_what_the_feed_will_say(held in prop::collection::vec(any::<bool>(), 8)) {
        let story = story();
        let (feed, own): (Vec<_>, Vec<_>) = story.iter().zip(&held).partition(|(_, held)| **held);
        let base = fold(feed.into_iter().map(|(recorded, _)| recorded), None, None);
        let own = own.into_iter().map(|(recorded, _)| Own { recorded, undone: false });
        prop_assert_eq!(lay_over(base, own), fold(&story, None, None));
    }

    /// The same of a visit that was asked about over the API.
    #[test]
    fn what_is_laid_over_an_entry_asked_for_is_what_the_feed_will_say(
        held in prop::collection::vec(any::<bool>(), 7), told in 0..8_usize,
    ) {
        let (requested, story) = (requested(), told_at_gates());
        let story = &story[..told];
        let (feed, own): (Vec<_>, Vec<_>) = story.iter().zip(&held).partition(|(_, held)| **held);
        let base = fold(feed.into_iter().map(|(recorded, _)| recorded), Some(&requested), None);
        let own = own.into_iter().map(|(recorded, _)| Own { recorded, undone: false });
        prop_assert_eq!(lay_over(base, own), fold(story, Some(&requested), None));
    }
}

#[test]
fn an_entry_taken_back_that_the_feed_still_shows_is_gone_at_this_gate() {
    let story = story();
    let shown = fold(&story[..4], None, None);
    let laid = lay_over(shown, [Own { recorded: &story[3], undone: true }]).expect("they were asked");
    let without = fold(&story[..3], None, None).expect("they were asked");
    assert_eq!((laid.entered_at, laid.entered_gate), (None, None));
    assert_eq!((laid.asked_at, laid.answer), (without.asked_at, without.answer));
}

#[test]
fn an_entry_taken_back_leaves_nothing_where_nobody_was_asked() {
    let entry = recorded(4, 40, admitted(2));
    let shown = fold([&entry], None, None);
    assert!(shown.is_some());
    assert_eq!(lay_over(shown, [Own { recorded: &entry, undone: true }]), None);
    assert_eq!(lay_over(None, [Own { recorded: &entry, undone: true }]), None);
}
