//! The clock is set right while the gate is at work.

use gatehouse::journal::AlertCode;

use super::*;
use crate::screen::{StripKind, Verdict};

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
    gate.later(9 * MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(gate.desk.lock().book.asks(id(KIOSK), id(GATE)).count(), 1, "it waits for nine minutes");
    gate.later(MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.ring(ask)), TouchError::Gone, "nobody waits at the gate for three days");
}

#[test]
fn an_ask_is_not_lost_to_a_clock_that_is_set_ahead_and_lapses_in_time() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.later(9 * MINUTE);
    gate.corrected(-BACK);
    gate.desk.tick().unwrap();
    gate.desk.ring(ask).unwrap();
    gate.later(MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.ring(ask)), TouchError::Gone);
}

#[test]
fn an_ask_of_an_earlier_run_is_as_old_as_its_event_says() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.later(11 * MINUTE);
    let gate = gate.restart();
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.ring(ask)), TouchError::Gone);
}

#[test]
fn no_ask_is_lost_while_nobody_knows_the_time_after_a_power_cut() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    let gate = gate.power_cut();
    gate.desk.tick().unwrap();
    gate.later(11 * MINUTE);
    gate.desk.tick().unwrap();
    assert!(!gate.time.read().is_sure());
    gate.desk.ring(ask).unwrap();
}

#[test]
fn who_came_in_while_nobody_knew_the_time_is_inside_until_somebody_sees_them_go() {
    let gate = Gate::new().power_cut();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    asks::answer_spoken(&gate, ask, SpokenAnswer::Approve);
    let Outcome::In { event, .. } = gate.desk.let_in(ask).unwrap() else { panic!("not let in") };
    let entered = gate.desk.journal.event(event).unwrap().unwrap().recorded.event.at;
    assert_eq!(entered, T.plus(SECOND), "the last that was known and what was counted since, not 1970");
    let anchor = Anchor { at: T.plus(30 * DAY), nonce: Nonce([0; 16]) };
    gate.time.anchor(anchor, gate.time.boot(), gate.time.boot());
    gate.later(2 * MINUTE);
    gate.desk.tick().unwrap();
    assert_eq!(gate.desk.lock().book.get(ask).unwrap().status, VisitorStatus::Inside);
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

#[test]
fn an_entry_can_be_undone_as_long_as_the_screen_says_whatever_the_clock_does() {
    for step in [-HOUR, HOUR] {
        let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
        let Outcome::In { event, .. } = gate.desk.scan(&gate.token(50, &pass_row())).unwrap() else {
            panic!()
        };
        gate.corrected(step);
        gate.later(50 * SECOND);
        gate.desk.tick().unwrap();
        let until = gate.desk.lock().show.passed[0].undo_until;
        assert_eq!(until, Some(gate.desk.now().plus(10 * SECOND)));
        gate.desk.undo(event).unwrap();
    }
}

#[test]
fn wrong_codes_of_before_the_clock_was_set_back_are_not_held_against_those_of_now() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let wrong = |tried: u32| gate.desk.submit_code(id(UNIT), &format!("{tried:06}").parse().unwrap());
    let raised = || {
        let alert = Act::alert(AlertCode::CodeGuessing);
        gate.desk.journal.tries_at_kiosk(alert.kind(), UnixMs(0)).unwrap().len()
    };
    (0..10).for_each(|tried| drop(wrong(tried)));
    assert_eq!(raised(), 1);
    gate.corrected(-HOUR);
    gate.desk.cache.set_whole_at(gate.desk.now()).unwrap();
    wrong(10).unwrap();
    let Verdict::Refuse { reason, .. } = shown(&gate).verdict else { panic!() };
    assert_eq!(reason, screen::Reason::WrongCode { tries_left: 4 });
    (11..20).for_each(|tried| drop(wrong(tried)));
    assert_eq!(raised(), 2, "who guesses now is told of now");
}
