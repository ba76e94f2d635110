//! Walk-ins: households asked, answers, a guard's own word.

use super::*;

#[test]
fn an_ask_survives_a_restart_is_answered_and_let_in() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    assert_eq!(gate.desk.journal.outbox().unwrap().waiting(), 1, "nobody is asked while it can be undone");
    gate.later(4 * SECOND);
    assert!(gate.desk.tick().unwrap());
    assert_eq!(gate.desk.journal.outbox().unwrap().waiting(), 2);
    let mut gate = gate.restart();
    let card = |gate: &Gate| gate.desk.asks().unwrap().remove(0);
    assert!(matches!(card(&gate).state, AskState::Waiting { .. }));
    assert_eq!(touch(gate.desk.let_in(ask)), TouchError::NotNow);
    gate.later(MINUTE);
    assert!(matches!(card(&gate).state, AskState::Unanswered { .. }));

    let own = gate.desk.journal.unseen(0).unwrap();
    let events: Vec<_> = own.iter().map(|kept| &kept.recorded).collect();
    let answered = visit::Answered { answer: Answer::Approve, at: gate.desk.now() };
    let body: VisitRow = visit::fold(events, None, Some(&answered)).unwrap();
    gate.change(row(ask.0.as_u128(), 0, &body));
    gate.desk.refresh().unwrap();
    assert!(matches!(card(&gate).state, AskState::Approved { .. }));
    assert!(card(&gate).sent);
    gate.desk.let_in(ask).unwrap();
    assert!(gate.desk.asks().unwrap().is_empty());
    assert_eq!(gate.desk.inside("zomato", InsideTab::Today, 0).unwrap().total, 1);
    assert_eq!(gate.desk.inside("a1203", InsideTab::Delivery, 0).unwrap().total, 1);
}

#[test]
fn an_ask_is_taken_back_within_three_seconds_and_lapses_after_ten_minutes() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.desk.undo_walk_in(ask).unwrap();
    assert_eq!(touch(gate.desk.left(ask)), TouchError::Gone);
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.later(3 * SECOND);
    assert_eq!(touch(gate.desk.undo_walk_in(ask)), TouchError::TooLate);
    gate.later(10 * MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.ring(ask)), TouchError::Gone);
    assert_eq!(gate.desk.lock().book.get(ask).unwrap().status, VisitorStatus::Lapsed);
}

#[test]
fn a_card_that_lapsed_says_so_until_it_is_touched_or_nobody_cares() {
    for touched in [true, false] {
        let gate = Gate::new();
        let ask = gate.desk.walk_in(&walkin()).unwrap();
        gate.later(10 * MINUTE);
        gate.desk.tick().unwrap();
        let card = gate.desk.asks().unwrap().remove(0);
        assert_eq!((card.id, card.state), (ask, AskState::Lapsed { at: gate.desk.now() }));
        assert!(!card.override_allowed);
        if touched {
            gate.desk.left(ask).unwrap();
            assert_eq!(touch(gate.desk.left(ask)), TouchError::Gone);
        } else {
            gate.later(10 * MINUTE);
            gate.desk.tick().unwrap();
        }
        assert!(gate.desk.asks().unwrap().is_empty(), "touched: {touched}");
    }
}

#[test]
fn an_ask_does_not_lapse_in_the_middle_of_a_spoken_approval() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.later(9 * MINUTE);
    let challenge = gate.desk.spoken_start(ask).unwrap();
    gate.later(4 * MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(gate.desk.asks().unwrap()[0].lapses_at, challenge.until);
    let digits = gate.today().spoken_secret(id(UNIT), 3);
    let digits = digits.digits(7, challenge.challenge.parse().unwrap(), SpokenAnswer::Approve);
    gate.desk.spoken_answer(ask, &digits).unwrap();
    gate.desk.tick().unwrap();
    gate.desk.let_in(ask).unwrap();

    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.later(9 * MINUTE);
    gate.desk.spoken_start(ask).unwrap();
    gate.later(5 * MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.ring(ask)), TouchError::Gone, "its numbers ended, and the ask with them");
}

#[test]
fn who_was_approved_and_is_not_let_in_lapses_half_an_hour_after_the_answer() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.later(9 * MINUTE);
    gate.desk.tick().unwrap();
    answer_spoken(&gate, ask, SpokenAnswer::Approve);
    gate.desk.tick().unwrap();
    gate.later(29 * MINUTE);
    gate.desk.tick().unwrap();
    let cards = gate.desk.asks().unwrap();
    assert!(matches!(cards[0].state, AskState::Approved { .. }));
    gate.later(MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.let_in(ask)), TouchError::Gone);
    assert_eq!(gate.desk.lock().book.get(ask).unwrap().status, VisitorStatus::Lapsed);
}

#[test]
fn policy_says_what_a_walk_in_must_give_and_a_closed_unit_is_not_asked() {
    let mut gate = Gate::new();
    let cab = Walkin { kind: VisitorType::Taxi, ..walkin() };
    assert_eq!(touch(gate.desk.walk_in(&cab)), TouchError::Incomplete);
    let cab = Walkin { plate: Some("ka 01 ab 1234".into()), ..cab };
    assert!(gate.desk.walk_in(&cab).is_ok());
    let barred = UnitRow {
        tower: "A".into(),
        floor: 12,
        number: "1203".into(),
        state: UnitState::Barred,
        epoch: 3,
        intercom: None,
    };
    gate.change(row(UNIT, 0, &barred));
    assert_eq!(touch(gate.desk.walk_in(&walkin())), TouchError::UnitClosed);
}

#[test]
fn while_the_gate_is_locked_down_no_flat_is_to_blame() {
    let mut gate = Gate::new();
    let before = gate.desk.walk_in(&walkin()).unwrap();
    answer_spoken(&gate, before, SpokenAnswer::Approve);
    let mut community =
        gate.desk.cache.get::<CommunityRow>(Uuid::from_u128(COMMUNITY)).unwrap().unwrap().body;
    community.locked_down = true;
    gate.change(row(COMMUNITY, 0, &community));
    assert_eq!(touch(gate.desk.walk_in(&walkin())), TouchError::LockedDown);
    assert_eq!(touch(gate.desk.let_in(before)), TouchError::LockedDown);
}

#[test]
fn who_is_watched_for_is_known_by_their_phone_however_it_was_typed() {
    let mut gate = Gate::new();
    let phone = Some(judge::digest(&[7; 32], "+919900000001"));
    gate.change(row(80, 0, &WatchRow { phone, plate: None, refuse: true }));
    for typed in ["9900000001", "+91 99000 00001"] {
        let watched = Walkin { phone: Some(typed.into()), ..walkin() };
        assert_eq!(touch(gate.desk.walk_in(&watched)), TouchError::NotAllowed, "{typed}");
    }
    gate.desk.walk_in(&Walkin { phone: Some("9900000002".into()), ..walkin() }).unwrap();
}

#[test]
fn a_guards_own_word_needs_a_guard_and_names_them() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    assert_eq!(touch(gate.desk.override_ask(ask, OverrideReason::KnownToGuard)), TouchError::SignInFirst);
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let gate = gate.restart();
    let admitted = gate.desk.override_ask(ask, OverrideReason::KnownToGuard).unwrap();
    let Outcome::In { event, .. } = admitted else { panic!("not let in") };
    let kept = gate.desk.journal.event(event).unwrap().unwrap().recorded;
    assert_eq!(kept.event.guard, Some(id::<UserId>(GUARD)));
    assert_eq!(kept.details.unwrap().note.as_deref(), Some("KNOWN_TO_GUARD"));
}

pub(super) fn answer_spoken(gate: &Gate, ask: VisitorId, answer: SpokenAnswer) {
    let challenge = gate.desk.spoken_start(ask).unwrap().challenge.parse().unwrap();
    let digits = gate.today().spoken_secret(id(UNIT), 3).digits(7, challenge, answer);
    gate.desk.spoken_answer(ask, &digits).unwrap();
}

#[test]
fn a_pass_that_was_asked_about_is_used_by_the_entry_that_follows() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let newer = Row { schema: PassRow::SCHEMA + 1, ..row(50, 10, &once) };
    let mut gate = Gate::with(GateKind::Both, vec![newer]);
    let text = gate.token(50, &once);
    assert_eq!(reason(&gate.desk.scan(&text).unwrap()), Some(Reason::UnknownRestriction));
    let ask = gate.desk.ask_unit(shown(&gate).id, id(UNIT)).unwrap();
    answer_spoken(&gate, ask, SpokenAnswer::Approve);
    gate.desk.let_in(ask).unwrap();
    gate.change(row(50, 0, &once));
    gate.later(3 * MINUTE);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Out { entered: Some(_), .. }));
    assert_eq!(reason(&gate.desk.scan(&text).unwrap()), Some(Reason::UsedUp));
}

#[test]
fn a_flat_where_nobody_lives_is_offered_to_nobody() {
    let vacant = UnitRow {
        tower: "A".into(),
        floor: 12,
        number: "1203".into(),
        state: UnitState::Vacant,
        epoch: 3,
        intercom: None,
    };
    let over = PassRow { valid_until: T.plus(-HOUR), ..pass_row() };
    let newer = Row { schema: PassRow::SCHEMA + 1, ..row(50, 10, &pass_row()) };
    let mut gate = Gate::with(GateKind::Entry, vec![newer, row(51, 11, &over)]);
    gate.change(row(UNIT, 0, &vacant));
    gate.desk.scan(&gate.token(50, &pass_row())).unwrap();
    let screen::Verdict::StepUp { needs, unit, .. } = shown(&gate).verdict else { panic!("no step-up") };
    assert_eq!((needs, unit), (vec![screen::Need::Photo, screen::Need::Plate], None));
    gate.desk.scan(&gate.token(51, &over)).unwrap();
    let screen::Verdict::Refuse { next, .. } = shown(&gate).verdict else { panic!("not refused") };
    assert_eq!(next, screen::NextTouch::Close);
}

#[test]
fn an_ask_that_could_not_be_recorded_holds_nothing_back() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    gate.disk(FAILS);
    assert_eq!(touch(gate.desk.walk_in(&walkin())), TouchError::NotRecorded);
    gate.disk(WORKS);
    assert!(matches!(gate.entry(&gate.token(50, &pass_row())), Outcome::In { .. }));
    assert_eq!(gate.desk.journal.outbox().unwrap().waiting(), 2);
}

#[test]
fn an_ask_whose_end_cannot_be_recorded_is_sent_and_the_screen_goes_on() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.desk.scan(&gate.token(50, &pass_row())).unwrap();
    gate.later(11 * MINUTE);
    gate.disk(FAILS);
    assert!(gate.desk.tick().unwrap(), "the courier has news");
    assert!(gate.desk.lock().show.verdict.is_none());
    assert_eq!(gate.desk.journal.outbox().unwrap().waiting(), 3);
    assert!(gate.desk.tick().is_err());
    gate.disk(WORKS);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.ring(ask)), TouchError::Gone);
}

#[test]
fn a_household_that_said_no_is_not_overridden() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    answer_spoken(&gate, ask, SpokenAnswer::Deny);
    assert_eq!(touch(gate.desk.override_ask(ask, OverrideReason::KnownToGuard)), TouchError::NotAllowed);
    assert!(!gate.desk.asks().unwrap()[0].override_allowed);
}
