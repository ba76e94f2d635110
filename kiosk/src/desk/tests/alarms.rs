//! What rings and stands when the journal does not take it.

use super::*;
use crate::screen::{AlertKind, EmergencyKind, Sound, StripKind};

#[test]
fn an_alarm_rings_through_every_other_sound_until_it_was_seen() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    assert!(!gate.desk.rings());
    gate.desk.emergency(EmergencyKind::Fire).unwrap();
    assert!(matches!(gate.desk.scan(&gate.token(50, &pass_row())), Ok(Outcome::In { .. })));
    assert!(gate.desk.rings(), "somebody coming in is not somebody who saw it");
    let alert = gate.desk.alarms()[0].id;
    gate.desk.acknowledge(alert).unwrap();
    assert!(!gate.desk.rings());
}

#[test]
fn an_alarm_that_cannot_be_recorded_rings_and_can_be_stopped() {
    let gate = Gate::new();
    gate.desk.journal.close();
    assert_eq!(touch(gate.desk.emergency(EmergencyKind::Fire)), TouchError::NotRecorded);
    assert_eq!(touch(gate.desk.emergency(EmergencyKind::Medical)), TouchError::NotRecorded);
    let alarms = gate.desk.alarms();
    assert_eq!(alarms[1].kind, AlertKind::Emergency { kind: EmergencyKind::Fire });
    gate.desk.acknowledge(alarms[0].id).unwrap();
    assert!(gate.desk.rings(), "each is seen by itself");
    gate.desk.acknowledge(alarms[1].id).unwrap();
    assert!(!gate.desk.rings());
}

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
