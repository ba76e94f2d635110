//! Codes, said at the keypad.

use std::collections::HashMap;

use super::*;

#[test]
fn a_day_code_lets_in_and_five_wrong_ones_step_up_over_a_restart() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let code = gate.today().pass_secret(id(50)).day_code();
    assert!(matches!(gate.desk.code(id(UNIT), &code).unwrap(), Outcome::In { .. }));
    let number: u32 = code.as_str().parse().unwrap();
    for wrong in 1..=5u32 {
        let digits: SixDigits = format!("{:06}", (number + wrong) % 1_000_000).parse().unwrap();
        assert_eq!(reason(&gate.desk.code(id(UNIT), &digits).unwrap()), Some(Reason::WrongCode));
    }
    let gate = gate.restart();
    gate.later(3 * MINUTE);
    assert_eq!(reason(&gate.desk.code(id(UNIT), &code).unwrap()), Some(Reason::TooManyTries));
    gate.later(16 * MINUTE);
    gate.desk.cache.set_whole_at(gate.desk.now()).unwrap();
    assert!(matches!(gate.desk.code(id(UNIT), &code).unwrap(), Outcome::In { .. }));
}

#[test]
fn past_the_limit_a_right_code_is_answered_and_recorded_like_a_wrong_one() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let right = gate.today().pass_secret(id(50)).day_code();
    let number: u32 = right.as_str().parse().unwrap();
    let wrong: SixDigits = format!("{:06}", (number + 1) % 1_000_000).parse().unwrap();
    for _ in 0..5 {
        assert_eq!(reason(&gate.desk.code(id(UNIT), &wrong).unwrap()), Some(Reason::WrongCode));
    }
    let tried = |digits: &SixDigits, look: bool| {
        let before = gate.desk.journal.head().unwrap().unwrap().seq;
        let judged = if look {
            gate.desk.verify_code(id(UNIT), digits).unwrap()
        } else {
            let Outcome::Not { judged, .. } = gate.desk.submit_code(id(UNIT), digits).unwrap() else {
                panic!()
            };
            assert!(
                matches!(&shown(&gate).verdict, screen::Verdict::StepUp { needs, .. } if needs == &[screen::Need::Spoken])
            );
            *judged
        };
        let events = gate.desk.journal.head().unwrap().unwrap().seq - before;
        (judged.verdict, judged.facts.pass(), judged.comer.pass, events)
    };
    for look in [true, false] {
        let (verdict, pass, comer, events) = tried(&right, look);
        assert!(matches!(verdict, Verdict::StepUp { reason: Reason::TooManyTries, .. }), "{verdict:?}");
        assert_eq!((pass, comer, events), (None, None, 1));
        assert_eq!(tried(&wrong, look), (verdict, pass, comer, events), "look: {look}");
    }
}

#[test]
fn the_keypad_slows_and_never_locks_the_gate() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let mut waited = false;
    for wrong in 0..10 {
        match gate.desk.code(id(UNIT), &format!("{wrong:06}").parse().unwrap()) {
            Ok(_) => {}
            Err(error) => {
                assert!(matches!(error.into_touch(), TouchError::Wait { .. }));
                waited = true;
            }
        }
    }
    let again = gate.desk.code(id(UNIT), &"999999".parse().unwrap());
    waited |= matches!(again.map_err(DeskError::into_touch), Err(TouchError::Wait { .. }));
    assert!(waited);
    assert!(matches!(gate.desk.scan(&gate.token(50, &pass_row())).unwrap(), Outcome::In { .. }));
    gate.later(31 * SECOND);
    assert!(gate.desk.code(id(UNIT), &"999999".parse().unwrap()).is_ok());
}

#[test]
fn no_code_is_called_wrong_while_nobody_knows_what_day_it_is() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]).power_cut();
    for tried in 0..12 {
        let outcome = gate.desk.code(id(UNIT), &format!("{tried:06}").parse().unwrap()).unwrap();
        assert_eq!(reason(&outcome), Some(Reason::TimeUnsure));
    }
}

#[test]
fn while_codes_rest_a_look_says_of_none_whether_it_is_right() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let code = gate.today().pass_secret(id(50)).day_code();
    assert!(gate.desk.verify_code(id(UNIT), &code).is_ok());
    for wrong in 0..10 {
        // What comes while they rest already is not charged.
        drop(gate.desk.code(id(UNIT), &format!("{wrong:06}").parse().unwrap()));
    }
    assert!(matches!(touch(gate.desk.verify_code(id(UNIT), &code)), TouchError::Wait { .. }));
    gate.later(31 * SECOND);
    assert!(gate.desk.verify_code(id(UNIT), &code).is_ok());
}

#[test]
fn without_a_fresh_list_an_unknown_code_asks_the_resident() {
    let gate = Gate::new();
    gate.later(HOUR);
    let outcome = gate.desk.code(id(UNIT), &"123456".parse().unwrap()).unwrap();
    assert_eq!(reason(&outcome), Some(Reason::UnknownPass));
}

#[test]
fn a_guest_of_a_cab_pass_is_known_by_four_digits() {
    let cab =
        PassRow { visitor_type: VisitorType::Taxi, plate4: Some("4321".into()), uses: Some(1), ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &cab)]);
    assert_eq!(touch(gate.desk.cab("1111")), TouchError::NoCabExpected);
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }));
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::AlreadyIn { .. }));
    gate.later(3 * MINUTE);
    assert_eq!(reason(&gate.desk.cab("4321").unwrap()), Some(Reason::UsedUp));
}

/// Ids of two passes that have the same code today.
fn alike(gate: &Gate) -> (u128, u128) {
    let today = gate.today();
    let mut of_code = HashMap::new();
    (1_000..)
        .find_map(|pass| {
            let code = today.pass_secret(id(pass)).day_code();
            of_code.insert(code.as_str().to_owned(), pass).map(|before| (before, pass))
        })
        .unwrap()
}

#[test]
fn of_two_passes_with_the_same_digits_the_one_that_is_good_is_meant() {
    let mut gate = Gate::with(GateKind::Entry, vec![]);
    let (one, other) = alike(&gate);
    let code = gate.today().pass_secret(id(one)).day_code();
    let over = PassRow { valid_until: T.plus(-HOUR), ..pass_row() };
    let named = |outcome: Outcome| match outcome {
        Outcome::In { judged, .. } | Outcome::Not { judged, .. } => judged.facts.pass(),
        other => panic!("neither in nor not: {other:?}"),
    };
    for (good, bad) in [(one, other), (other, one)] {
        gate.change(row(good, 0, &pass_row()));
        gate.change(row(bad, 0, &over));
        assert_eq!(named(gate.desk.code(id(UNIT), &code).unwrap()), Some(id(good)));
    }
    gate.later(3 * MINUTE);
    gate.change(row(one, 0, &over));
    gate.change(row(other, 0, &over));
    assert_eq!(reason(&gate.desk.code(id(UNIT), &code).unwrap()), Some(Reason::Expired));
}

#[test]
fn of_two_cabs_with_the_same_plate_the_one_that_may_still_come_in_is_meant() {
    let cab =
        PassRow { visitor_type: VisitorType::Taxi, plate4: Some("4321".into()), uses: Some(1), ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &cab), row(51, 11, &cab)]);
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }));
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }), "the other one");
    gate.later(3 * MINUTE);
    assert_eq!(reason(&gate.desk.cab("4321").unwrap()), Some(Reason::UsedUp));
}

#[test]
fn a_code_said_again_is_already_in_and_later_leads_out() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &once)]);
    let code = gate.today().pass_secret(id(50)).day_code();
    let say = || gate.desk.code(id(UNIT), &code).unwrap();
    assert!(matches!(say(), Outcome::In { .. }));
    let head = gate.desk.journal.head().unwrap();
    gate.later(MINUTE);
    assert!(matches!(say(), Outcome::AlreadyIn { .. }));
    assert_eq!(gate.desk.journal.head().unwrap(), head, "no event for a look");
    gate.later(2 * MINUTE);
    assert!(matches!(say(), Outcome::Out { entered: Some(_), .. }));
    assert_eq!(reason(&say()), Some(Reason::UsedUp));
}

fn helper() -> PassRow {
    PassRow { visitor_type: VisitorType::Service, valid_until: T.plus(9 * DAY), ..pass_row() }
}

/// The pass's code of the day is said at a gate whose list is fresh.
fn said_today(gate: &Gate) -> Outcome {
    gate.desk.cache.set_whole_at(gate.desk.now()).unwrap();
    gate.desk.submit_code(id(UNIT), &gate.today().pass_secret(id(50)).day_code()).unwrap()
}

#[test]
fn a_long_stay_is_asked_about_after_a_code_too() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &helper())]);
    assert!(matches!(said_today(&gate), Outcome::In { .. }));
    gate.later(13 * HOUR);
    assert!(matches!(said_today(&gate), Outcome::Unclear { .. }));
    let out = gate.desk.in_or_out(shown(&gate).id, &gatehouse::words::Direction::Exit).unwrap();
    assert!(matches!(out, Outcome::Out { entered: Some(_), .. }));
}

#[test]
fn a_helpers_code_of_the_next_day_ends_the_stay_that_nobody_saw_end() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &helper())]);
    assert!(matches!(said_today(&gate), Outcome::In { .. }));
    gate.later(25 * HOUR);
    let Outcome::In { visit, .. } = said_today(&gate) else { panic!("not let in") };
    let page = gate.desk.inside("", InsideTab::Today, 0).unwrap();
    assert_eq!(page.rows.iter().map(|row| row.visit).collect::<Vec<_>>(), [visit]);
}

#[test]
fn at_a_gate_out_a_cab_leaves_and_never_comes_in() {
    let cab =
        PassRow { visitor_type: VisitorType::Taxi, plate4: Some("4321".into()), uses: Some(1), ..pass_row() };
    let mut gate = Gate::with(GateKind::Exit, vec![row(50, 10, &cab), row(51, 11, &cab)]);
    let came = VisitRow { pass: Some(id(51)), ..leaving::elsewhere() };
    gate.change(row(70, 0, &came));
    gate.later(MINUTE);
    let out = gate.desk.cab("4321").unwrap();
    assert!(matches!(out, Outcome::Out { entered: Some(T), .. }), "the one that is inside: {out:?}");
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::Out { entered: None, .. }));
}

#[test]
fn a_cab_is_not_turned_away_by_a_time_that_nobody_knows() {
    let days = (T.plus(3 * DAY), T.plus(4 * DAY));
    let cab = PassRow {
        visitor_type: VisitorType::Taxi,
        plate4: Some("4321".into()),
        valid_from: days.0,
        valid_until: days.1,
        ..pass_row()
    };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &cab)]);
    assert_eq!(touch(gate.desk.cab("4321")), TouchError::NoCabExpected);
    let gate = gate.power_cut();
    assert_eq!(reason(&gate.desk.cab("4321").unwrap()), Some(Reason::TimeUnsure));
}

#[test]
fn a_cab_that_is_inside_leaves_after_its_pass_has_ended() {
    let cab = PassRow {
        visitor_type: VisitorType::Taxi,
        plate4: Some("4321".into()),
        valid_until: T.plus(10 * MINUTE),
        ..pass_row()
    };
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &cab)]);
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }));
    gate.later(20 * MINUTE);
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::Out { entered: Some(_), .. }));
    assert_eq!(touch(gate.desk.cab("4321")), TouchError::NoCabExpected);
}
