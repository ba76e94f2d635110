//! The clock is set right while the gate is at work.

use super::*;
use crate::screen::StripKind;

/// It was three days ahead.
const BACK: i64 = -3 * DAY;

#[test]
fn what_stands_on_the_screen_ends_in_time_when_the_clock_is_set_back() {
    let over = PassRow { valid_until: T.plus(-HOUR), ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &over)]);
    gate.desk.scan(&gate.token(50, &over)).unwrap();
    gate.corrected(BACK);
    gate.desk.tick().unwrap();
    let shown = shown(&gate);
    assert!((gate.desk.now()..gate.desk.now().plus(10 * SECOND + 1)).contains(&shown.clears_at.unwrap()));
    gate.later(11 * SECOND);
    gate.desk.tick().unwrap();
    assert!(gate.desk.lock().show.verdict.is_none());
    let red = |gate: &Gate| {
        gate.desk.lock().show.strips.iter().any(|strip| matches!(strip.kind, StripKind::Refused { .. }))
    };
    assert!(red(&gate));
    gate.later(MINUTE);
    gate.desk.tick().unwrap();
    assert!(!red(&gate));
}

#[test]
fn an_ask_of_before_the_clock_was_set_back_holds_no_upload_and_lapses() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.corrected(BACK);
    gate.later(4 * SECOND);
    gate.desk.tick().unwrap();
    let outbox = gate.desk.journal.outbox().unwrap();
    assert_eq!(outbox.waiting(), outbox.lives[0].head.seq, "nothing is held any more");
    assert_eq!(touch(gate.desk.left(ask)), TouchError::Gone, "nobody waits at the gate for three days");
}

#[test]
fn an_ask_is_not_lost_to_a_small_correction() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.corrected(-2 * MINUTE);
    gate.desk.tick().unwrap();
    gate.desk.undo_walk_in(ask).unwrap();
}

#[test]
fn a_lock_out_of_before_the_clock_was_set_back_is_over() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    for _ in 0..crate::guards::TRIES {
        touch(gate.desk.sign_in(id(GUARD), "000000"));
    }
    gate.corrected(BACK);
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
}

#[test]
fn an_entry_of_before_the_clock_was_set_back_cannot_be_undone_for_days() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    gate.corrected(BACK);
    gate.later(2 * MINUTE);
    assert_eq!(touch(gate.desk.undo(event)), TouchError::TooLate);
}
