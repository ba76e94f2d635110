//! Entries asked over the API: the copy brings them, any kiosk of their gate sees to them.

use gatehouse::{
    journal::{AskClose, Requested},
    words::{Credential, Subject},
};

use super::*;

const VISIT: u128 = 70;

fn ask() -> VisitorId {
    id(VISIT)
}

/// The feed's row of somebody asked about at `gate`, or at none that was named.
pub(super) fn requested(gate: Option<u128>, answer: Option<(Answer, UnixMs)>) -> VisitRow {
    let requested = Requested {
        at: T,
        gate: gate.map(id),
        units: vec![id(UNIT)],
        visitor_type: VisitorType::Service,
        subject: Subject::Visitor,
        people: 2,
    };
    let answered = answer.map(|(answer, at)| visit::Answered { answer, at });
    let row = visit::fold([], Some(&requested), answered.as_ref()).unwrap();
    VisitRow { name: Some("Meera".into()), company: Some("Otis".into()), phone4: Some("5678".into()), ..row }
}

fn tray(gate: &Gate) -> Vec<screen::AskCard> {
    gate.desk.asks().unwrap()
}

/// What this kiosk recorded of the visit, by the acts' numbers.
fn recorded(gate: &Gate) -> Vec<Act> {
    let own = gate.desk.journal.unseen(0).unwrap();
    own.into_iter()
        .filter(|kept| kept.recorded.visit() == Some(ask()))
        .map(|kept| kept.recorded.act)
        .collect()
}

#[test]
fn who_is_asked_about_here_or_anywhere_is_a_card_and_elsewhere_none() {
    for (named, shown) in [(None, true), (Some(GATE), true), (Some(98), false)] {
        let mut gate = Gate::new();
        gate.change(row(VISIT, 0, &requested(named, None)));
        let cards = tray(&gate);
        assert_eq!(cards.len(), usize::from(shown), "asked at {named:?}");
        let Some(card) = cards.into_iter().next() else {
            assert_eq!(touch(gate.desk.left(ask())), TouchError::Gone);
            continue;
        };
        assert_eq!((card.id, card.asked_at, card.undo_until), (ask(), T, None));
        assert!(card.sent && matches!(card.state, AskState::Waiting { .. }));
        assert_eq!((card.who.name.as_deref(), card.who.company.as_deref()), (Some("Meera"), Some("Otis")));
        assert_eq!((&card.who.kind, card.who.people), (&VisitorType::Service, 2));
        assert_eq!(card.who.units[0].label, "A-1203");
        assert_eq!(touch(gate.desk.undo_walk_in(ask())), TouchError::TooLate);
        assert_eq!(tray(&gate.restart()).len(), 1);
    }
}

#[test]
fn the_household_answers_and_let_in_records_an_entry_of_that_very_visit() {
    let mut gate = Gate::new();
    gate.change(row(VISIT, 0, &requested(Some(GATE), None)));
    assert_eq!(touch(gate.desk.let_in(ask())), TouchError::NotNow);
    gate.change(row(VISIT, 0, &requested(Some(GATE), Some((Answer::Approve, T.plus(SECOND))))));
    assert!(matches!(tray(&gate)[0].state, AskState::Approved { .. }));
    assert!(gate.desk.lock().show.cue.is_some_and(|cue| cue.sound == screen::Sound::Chime));
    let Outcome::In { visit, .. } = gate.desk.let_in(ask()).unwrap() else { panic!("not let in") };
    assert_eq!(visit, ask());
    assert!(tray(&gate).is_empty());
    assert_eq!(touch(gate.desk.let_in(ask())), TouchError::Gone, "once");
    let [Act::Admitted { visit, credential, people, units, .. }] = &recorded(&gate)[..] else {
        panic!("not one entry alone")
    };
    assert_eq!((*visit, credential, *people), (ask(), &Credential::Answer, 2));
    assert_eq!(units[..], [id::<UnitId>(UNIT)]);
    assert_eq!(gate.desk.inside("meera", InsideTab::Today, 0).unwrap().total, 1);
    let gate = gate.restart();
    assert!(tray(&gate).is_empty(), "a copy that does not show the entry yet brings nobody back");
}

#[test]
fn an_entry_that_was_a_slip_brings_the_card_back() {
    let mut gate = Gate::new();
    gate.change(row(VISIT, 0, &requested(None, Some((Answer::Approve, T)))));
    let Outcome::In { event, .. } = gate.desk.let_in(ask()).unwrap() else { panic!("not let in") };
    gate.desk.undo(event).unwrap();
    assert!(matches!(tray(&gate)[0].state, AskState::Approved { .. }));
    gate.desk.let_in(ask()).unwrap();
}

#[test]
fn who_came_in_or_was_sent_away_elsewhere_is_nobodys_card_any_more() {
    let open = requested(None, Some((Answer::Approve, T)));
    let inside = VisitRow { awaited: None, asked_at: open.asked_at, ..leaving::elsewhere() };
    let left = VisitRow { awaited: None, status: VisitorStatus::Lapsed, ..open.clone() };
    let denied = VisitRow { awaited: None, ..requested(None, Some((Answer::Deny, T))) };
    for over in [inside, left, denied] {
        let mut gate = Gate::new();
        gate.change(row(VISIT, 0, &open));
        assert_eq!(tray(&gate).len(), 1);
        gate.change(row(VISIT, 0, &over));
        assert!(tray(&gate).is_empty());
        assert_eq!(touch(gate.desk.let_in(ask())), TouchError::Gone);
        assert!(recorded(&gate).is_empty());
    }
}

#[test]
fn a_denial_is_shown_until_a_guard_closes_it_and_is_not_overridden() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    gate.change(row(VISIT, 0, &requested(None, Some((Answer::Deny, T)))));
    assert!(matches!(tray(&gate)[0].state, AskState::Denied { .. }));
    assert_eq!(touch(gate.desk.override_ask(ask(), OverrideReason::KnownToGuard)), TouchError::NotAllowed);
    gate.desk.left(ask()).unwrap();
    assert!(tray(&gate).is_empty());
    assert!(matches!(recorded(&gate)[..], [Act::AskClosed { outcome: AskClose::Denied, .. }]));
    assert!(tray(&gate.restart()).is_empty());
}

#[test]
fn nobody_answers_and_a_guards_or_a_spoken_word_lets_in() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.change(row(VISIT, 0, &requested(Some(GATE), None)));
    gate.later(MINUTE);
    assert!(matches!(tray(&gate)[0].state, AskState::Unanswered { .. }));
    assert_eq!(touch(gate.desk.override_ask(ask(), OverrideReason::KnownToGuard)), TouchError::SignInFirst);
    gate.desk.ring(ask()).unwrap();
    assert!(tray(&gate)[0].rang_at.is_some());

    asks::answer_spoken(&gate, ask(), SpokenAnswer::Approve);
    assert!(matches!(tray(&gate)[0].state, AskState::Approved { .. }));
    gate.desk.let_in(ask()).unwrap();
    let acts = recorded(&gate);
    assert!(
        matches!(acts[..], [Act::SpokenAnswered { approved: true, .. }, Act::Admitted { .. }]),
        "{acts:?}"
    );
    let Act::Admitted { credential, .. } = &acts[1] else { unreachable!("it is one") };
    assert_eq!(*credential, Credential::Spoken);

    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    gate.change(row(VISIT, 0, &requested(Some(GATE), None)));
    gate.desk.override_ask(ask(), OverrideReason::KnownToGuard).unwrap();
    assert!(matches!(recorded(&gate)[..], [Act::Admitted { credential: Credential::Override, .. }]));
}

#[test]
fn it_lapses_by_itself_and_the_server_alone_tells_so() {
    let mut gate = Gate::new();
    gate.change(row(VISIT, 0, &requested(None, None)));
    gate.later(10 * MINUTE);
    gate.desk.tick().unwrap();
    assert!(tray(&gate).is_empty(), "though nobody said so: this gate may be cut off");
    assert_eq!(touch(gate.desk.spoken_start(ask())), TouchError::Gone);
    assert!(recorded(&gate).is_empty(), "it may have been answered where this gate could not hear it");
    gate.change(row(VISIT, 0, &requested(None, Some((Answer::Approve, T.plus(9 * MINUTE))))));
    assert_eq!(tray(&gate).len(), 1);
    gate.later(DAY);
    assert!(tray(&gate).is_empty());
    assert_eq!(touch(gate.desk.let_in(ask())), TouchError::Gone);
}

#[test]
fn its_card_says_that_it_lapsed_and_a_spoken_approval_is_not_cut_off() {
    let mut gate = Gate::new();
    gate.change(row(VISIT, 0, &requested(None, None)));
    gate.later(9 * MINUTE);
    gate.desk.tick().unwrap();
    gate.desk.spoken_start(ask()).unwrap();
    gate.later(2 * MINUTE);
    gate.desk.tick().unwrap();
    assert!(tray(&gate)[0].spoken.is_some());
    gate.later(3 * MINUTE);
    gate.desk.tick().unwrap();
    for _ in 0..2 {
        assert!(matches!(tray(&gate)[..], [screen::AskCard { state: AskState::Lapsed { .. }, .. }]));
        gate.desk.tick().unwrap();
    }
    gate.desk.left(ask()).unwrap();
    gate.desk.tick().unwrap();
    assert!(tray(&gate).is_empty());
    assert!(
        !recorded(&gate).iter().any(|act| matches!(act, Act::AskClosed { .. })),
        "only the server ends it"
    );
}

#[test]
fn none_lapses_by_a_time_that_nobody_knows() {
    let mut gate = Gate::new().power_cut();
    let approved = Some((Answer::Approve, T.plus(3 * DAY)));
    gate.change(row(VISIT, 0, &VisitRow { asked_at: Some(T.plus(3 * DAY)), ..requested(None, approved) }));
    assert!(matches!(tray(&gate)[0].state, AskState::Approved { .. }), "the machine was off for three days");
    gate.desk.let_in(ask()).unwrap();
}

#[test]
fn a_photo_of_who_is_waited_for_goes_with_the_card() {
    let mut gate = Gate::new();
    gate.change(row(VISIT, 0, &requested(None, None)));
    let photo = gate.desk.add_photo(ask(), &[0xff, 0xd8, 1]).unwrap();
    let card = tray(&gate).remove(0);
    assert_eq!(card.who.photo, Some(photo));
    assert!(matches!(card.state, AskState::Waiting { .. }));
}
