//! What is kept of persons, and for how long.

use super::*;

#[test]
fn details_are_forgotten_when_the_feed_says_so() {
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    assert!(gate.desk.journal.event(event).unwrap().unwrap().recorded.details.is_some());
    gate.change(row(event.0.as_u128(), 0, &ErasureRow { at: T }));
    gate.desk.refresh().unwrap();
    assert!(gate.desk.journal.event(event).unwrap().unwrap().recorded.details.is_none());
    assert_eq!(gate.desk.journal.verify().unwrap().broken, None);
}

#[test]
fn the_facts_of_an_admission_stand_in_its_details_and_decide_the_same_again() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    let details = gate.desk.journal.event(event).unwrap().unwrap().recorded.details.unwrap();
    let facts = admission::Facts::read(&details.facts.unwrap()).unwrap();
    assert!(admission::decide(&facts).admits());
    assert_eq!(facts.pass(), Some(id::<PassId>(50)));
    assert_eq!(facts.unit.unwrap().unit, id::<UnitId>(UNIT));
}

#[test]
fn the_uses_of_a_pass_stand_in_the_facts_only_where_they_are_counted() {
    for (uses, counted) in [(None, 0), (Some(9), 1)] {
        let pass = PassRow { uses, ..pass_row() };
        let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass)]);
        let came = || gate.desk.submit_code(id(UNIT), &gate.today().pass_secret(id(50)).day_code()).unwrap();
        assert!(matches!(came(), Outcome::In { .. }));
        gate.later(3 * MINUTE);
        let Outcome::In { judged, .. } = came() else { panic!("not let in") };
        assert_eq!(judged.facts.uses.len(), counted);
        let judged = gate.desk.check(&gate.token(50, &pass)).unwrap();
        assert_eq!(judged.facts.uses.len(), 2 * counted);
    }
}

#[test]
fn after_fourteen_days_without_contact_persons_and_keys_are_forgotten() {
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.later(13 * DAY);
    gate.desk.tick().unwrap();
    assert!(gate.desk.cache.get::<PassRow>(Uuid::from_u128(50)).unwrap().is_some());
    gate.later(DAY);
    gate.desk.tick().unwrap();
    assert!(gate.desk.cache.get::<PassRow>(Uuid::from_u128(50)).unwrap().is_none());
    assert!(gate.desk.cache.all::<DayKeyRow>().unwrap().is_empty());
    assert!(gate.desk.guards().unwrap().is_empty());
    assert!(gate.desk.cache.copy().unwrap().cursor.is_none(), "the next contact loads everything anew");
}

#[test]
fn a_kiosk_without_contact_whose_clock_is_dead_forgets_as_well() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let is_known = |gate: &Gate| gate.desk.cache.get::<PassRow>(Uuid::from_u128(50)).unwrap().is_some();
    let gate = gate.power_cut();
    gate.later(13 * DAY);
    gate.desk.tick().unwrap();
    assert!(is_known(&gate) && !gate.time.read().is_sure());
    let gate = gate.power_cut();
    gate.later(DAY);
    gate.desk.tick().unwrap();
    assert!(!is_known(&gate));
}
