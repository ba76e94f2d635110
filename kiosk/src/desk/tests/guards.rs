//! Guards signing in and out.

use super::*;

#[test]
fn five_wrong_pins_lock_one_guard_and_the_gate_goes_on() {
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    for left in (1..=4).rev() {
        let wrong = touch(gate.desk.sign_in(id(GUARD), "000000"));
        assert_eq!(wrong, TouchError::WrongPin { tries_left: left });
    }
    assert!(matches!(touch(gate.desk.sign_in(id(GUARD), "000000")), TouchError::GuardLocked { .. }));
    assert!(matches!(touch(gate.desk.sign_in(id(GUARD), "246810")), TouchError::GuardLocked { .. }));
    assert!(gate.desk.guards().unwrap()[0].locked_until.is_some());
    assert!(matches!(gate.desk.scan(&gate.token(50, &pass_row())).unwrap(), Outcome::In { .. }));
    gate.later(15 * MINUTE);
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
}

#[test]
fn a_guard_who_left_the_list_is_signed_out() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    gate.change(row(GUARD, 0, &GuardRow { active: false, ..guard_row("246810") }));
    assert!(gate.desk.on_shift().unwrap().is_none());
}
