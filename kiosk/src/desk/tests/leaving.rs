//! Who leaves, and who is still inside.

use super::*;

/// Somebody who came in at another gate.
pub(super) fn elsewhere() -> VisitRow {
    VisitRow {
        units: vec![id(UNIT)],
        visitor_type: VisitorType::Service,
        status: VisitorStatus::Inside,
        subject: gatehouse::words::Subject::Visitor,
        people: 1,
        name: Some("Ravi".into()),
        company: None,
        plate: None,
        phone4: None,
        pass: None,
        asked_at: None,
        kiosk: Some(id(99)),
        answer: None,
        answered_at: None,
        entered_at: Some(T),
        entered_gate: Some(id::<GateId>(98)),
        exited_at: None,
        exit_assumed: None,
        awaited: None,
    }
}

#[test]
fn somebody_on_the_list_leaves_once_and_those_of_other_gates_too() {
    let mut gate = Gate::with(GateKind::Both, vec![]);
    gate.change(row(70, 0, &elsewhere()));
    assert_eq!(gate.desk.inside("ravi", InsideTab::Today, 0).unwrap().total, 1);
    gate.desk.out(id::<VisitorId>(70)).unwrap();
    assert_eq!(touch(gate.desk.leave(id(70))), TouchError::Gone);
    let gate = gate.restart();
    assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 0);
}

#[test]
fn a_page_that_is_no_more_is_the_last_one() {
    let mut gate = Gate::with(GateKind::Both, vec![]);
    for visit in 70..78 {
        gate.change(row(visit, 0, &elsewhere()));
    }
    let second = gate.desk.inside("", InsideTab::Today, 1).unwrap();
    assert_eq!((second.page, second.pages, second.rows.len()), (1, 2, 1));
    gate.desk.out(second.rows[0].visit).unwrap();
    let second = gate.desk.inside("", InsideTab::Today, 1).unwrap();
    assert_eq!((second.page, second.pages, second.rows.len()), (0, 1, 7), "nobody is not what is shown");
}

#[test]
fn an_entry_that_is_told_after_the_exit_leaves_nobody_inside() {
    let mut gate = Gate::with(GateKind::Exit, vec![row(50, 10, &pass_row())]);
    gate.later(MINUTE);
    let out = gate.desk.scan(&gate.token(50, &pass_row())).unwrap();
    let Outcome::Out { event, entered: None, .. } = out else { panic!("no exit without an entry: {out:?}") };
    let came = VisitRow { pass: Some(id(50)), ..elsewhere() };
    gate.change(row(70, 0, &came));
    gate.change(row(71, 0, &VisitRow { entered_at: Some(T.plus(HOUR)), ..came }));
    let mut gate = gate.restart();
    let inside = |gate: &Gate| {
        let page = gate.desk.inside("ravi", InsideTab::Today, 0).unwrap();
        page.rows.iter().map(|row| row.visit).collect::<Vec<_>>()
    };
    assert_eq!(inside(&gate), [id(71)], "who came in again later stays");
    gate.desk.undo(event).unwrap();
    assert_eq!(inside(&gate).len(), 2);
    gate = gate.restart();
    assert_eq!(inside(&gate).len(), 2);
}

#[test]
fn a_gate_for_leaving_lets_nobody_in_on_whosever_word() {
    let mut gate = Gate::with(GateKind::Exit, vec![row(50, 10, &pass_row())]);
    gate.change(row(GUARD, 0, &guard_row("246810")));
    gate.desk.sign_in(id(GUARD), "246810").unwrap();
    assert_eq!(touch(gate.desk.walk_in(&walkin())), TouchError::ExitOnly);
    let entry = gatehouse::words::Direction::Entry;
    assert_eq!(touch(gate.desk.pass(&gate.token(50, &pass_row()), Some(&entry))), TouchError::ExitOnly);

    let approved = requested::requested(None, Some((Answer::Approve, T)));
    gate.change(row(70, 0, &approved));
    assert_eq!(touch(gate.desk.let_in(id(70))), TouchError::ExitOnly);
    let word = OverrideReason::KnownToGuard;
    assert_eq!(touch(gate.desk.override_ask(id(70), word)), TouchError::ExitOnly);

    let stranger = Gate::new().token(50, &pass_row());
    assert_eq!(reason(&gate.desk.scan(&stranger).unwrap()), Some(Reason::IssuerUnknown));
    let screen::ShownVerdict { id: verdict, verdict: shown, .. } = shown(&gate);
    assert!(
        matches!(
            shown,
            screen::Verdict::Refuse { reason: screen::Reason::ExitOnly, next: screen::NextTouch::Close, .. }
        ),
        "{shown:?}"
    );
    assert_eq!(touch(gate.desk.ask_unit(verdict, id(UNIT))), TouchError::ExitOnly);
    assert_eq!(touch(gate.desk.step_up(verdict, Given::Plate("KA 01"))), TouchError::ExitOnly);
}

#[test]
fn a_long_stay_is_asked_about_and_the_answer_recorded() {
    let gate = Gate::with(
        GateKind::Both,
        vec![row(50, 10, &PassRow { valid_until: T.plus(9 * DAY), ..pass_row() })],
    );
    let text = gate.token(50, &PassRow { valid_until: T.plus(9 * DAY), ..pass_row() });
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::In { .. }));
    gate.later(13 * HOUR);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Unclear { .. }));
    let shown = shown(&gate);
    let out = || gate.desk.in_or_out(shown.id, &gatehouse::words::Direction::Exit);
    gate.disk(FAILS);
    assert_eq!(touch(out()), TouchError::NotRecorded);
    gate.disk(WORKS);
    assert!(matches!(out().unwrap(), Outcome::Out { .. }), "the question stood until it was answered");
    assert_eq!(touch(out()), TouchError::Gone);
}

#[test]
fn a_question_stays_while_somebody_is_at_it_and_no_longer() {
    let long = PassRow { valid_until: T.plus(9 * DAY), ..pass_row() };
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &long)]);
    let text = gate.token(50, &long);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::In { .. }));
    let entry = shown(&gate);
    gate.desk.still_here(entry.id).unwrap();
    assert_eq!(shown(&gate), entry, "it asks nothing");
    gate.later(13 * HOUR);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Unclear { .. }));
    let question = shown(&gate).id;
    gate.later(40 * SECOND);
    gate.desk.still_here(question).unwrap();
    gate.later(40 * SECOND);
    gate.desk.tick().unwrap();
    assert_eq!(shown(&gate).id, question);
    gate.later(6 * SECOND);
    gate.desk.tick().unwrap();
    assert_eq!(touch(gate.desk.still_here(question)), TouchError::Gone);
}

#[test]
fn an_entry_taken_back_leaves_whoever_was_inside_before_it_inside() {
    let long = PassRow { valid_until: T.plus(9 * DAY), ..pass_row() };
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &long)]);
    let text = gate.token(50, &long);
    let Outcome::In { visit, .. } = gate.desk.scan(&text).unwrap() else { panic!() };
    gate.later(13 * HOUR);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Unclear { .. }));
    let entry = gatehouse::words::Direction::Entry;
    let Outcome::In { event, .. } = gate.desk.in_or_out(shown(&gate).id, &entry).unwrap() else { panic!() };
    gate.desk.undo(event).unwrap();
    let inside = |gate: &Gate| {
        let page = gate.desk.inside("", InsideTab::Today, 0).unwrap();
        page.rows.iter().map(|row| row.visit).collect::<Vec<_>>()
    };
    assert_eq!(inside(&gate), [visit]);
    assert_eq!(inside(&gate.restart()), [visit]);
}

#[test]
fn an_overlong_stay_is_closed_as_assumed_never_as_seen() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { visit, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    gate.later(8 * DAY);
    gate.desk.tick().unwrap();
    let row = gate.desk.lock().book.get(visit).unwrap().clone();
    assert_eq!((row.status, row.exit_assumed), (VisitorStatus::Exited, Some(true)));
}
