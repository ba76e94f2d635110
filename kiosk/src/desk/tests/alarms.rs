//! What calls for somebody, and what stands when the journal takes nothing.

use super::*;
use crate::screen::{AlertKind, Sound, StripKind};

#[test]
fn alerts_that_say_the_same_are_one_and_those_about_others_are_not() {
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row()), row(51, 11, &pass_row())]);
    for (from, to) in [(T, T.plus(HOUR)), (T.plus(HOUR), T)] {
        gate.desk.clock_stepped(from, to).unwrap();
    }
    let kinds = |gate: &Gate| -> Vec<AlertKind> {
        gate.desk.lock().show.alerts.iter().map(|alert| alert.kind.clone()).collect()
    };
    assert_eq!(kinds(&gate), [AlertKind::ClockStepped { by_seconds: -3600 }], "the last one stands");
    for (pass, name) in [(50, "Asha"), (51, "Kabir")] {
        let named = PassRow { name: name.into(), ..pass_row() };
        gate.change(row(pass, 0, &named));
        assert!(matches!(gate.entry(&gate.token(pass, &named)), Outcome::In { .. }));
        gate.change(row(pass, 0, &PassRow { revoked_at: Some(gate.desk.now()), ..named }));
        gate.desk.refresh().unwrap();
    }
    assert_eq!(kinds(&gate).len(), 3, "two people to look for");
}

#[test]
fn what_could_not_be_recorded_leaves_no_verdict_and_says_so() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    gate.desk.scan(&gate.token(50, &pass_row())).unwrap();
    gate.desk.show_not_recorded();
    let contact = crate::screen::Contact::Offline { since: None };
    let (shown, cue) = gate.desk.draw(contact, false, false).unwrap();
    assert!(shown.verdict.is_none(), "the one before was let in, not this one");
    assert_eq!(shown.strips[0].kind, StripKind::NotRecorded);
    assert_eq!(cue.unwrap().sound, Sound::Refuse);
}
