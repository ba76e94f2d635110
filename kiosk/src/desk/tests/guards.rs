//! Guards signing in and out.

use gatehouse::trust::TrustGuard;

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
fn a_power_cut_of_a_machine_whose_clock_is_dead_forgives_no_wrong_pin() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    let gate = gate.power_cut();
    gate.later(HOUR);
    for _ in 0..crate::guards::TRIES {
        touch(gate.desk.sign_in(id(GUARD), "000000"));
    }
    let gate = gate.power_cut();
    assert!(matches!(touch(gate.desk.sign_in(id(GUARD), "246810")), TouchError::GuardLocked { .. }));
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

#[test]
fn a_guard_who_left_the_list_while_the_disk_is_full_is_signed_out_at_once_and_that_is_recorded_later() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    gate.disk(FAILS);
    gate.change(row(GUARD, 0, &GuardRow { active: false, ..guard_row("246810") }));
    assert_eq!(touch(gate.desk.refresh()), TouchError::NotRecorded);
    assert!(gate.desk.on_shift().unwrap().is_none());
    assert!(gate.desk.tick().is_err(), "the disk is still full");
    gate.disk(WORKS);
    assert!(gate.desk.tick().unwrap(), "there is something to send");
    gate.change(row(GUARD, 0, &guard_row("246810")));
    assert!(gate.restart().desk.on_shift().unwrap().is_none(), "a restart signs nobody in");
}

#[test]
fn a_pin_that_nothing_is_here_to_check_by_is_not_called_wrong() {
    let mut gate = Gate::new();
    let mut trusted = gate.desk.lock().trusted.clone();
    trusted.statement.guards = vec![TrustGuard { guard: id(GUARD), name: "Ramesh".into() }];
    gate.desk.renew(trusted).unwrap();
    let before = gate.desk.journal.head().unwrap();
    for _ in 0..=crate::guards::TRIES {
        assert_eq!(touch(gate.desk.sign_in(id(GUARD), "246810")), TouchError::PinsNotHere);
    }
    assert_eq!(gate.desk.journal.head().unwrap(), before, "nothing is recorded");
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
}
