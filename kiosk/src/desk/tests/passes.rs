//! Passes: held before the camera, used, revoked, taken back.

use super::*;

#[test]
fn a_pass_lets_in_once_recorded_and_a_second_look_says_already_in() {
    let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let text = gate.token(50, &pass_row());
    let Outcome::In { judged, visit, .. } = gate.desk.scan(&text).unwrap() else { panic!("not let in") };
    assert_eq!(judged.comer.people, 2);
    assert_eq!(gate.desk.journal.head().unwrap().unwrap().seq, 2);
    gate.later(MINUTE);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::AlreadyIn { .. }));
    assert_eq!(gate.desk.journal.head().unwrap().unwrap().seq, 2, "no event for a look");
    gate.later(2 * MINUTE);
    let Outcome::Out { entered, .. } = gate.desk.scan(&text).unwrap() else { panic!("not let out") };
    assert!(entered.is_some());
    assert_eq!(gate.desk.lock().book.get(visit).unwrap().status, VisitorStatus::Exited);
    assert_eq!(gate.desk.journal.verify().unwrap().broken, None);
}

#[test]
fn a_single_use_is_spent_by_the_first_of_many_at_once() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &once)]);
    let text = gate.token(50, &once);
    let admitted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| gate.entry(&text))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).filter(|o| matches!(o, Outcome::In { .. })).count()
    });
    assert_eq!(admitted, 1);
    let gate = gate.restart();
    assert!(matches!(gate.entry(&text), Outcome::AlreadyIn { .. }));
    gate.later(3 * MINUTE);
    assert_eq!(reason(&gate.entry(&text)), Some(Reason::UsedUp));
}

#[test]
fn the_word_in_lets_nobody_in_twice_and_settles_a_stay_that_is_unclear() {
    for uses in [None, Some(1)] {
        let pass = PassRow { uses, people: 1, valid_until: T.plus(9 * DAY), ..pass_row() };
        let gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass)]);
        let text = gate.token(50, &pass);
        let Outcome::In { visit, .. } = gate.entry(&text) else { panic!("not let in") };
        let head = gate.desk.journal.head().unwrap();
        for later in [0, MINUTE, 30 * MINUTE] {
            gate.later(later);
            assert!(matches!(gate.entry(&text), Outcome::AlreadyIn { .. }), "{uses:?}, {later} ms later");
        }
        assert_eq!(gate.desk.journal.head().unwrap(), head, "no event for a look");
        assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 1);
        gate.later(13 * HOUR);
        gate.desk.cache.set_whole_at(gate.desk.now()).unwrap();
        let again = gate.entry(&text);
        assert_eq!(matches!(again, Outcome::In { .. }), uses.is_none(), "{again:?}");
        let inside = gate.desk.inside("", InsideTab::Today, 0).unwrap();
        assert_eq!(inside.total, 1, "the stay before was closed with it");
        assert_eq!(inside.rows[0].visit == visit, uses.is_some());
    }
}

#[test]
fn a_use_at_another_gate_counts_and_an_undone_one_does_not() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &once)]);
    let text = gate.token(50, &once);
    let Outcome::In { event, .. } = gate.entry(&text) else { panic!("not let in") };
    gate.desk.undo(event).unwrap();
    assert!(matches!(gate.entry(&text), Outcome::In { .. }));
    let other = PassRow { uses: Some(1), ..pass_row() };
    gate.change(row(51, 0, &other));
    gate.change(row(77, 0, &UseRow { pass: id(51), at: T, kiosk: id(99) }));
    assert_eq!(reason(&gate.entry(&gate.token(51, &other))), Some(Reason::UsedUp));
}

#[test]
fn an_undo_comes_in_time_or_not_at_all() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, visit, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    gate.later(MINUTE);
    assert_eq!(touch(gate.desk.undo(event)), TouchError::TooLate);
    assert_eq!(gate.desk.lock().book.get(visit).unwrap().status, VisitorStatus::Inside);
}

#[test]
fn each_entry_of_the_last_minute_can_be_undone_one_after_the_other() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row()), row(51, 11, &pass_row())]);
    let enter = |pass: u128| match gate.desk.scan(&gate.token(pass, &pass_row())).unwrap() {
        Outcome::In { event, .. } => event,
        other => panic!("not let in: {other:?}"),
    };
    let last = || {
        let contact = screen::Contact::Offline { since: None };
        let (drawn, _) = gate.desk.draw(contact, false, false).unwrap();
        drawn.last.map(|last| (last.event, last.undo_until))
    };
    let (first, began) = (enter(50), gate.desk.now());
    gate.later(20 * SECOND);
    let second = enter(51);
    gate.desk.undo(second).unwrap();
    assert_eq!(last(), Some((first, Some(began.plus(MINUTE)))), "with its own time left");
    gate.desk.undo(first).unwrap();
    assert_eq!(last(), None);
}

#[test]
fn what_is_undone_leaves_the_verdict_on_who_came_after_it() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row()), row(51, 11, &pass_row())]);
    let Outcome::In { event, .. } = gate.desk.scan(&gate.token(50, &pass_row())).unwrap() else { panic!() };
    gate.desk.scan(&gate.token(51, &pass_row())).unwrap();
    let newer = shown(&gate);
    gate.desk.undo(event).unwrap();
    assert_eq!(shown(&gate), newer);
}

#[test]
fn a_revoked_pass_is_refused_once_its_revocation_is_here_and_still_leads_out() {
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let text = gate.token(50, &pass_row());
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::In { .. }));
    gate.change(row(50, 0, &PassRow { revoked_at: Some(T), ..pass_row() }));
    assert_eq!(gate.desk.check(&text).unwrap().verdict.reason(), Some(Reason::Revoked));
    assert!(gate.desk.inside("", InsideTab::Today, 0).unwrap().rows[0].revoked);
    assert_eq!(reason(&gate.desk.scan(&text).unwrap()), Some(Reason::Revoked), "it came back over the fence");
    assert_eq!(reason(&gate.entry(&text)), Some(Reason::Revoked));
    gate.later(3 * MINUTE);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Out { .. }), "whoever leaves leaves");
    assert_eq!(reason(&gate.desk.scan(&text).unwrap()), Some(Reason::Revoked));
}

#[test]
fn what_is_no_pass_leaves_no_event_and_what_is_a_bad_one_does() {
    let gate = Gate::new();
    let before = gate.desk.journal.head().unwrap();
    assert_eq!(reason(&gate.desk.scan("upi://pay?pa=shop").unwrap()), Some(Reason::NotAPass));
    assert_eq!(gate.desk.journal.head().unwrap(), before);
    let stranger = Gate::new();
    let foreign = stranger.token(50, &pass_row());
    assert_eq!(reason(&gate.desk.scan(&foreign).unwrap()), Some(Reason::IssuerUnknown));
    assert_eq!(reason(&gate.desk.scan("GH1:ABC").unwrap()), Some(Reason::Unreadable));
    assert_eq!(gate.desk.journal.head().unwrap().unwrap().seq, before.unwrap().seq + 2);
}

#[test]
fn a_pass_whose_row_cannot_be_read_steps_up_and_still_leads_out() {
    let mut gate = Gate::with(GateKind::Both, vec![row(50, 10, &pass_row())]);
    let text = gate.token(50, &pass_row());
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::In { .. }));
    gate.change(Row { body: Some(vec![0xff]), ..row(50, 0, &pass_row()) });
    let gate = gate.restart();
    assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 1);
    gate.later(3 * MINUTE);
    assert!(matches!(gate.desk.scan(&text).unwrap(), Outcome::Out { entered: Some(_), .. }));
    assert_eq!(reason(&gate.desk.scan(&text).unwrap()), Some(Reason::UnknownRestriction));
}

#[test]
fn a_kiosk_that_never_heard_of_a_pass_verifies_it_with_every_database_gone() {
    let gate = Gate::new();
    let text = gate.token(50, &pass_row());
    assert!(gate.desk.check(&text).unwrap().verdict.admits());
    let Gate { folder, time, desk, .. } = &gate;
    let empty = tempfile::tempdir().unwrap();
    let other = Arc::new(Folder::open(empty.path()).unwrap());
    let bare = open(&other, time, desk.lock().trusted.clone());
    let judged = bare.check(&text).unwrap();
    assert!(folder.cache().exists());
    assert!(
        matches!(judged.verdict, Verdict::StepUp { reason: Reason::Stale, .. }),
        "a good pass, and no list at all: {:?}",
        judged.verdict
    );
}

#[test]
fn a_live_pass_dies_with_its_half_minute_and_is_burnt_by_use() {
    let live = PassRow { mode: PassMode::Live, ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &live)]);
    let token = gate.token(50, &live);
    assert_eq!(reason(&gate.entry(&token)), Some(Reason::LiveNeeded));
    let code = gate.today().pass_secret(id(50)).live_code(gate.desk.now());
    let text = live_text(&token, &code);
    assert!(matches!(gate.entry(&text), Outcome::In { .. }));
    let out = gate.desk.pass(&text, Some(&gatehouse::words::Direction::Exit)).unwrap();
    assert!(matches!(out, Outcome::Out { .. }));
    assert_eq!(reason(&gate.entry(&text)), Some(Reason::LiveSpent));
    gate.later(5 * MINUTE);
    assert_eq!(reason(&gate.entry(&text)), Some(Reason::LiveWrong));
}

#[test]
fn the_count_of_people_can_be_put_right_afterwards() {
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { event, visit, .. } = gate.desk.scan(&gate.token(50, &pass_row())).unwrap() else {
        panic!()
    };
    gate.desk.people(event, 4).unwrap();
    assert_eq!(gate.desk.lock().book.get(visit).unwrap().people, 4);
    assert_eq!(touch(gate.desk.people(event, 0)), TouchError::Incomplete);
    gate.desk.undo(event).unwrap();
    assert!(gate.desk.lock().book.get(visit).is_none(), "a count does not keep an undone entry alive");
}

#[test]
fn a_pass_revoked_while_its_holder_is_inside_leaves_them_listed_with_an_alert() {
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row())]);
    let Outcome::In { visit, .. } = gate.entry(&gate.token(50, &pass_row())) else { panic!() };
    gate.change(row(50, 0, &PassRow { revoked_at: Some(T), ..pass_row() }));
    gate.desk.refresh().unwrap();
    gate.desk.refresh().unwrap();
    let alerts = gate.desk.lock().show.alerts.clone();
    assert_eq!(alerts.len(), 1, "told once");
    assert!(matches!(alerts[0].kind, crate::screen::AlertKind::RevokedInside { .. }));
    let told = gate.desk.journal.event(alerts[0].id).unwrap().unwrap().recorded.act;
    let alert = gatehouse::journal::AlertCode::RevokedInside;
    assert_eq!(told, Act::AlertRaised { alert, visit: Some(visit), pass: Some(id(50)) });
    assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 1);
    let gate = gate.restart();
    assert!(gate.desk.lock().show.alerts.is_empty(), "a restart does not tell it again");
}

#[test]
fn a_single_use_pass_used_at_another_gate_too_leaves_its_holder_listed_with_an_alert() {
    let once = PassRow { uses: Some(1), ..pass_row() };
    let mut gate = Gate::with(GateKind::Entry, vec![row(50, 10, &once)]);
    let Outcome::In { event, .. } = gate.entry(&gate.token(50, &once)) else { panic!() };
    let used = |kiosk| UseRow { pass: id(50), at: T.plus(-MINUTE), kiosk: id(kiosk) };
    gate.change(row(event.0.as_u128(), 0, &used(KIOSK)));
    gate.desk.refresh().unwrap();
    assert!(gate.desk.lock().show.alerts.is_empty(), "its own use, come back, is no second one");
    gate.change(row(60, 0, &used(99)));
    gate.desk.refresh().unwrap();
    gate.desk.refresh().unwrap();
    let alerts = gate.desk.lock().show.alerts.clone();
    assert_eq!(alerts.len(), 1, "told once");
    assert!(matches!(alerts[0].kind, crate::screen::AlertKind::DoubleUse { .. }));
    assert_eq!(gate.desk.inside("", InsideTab::Today, 0).unwrap().total, 1);
    gate.later(3 * MINUTE);
    assert_eq!(reason(&gate.entry(&gate.token(50, &once))), Some(Reason::UsedUp));
}

#[test]
fn of_several_held_up_at_once_the_gravest_is_decided_first() {
    let revoked = PassRow { revoked_at: Some(T), ..pass_row() };
    let gate = Gate::with(GateKind::Entry, vec![row(50, 10, &pass_row()), row(51, 11, &revoked)]);
    let (good, bad) = (gate.token(50, &pass_row()), gate.token(51, &revoked));
    assert_eq!(gate.desk.gravest(&[good.clone(), bad.clone()]), 1);
    assert_eq!(gate.desk.gravest(&[bad, good]), 0);
}

#[test]
fn the_verdict_that_stands_is_on_who_came_last_whatever_came_at_once() {
    let cab =
        |plate: &str| PassRow { visitor_type: VisitorType::Taxi, plate4: Some(plate.into()), ..pass_row() };
    for _ in 0..10 {
        let plates: Vec<String> = (1_000..1_006).map(|plate: u32| plate.to_string()).collect();
        let rows = plates.iter().zip(50..).map(|(plate, pass)| row(pass, 10, &cab(plate))).collect();
        let gate = Gate::with(GateKind::Entry, rows);
        let at_once = std::sync::Barrier::new(plates.len());
        std::thread::scope(|scope| {
            for plate in &plates {
                scope.spawn(|| {
                    at_once.wait();
                    gate.desk.submit_cab(plate).unwrap();
                });
            }
        });
        let last = gate.desk.journal.latest(2, 1).unwrap().remove(0).recorded.event.id;
        let screen::Verdict::Admit { event, .. } = shown(&gate).verdict else { panic!("not let in") };
        assert_eq!(event, last);
    }
}
