//! Codes, said at the keypad.

use std::collections::HashMap;

use super::*;

#[test]
fn a_day_code_lets_in_and_five_wrong_ones_step_up_over_a_restart() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let code = gate.today().pass_secret(id(50)).day_code();
    assert!(matches!(gate.desk.code(id(UNIT), &code).unwrap(), Outcome::In { .. }));
    let number: u32 = code.as_str().parse().unwrap();
    for wrong in 1..=5u32 {
        let digits: SixDigits = format!("{:06}", (number + wrong) % 1_000_000).parse().unwrap();
        assert_eq!(reason(&gate.desk.code(id(UNIT), &digits).unwrap()), Some(Reason::WrongCode));
    }
    let gate = gate.restart();
    assert_eq!(reason(&gate.desk.code(id(UNIT), &code).unwrap()), Some(Reason::TooManyTries));
    gate.later(16 * MINUTE);
    gate.desk.cache.set_whole_at(gate.desk.now()).unwrap();
    assert!(matches!(gate.desk.code(id(UNIT), &code).unwrap(), Outcome::In { .. }));
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
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &cab)]);
    assert_eq!(touch(gate.desk.cab("1111")), TouchError::NoCabExpected);
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }));
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
    gate.change(row(one, 0, &over));
    gate.change(row(other, 0, &over));
    assert_eq!(reason(&gate.desk.code(id(UNIT), &code).unwrap()), Some(Reason::Expired));
}

#[test]
fn of_two_cabs_with_the_same_plate_the_one_that_may_still_come_in_is_meant() {
    let cab =
        PassRow { visitor_type: VisitorType::Taxi, plate4: Some("4321".into()), uses: Some(1), ..pass_row() };
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &cab), row(51, 11, &cab)]);
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }));
    assert!(matches!(gate.desk.cab("4321").unwrap(), Outcome::In { .. }), "the other one");
    assert_eq!(reason(&gate.desk.cab("4321").unwrap()), Some(Reason::UsedUp));
}
