//! Pictures of those who came: kept beside their events, shown, erased, and what they meet.

use gatehouse::{
    admission::Facts,
    feed::row::{ErasureRow, PassPhotoRow},
    words::Credential,
};

use super::*;
use crate::desk::Given;

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 1, 2, 3, 0xff, 0xd9];

fn with_photo(gate: &Gate) -> VisitorId {
    let photo = Some(gate.desk.hold_photo(JPEG.to_vec()));
    gate.desk.walk_in(&Walkin { photo, ..walkin() }).unwrap()
}

fn acts(gate: &Gate) -> Vec<Act> {
    gate.desk.journal.unseen(0).unwrap().into_iter().map(|kept| kept.recorded.act).collect()
}

fn card_photo(gate: &Gate) -> Option<Hash> {
    gate.desk.asks().unwrap()[0].who.photo
}

#[test]
fn a_walk_ins_photo_stands_beside_its_event_and_outlives_a_restart() {
    let gate = Gate::new();
    let visit = with_photo(&gate);
    let digest = Hash::of(&[JPEG]);
    assert!(acts(&gate).contains(&Act::PhotoTaken { visit, digest }));
    let gate = gate.restart();
    assert_eq!(card_photo(&gate), Some(digest));
    assert_eq!(gate.desk.photo(&digest).unwrap().as_deref(), Some(JPEG));
    assert_eq!(gate.desk.journal.photos_waiting().unwrap(), 1);
}

#[test]
fn who_is_let_in_is_shown_with_their_photo() {
    let mut gate = Gate::new();
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let visit = with_photo(&gate);
    gate.desk.override_ask(visit, OverrideReason::KnownToGuard).unwrap();
    let state = gate.desk.state().unwrap();
    let shown = state.show.verdict.as_ref().map(|shown| &shown.verdict);
    let Some(crate::screen::Verdict::Admit { who, .. }) = shown else { panic!("{shown:?}") };
    assert_eq!(who.photo, Some(Hash::of(&[JPEG])));
}

#[test]
fn an_ask_that_is_taken_back_leaves_no_photo() {
    let gate = Gate::new();
    let visit = with_photo(&gate);
    gate.desk.undo_walk_in(visit).unwrap();
    assert_eq!(gate.desk.journal.photos_waiting().unwrap(), 0);
    assert_eq!(gate.desk.photo(&Hash::of(&[JPEG])).unwrap(), None);
    assert!(gate.desk.journal.verify().unwrap().broken.is_none(), "the chain verifies without it");
}

#[test]
fn a_photo_that_is_held_no_longer_is_asked_for_again() {
    let gate = Gate::new();
    let photo = Some(gate.desk.hold_photo(JPEG.to_vec()));
    gate.later(16 * MINUTE);
    gate.desk.hold_photo(vec![0xff, 0xd8]);
    let asked = gate.desk.walk_in(&Walkin { photo, ..walkin() });
    assert_eq!(touch(asked), TouchError::NoPicture);
    assert!(acts(&gate).iter().all(|act| !matches!(act, Act::Asked { .. })), "nothing was recorded");
}

#[test]
fn an_order_to_forget_takes_the_photo_and_the_chain_stays() {
    let mut gate = Gate::new();
    with_photo(&gate);
    let taken = Act::PhotoTaken { visit: id(1), digest: Hash::default() };
    let kept = gate.desk.journal.latest(taken.kind(), 1).unwrap().remove(0);
    gate.change(row(kept.recorded.event.id.0.as_u128(), 0, &ErasureRow { at: T }));
    assert_eq!(card_photo(&gate), None);
    assert_eq!(gate.desk.photo(&Hash::of(&[JPEG])).unwrap(), None);
    assert!(gate.desk.journal.verify().unwrap().broken.is_none());
}

/// A gate where a pass of a newer server's steps up, a guard on shift.
fn stepping_up() -> (Gate, u32) {
    let newer = Row { schema: PassRow::SCHEMA + 1, ..row(50, 10, &pass_row()) };
    let mut gate = Gate::with(GateKind::Both, vec![newer]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let outcome = gate.desk.scan(&gate.token(50, &pass_row())).unwrap();
    assert_eq!(reason(&outcome), Some(Reason::UnknownRestriction));
    let verdict = gate.desk.state().unwrap().show.verdict.as_ref().unwrap().id;
    (gate, verdict)
}

#[test]
fn a_step_up_that_was_met_is_its_own_event_and_the_same_rules_admit_over_its_facts() {
    for given in [Given::Photo(JPEG), Given::Plate("KA 01 AB 1234")] {
        let (gate, verdict) = stepping_up();
        let Outcome::In { event, visit, judged } = gate.desk.step_up(verdict, given).unwrap() else {
            panic!("not let in")
        };
        let told = gate.desk.journal.event(event).unwrap().unwrap().recorded;
        assert!(
            matches!(told.act, Act::Admitted { credential: Credential::Qr, pass: Some(_), .. }),
            "{:?}",
            told.act
        );
        let facts = Facts::read(told.details.unwrap().facts.as_deref().unwrap()).unwrap();
        assert!(admission::decide(&facts).admits(), "what the server makes of the same facts");
        let by = match given {
            Given::Photo(_) => gatehouse::words::StepUpBy::Photo,
            Given::Plate(_) => gatehouse::words::StepUpBy::Plate,
        };
        assert!(acts(&gate).contains(&Act::SteppedUp { visit, reason: "UNKNOWN_RESTRICTION".into(), by }));
        assert_eq!(judged.comer.photo.is_some(), matches!(given, Given::Photo(_)));
        let waiting = u64::from(matches!(given, Given::Photo(_)));
        assert_eq!(gate.desk.journal.photos_waiting().unwrap(), waiting);
    }
}

#[test]
fn a_step_up_meets_nothing_that_came_since() {
    let (mut gate, verdict) = stepping_up();
    let revoked = PassRow { revoked_at: Some(T), ..pass_row() };
    gate.change(row(50, 0, &revoked));
    let outcome = gate.desk.step_up(verdict, Given::Photo(JPEG)).unwrap();
    assert_eq!(reason(&outcome), Some(Reason::Revoked));
    assert_eq!(gate.desk.journal.photos_waiting().unwrap(), 0, "of whom nothing came, nothing is kept");
}

#[test]
fn a_step_up_is_met_in_the_time_the_pass_has() {
    let ending = PassRow { valid_until: T.plus(MINUTE), ..pass_row() };
    let newer = Row { schema: PassRow::SCHEMA + 1, ..row(50, 10, &ending) };
    let mut gate = Gate::with(GateKind::Both, vec![newer]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let outcome = gate.desk.scan(&gate.token(50, &ending)).unwrap();
    assert_eq!(reason(&outcome), Some(Reason::UnknownRestriction));
    let question = shown(&gate).id;
    gate.later(40 * SECOND);
    gate.desk.still_here(question).unwrap();
    gate.later(40 * SECOND);
    let outcome = gate.desk.step_up(question, Given::Photo(JPEG)).unwrap();
    assert_eq!(reason(&outcome), Some(Reason::Expired), "the question stood longer than the pass held");
}

#[test]
fn no_photo_or_plate_lets_in_a_text_of_a_format_that_nobody_knows() {
    let revoked = PassRow { revoked_at: Some(T), ..pass_row() };
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &revoked)]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    let rewritten = gate.token(50, &pass_row()).replacen("GH1:", "GH2:", 1);
    for given in [Given::Photo(JPEG), Given::Plate("KA 01 AB 1234")] {
        gate.desk.scan(&rewritten).unwrap();
        let screen::ShownVerdict { id, verdict, .. } = shown(&gate);
        let screen::Verdict::AskResident { next, .. } = verdict else { panic!("{verdict:?}") };
        assert_eq!(next, screen::NextTouch::ChooseUnit, "a household is asked, or nobody");
        assert_eq!(reason(&gate.desk.step_up(id, given).unwrap()), Some(Reason::NewerFormat));
    }
}

#[test]
fn a_step_up_is_met_by_a_guard_on_shift_and_by_something() {
    let (gate, verdict) = stepping_up();
    assert_eq!(touch(gate.desk.step_up(verdict, Given::Plate("  - "))), TouchError::Incomplete);
    gate.desk.sign_out().unwrap();
    assert_eq!(touch(gate.desk.step_up(verdict, Given::Photo(JPEG))), TouchError::SignInFirst);
    assert_eq!(touch(gate.desk.step_up(verdict + 1, Given::Photo(JPEG))), TouchError::Gone);
}

#[test]
fn a_guards_photo_is_on_the_tile_and_on_shift_until_it_is_taken_off() {
    let mut gate = Gate::new();
    let with = GuardRow { photo: Some(JPEG.to_vec()), ..guard_row("246810") };
    gate.change(row(GUARD, 0, &with));
    let name = gate.desk.guards().unwrap()[0].photo.unwrap();
    assert_eq!(gate.desk.photo(&name).unwrap().as_deref(), Some(JPEG));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    assert_eq!(gate.desk.on_shift().unwrap().unwrap().photo, Some(name));
    gate.change(row(GUARD, 0, &guard_row("246810")));
    assert_eq!(gate.desk.on_shift().unwrap().unwrap().photo, None);
    assert_eq!(gate.desk.photo(&name).unwrap(), None);
}

#[test]
fn the_photo_of_a_passs_holder_is_shown_when_they_come_and_gone_with_the_pass() {
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    gate.change(row(50, 0, &PassPhotoRow { jpeg: JPEG.to_vec() }));
    let Outcome::In { judged, .. } = gate.desk.scan(&gate.token(50, &pass_row())).unwrap() else {
        panic!("not let in")
    };
    let name = judged.comer.photo.unwrap();
    assert_eq!(gate.desk.photo(&name).unwrap().as_deref(), Some(JPEG));
    gate.change(Row { body: None, ..row(50, 0, &PassPhotoRow { jpeg: JPEG.to_vec() }) });
    assert_eq!(gate.desk.photo(&name).unwrap(), None);
}
