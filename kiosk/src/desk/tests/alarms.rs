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
