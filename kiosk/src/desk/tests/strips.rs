//! Lines across the screen.

use super::*;
use crate::screen::StripKind;

/// Those refused, newest first, as they stand on the screen.
fn refused(gate: &Gate) -> Vec<Option<String>> {
    gate.desk.tick().unwrap();
    let strips = gate.desk.lock().show.strips.clone();
    let named = strips.into_iter().map(|strip| match strip.kind {
        StripKind::Refused { who, .. } => who.and_then(|who| who.name),
        other => panic!("another line: {other:?}"),
    });
    named.collect()
}

#[test]
fn a_red_strip_stands_for_a_minute_after_the_verdict_it_follows() {
    let over = PassRow { valid_until: T.plus(-HOUR), ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &over)]);
    gate.desk.scan(&gate.token(50, &over)).unwrap();
    let ends = shown(&gate).clears_at.unwrap();
    gate.later(ends.since(gate.desk.now()) + MINUTE - 1);
    assert_eq!(refused(&gate).len(), 1);
    gate.later(1);
    assert_eq!(refused(&gate).len(), 0);
}

#[test]
fn each_who_was_refused_has_a_strip_and_none_has_two() {
    let over = PassRow { valid_until: T.plus(-HOUR), ..pass_row() };
    let other = PassRow { name: "Kabir".into(), ..over.clone() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &over), row(51, 11, &other)]);
    for (pass, row) in [(50, &over), (51, &other), (50, &over)] {
        gate.desk.scan(&gate.token(pass, row)).unwrap();
    }
    assert_eq!(refused(&gate), [Some("Asha".into()), Some("Kabir".into())]);
}
