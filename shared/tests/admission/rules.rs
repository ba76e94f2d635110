//! Each case of the owner's list has its own verdict and reason.

use super::*;

#[test]
fn a_good_pass_is_admitted_with_and_without_its_row() {
    let admitted = Verdict::Admit {
        pass: Some(PassId(Uuid::from_u128(1))),
        credential: Credential::Qr,
        live_step: None,
        notes: Vec::new(),
    };
    assert_eq!(decide(&good()), admitted);
    assert_eq!(decide(&Facts { row: Some(row()), ..good() }), admitted);
}

#[test]
fn what_is_wrong_with_what_was_shown_has_a_verdict_of_its_own() {
    let verdict = |flaw| decide(&facts(Shown::Flaw { flaw }));
    let kid = Kid([1; 4]);
    assert_eq!(verdict(PassFlaw::NotAPass), Verdict::Refuse { reason: Reason::NotAPass, at: None });
    assert_eq!(verdict(PassFlaw::Unreadable), Verdict::Refuse { reason: Reason::Unreadable, at: None });
    assert_eq!(verdict(PassFlaw::Forged(kid)), Verdict::Refuse { reason: Reason::Forged, at: None });
    assert_eq!(
        verdict(PassFlaw::IssuerUnknown(kid)),
        Verdict::AskResident { reason: Reason::IssuerUnknown, at: None }
    );
    assert_eq!(verdict(PassFlaw::Newer), Verdict::StepUp { reason: Reason::NewerFormat, at: None });
}

#[test]
fn the_clock_decides_and_gives_way_by_its_uncertainty() {
    let until = NOW.plus(-100);
    let ended = with_claims(|claims| claims.valid_until = until);
    assert_eq!(decide(&ended), Verdict::Refuse { reason: Reason::Expired, at: Some(until) });
    assert!(decide(&with_claims(|claims| claims.valid_until = NOW.plus(-99))).admits());
    let from = NOW.plus(101);
    let early = with_claims(|claims| claims.valid_from = from);
    assert_eq!(decide(&early), Verdict::Refuse { reason: Reason::NotYetValid, at: Some(from) });
    assert!(decide(&with_claims(|claims| claims.valid_from = NOW.plus(100))).admits());
}

#[test]
fn weekly_hours_are_the_communitys_own() {
    let window = |weekdays, from: u16, to: u16| {
        with_terms(|terms| terms.window = Some(WeeklyWindow { weekdays, from: from * 60, to: to * 60 }))
    };
    assert!(decide(&window(1, 9, 11)).admits());
    assert_eq!(refused(&window(1, 11, 12)), Reason::WrongHour);
    assert_eq!(refused(&window(0b10, 9, 11)), Reason::WrongDay);
    assert!(decide(&window(0b100_0000, 22, 11)).admits(), "Sunday's window goes on until Monday 11:00");
    let mut nowhere = window(1, 9, 11);
    nowhere.time.zone = "Asia/Nowhere".into();
    assert_eq!(decide(&nowhere), Verdict::StepUp { reason: Reason::TimeUnsure, at: None });
}

#[test]
fn a_revoked_a_used_up_and_a_stranger_pass_are_refused() {
    let revoked = Facts { row: Some(RowFacts { revoked_at: Some(NOW.plus(-1)), ..row() }), ..good() };
    assert_eq!(decide(&revoked), Verdict::Refuse { reason: Reason::Revoked, at: Some(NOW.plus(-1)) });
    let mut once = with_terms(|terms| terms.uses = Some(1));
    assert!(decide(&once).admits());
    once.uses = vec![event(3)];
    assert_eq!(refused(&once), Reason::UsedUp);
    let elsewhere = with_terms(|terms| terms.home_gate = Some(GateTag(1)));
    assert_eq!(refused(&elsewhere), Reason::WrongGate);
    assert!(decide(&with_terms(|terms| terms.home_gate = Some(GateTag::of(gate())))).admits());
}

#[test]
fn token_and_row_are_both_weighed_and_the_stricter_wins() {
    let mut loose = with_terms(|terms| terms.uses = Some(9));
    loose.uses = vec![event(3)];
    loose.row = Some(RowFacts { uses: Some(1), ..row() });
    assert_eq!(refused(&loose), Reason::UsedUp);
    let shorter = Facts { row: Some(RowFacts { valid_until: NOW.plus(-MINUTE), ..row() }), ..good() };
    assert_eq!(refused(&shorter), Reason::Expired);
    let longer = Facts {
        row: Some(RowFacts { valid_until: NOW.plus(DAY), ..row() }),
        ..with_claims(|claims| claims.valid_until = NOW.plus(-MINUTE))
    };
    assert_eq!(refused(&longer), Reason::Expired, "a row cannot lengthen its token");
    let live_row = Facts { row: Some(RowFacts { mode: PassMode::Live, ..row() }), ..good() };
    assert_eq!(refused(&live_row), Reason::LiveNeeded);
}

#[test]
fn a_live_pass_needs_the_digits_of_this_half_minute_once() {
    let pass = with_terms(|terms| terms.mode = PassMode::Live);
    assert_eq!(refused(&pass), Reason::LiveNeeded);
    assert_eq!(refused(&with_live(pass.clone(), LiveShown::Wrong)), Reason::LiveWrong);
    let spent = LiveShown::Right { step: 7, spent: true };
    assert_eq!(refused(&with_live(pass.clone(), spent)), Reason::LiveSpent);
    let right = with_live(pass.clone(), LiveShown::Right { step: 7, spent: false });
    assert!(matches!(
        decide(&right),
        Verdict::Admit { credential: Credential::LiveQr, live_step: Some(7), .. }
    ));
    let unchecked = with_live(pass, LiveShown::Unchecked);
    assert_eq!(decide(&unchecked), Verdict::AskResident { reason: Reason::NoDayKey, at: None });
}

#[test]
fn what_this_version_does_not_know_steps_up_never_passes_in_silence() {
    let step_up = |facts: &Facts, reason| {
        assert_eq!(decide(facts), Verdict::StepUp { reason, at: None });
    };
    step_up(&with_claims(|claims| claims.terms = Terms::Newer), Reason::NewerFormat);
    let unknown = with_terms(|terms| terms.visitor_type = VisitorType::Unknown("#9".into()));
    step_up(&unknown, Reason::UnknownRestriction);
    let newer = Facts { row: Some(RowFacts { newer: true, ..row() }), ..good() };
    step_up(&newer, Reason::UnknownRestriction);
    let mode = RowFacts { mode: PassMode::Unknown("#9".into()), ..row() };
    let mode = with_live(Facts { row: Some(mode), ..good() }, LiveShown::Right { step: 1, spent: false });
    step_up(&mode, Reason::UnknownRestriction);
    let unit = Some(UnitFacts { unit: UnitId(Uuid::nil()), state: UnitState::Unknown("#9".into()) });
    step_up(&Facts { unit, ..good() }, Reason::UnknownRestriction);
    let needed = with_terms(|terms| terms.row_needed = true);
    assert_eq!(decide(&needed), Verdict::AskResident { reason: Reason::RowNeeded, at: None });
    assert!(decide(&Facts { row: Some(row()), ..needed }).admits());
}

#[test]
fn a_key_out_of_use_is_asked_about() {
    for state in [KeyState::Early, KeyState::Retired] {
        let mut facts = good();
        if let Shown::Pass { key, .. } = &mut facts.shown {
            *key = state;
        }
        assert_eq!(decide(&facts), Verdict::AskResident { reason: Reason::IssuerNotInUse, at: None });
    }
}

#[test]
fn policy_says_what_an_old_list_is_worth() {
    let policy = KindPolicy {
        when_aged: Allowance::Admit,
        when_stale: Allowance::AskResident,
        when_expired: Allowance::StepUp,
        ..KindPolicy::default()
    };
    let old = |list_age_ms| decide(&Facts { list_age_ms, policy: policy.clone(), ..good() });
    assert!(
        matches!(old(Some(HOUR)), Verdict::Admit { notes, .. } if notes == [Reason::Stale]),
        "admitted, and noted"
    );
    let since = Some(NOW.plus(-2 * DAY));
    assert_eq!(old(Some(2 * DAY)), Verdict::AskResident { reason: Reason::Stale, at: since });
    assert_eq!(old(None), Verdict::StepUp { reason: Reason::Stale, at: None });
}

#[test]
fn a_single_use_pass_at_a_gate_that_is_cut_off_follows_policy() {
    let policy = KindPolicy { single_use: SingleUse::HomeGateOnly, ..KindPolicy::default() };
    let once = |home_gate, list_age_ms| {
        let mut facts = with_terms(|terms| {
            terms.uses = Some(1);
            terms.home_gate = home_gate;
        });
        facts.policy = policy.clone();
        facts.list_age_ms = list_age_ms;
        decide(&facts)
    };
    assert!(once(None, Some(0)).admits(), "not cut off");
    assert_eq!(once(None, Some(HOUR)), Verdict::AskResident { reason: Reason::WrongGate, at: None });
    assert!(once(Some(GateTag::of(gate())), Some(HOUR)).admits(), "at home");
    let mut detect = with_terms(|terms| terms.uses = Some(1));
    detect.list_age_ms = Some(HOUR);
    assert!(decide(&detect).admits(), "by default both uses are found out later");
}

#[test]
fn a_code_is_weighed_like_the_pass_whose_it_is() {
    let code = |found| Facts {
        row: Some(row()),
        ..facts(Shown::Code { pass: Some(PassId(Uuid::from_u128(1))), found })
    };
    assert!(matches!(decide(&code(CodeFound::Day)), Verdict::Admit { credential: Credential::DayCode, .. }));
    let live = code(CodeFound::Live { step: 3, spent: false });
    assert!(matches!(
        decide(&live),
        Verdict::Admit { credential: Credential::LiveCode, live_step: Some(3), .. }
    ));
    assert_eq!(refused(&code(CodeFound::Live { step: 3, spent: true })), Reason::LiveSpent);
    let mut spent = code(CodeFound::Day);
    spent.tries.unit_spent_until = Some(NOW.plus(1));
    let until = Some(NOW.plus(1));
    assert_eq!(decide(&spent), Verdict::StepUp { reason: Reason::TooManyTries, at: until });
    let mut revoked = code(CodeFound::Day);
    revoked.row = Some(RowFacts { revoked_at: Some(NOW), ..row() });
    assert_eq!(refused(&revoked), Reason::Revoked);
}

#[test]
fn a_code_of_no_pass_is_wrong_only_where_the_list_is_fresh() {
    let nothing = facts(Shown::Code { pass: None, found: CodeFound::Nothing });
    assert_eq!(refused(&nothing), Reason::WrongCode);
    let old = Facts { list_age_ms: Some(HOUR), ..nothing.clone() };
    let since = Some(NOW.plus(-HOUR));
    assert_eq!(decide(&old), Verdict::AskResident { reason: Reason::UnknownPass, at: since });
    let mut unsure = nothing;
    unsure.time.sure = false;
    assert_eq!(decide(&unsure), Verdict::StepUp { reason: Reason::TimeUnsure, at: None });
    let unchecked = facts(Shown::Code { pass: None, found: CodeFound::Unchecked });
    assert_eq!(decide(&unchecked), Verdict::AskResident { reason: Reason::NoDayKey, at: None });
}

#[test]
fn a_walk_in_is_asked_about_and_the_answer_decides() {
    let visitor_type = VisitorType::Delivery;
    let walk_in = facts(Shown::WalkIn { visitor_type: visitor_type.clone() });
    assert_eq!(decide(&walk_in), Verdict::AskResident { reason: Reason::WalkIn, at: None });
    let vacant = Some(UnitFacts { unit: UnitId(Uuid::nil()), state: UnitState::Vacant });
    let nobody = Facts { unit: vacant, ..walk_in };
    assert_eq!(decide(&nobody), Verdict::StepUp { reason: Reason::UnitVacant, at: None });
    let answered = |answer| {
        let visitor_type = visitor_type.clone();
        facts(Shown::Answered { visitor_type, answer, credential: Credential::Spoken })
    };
    assert!(matches!(
        decide(&answered(Answer::Approve)),
        Verdict::Admit { credential: Credential::Spoken, .. }
    ));
    assert_eq!(refused(&answered(Answer::Deny)), Reason::Denied);
}

#[test]
fn an_override_needs_policy_and_a_guard() {
    let by = |guard| facts(Shown::Override { visitor_type: VisitorType::Guest, guard });
    let guard = Some(UserId(Uuid::from_u128(4)));
    assert!(matches!(decide(&by(guard)), Verdict::Admit { credential: Credential::Override, .. }));
    assert_eq!(refused(&by(None)), Reason::NobodyOnShift);
    let barred = Facts { policy: Policy::default().other, ..by(guard) };
    assert_eq!(refused(&barred), Reason::OverrideBarred);
}

#[test]
fn the_watch_list_steps_up_or_refuses() {
    let watched = |shown, refuse| Facts { watch: Some(WatchFacts { refuse }), ..facts(shown) };
    assert_eq!(
        decide(&watched(shown(terms()), false)),
        Verdict::StepUp { reason: Reason::WatchListed, at: None }
    );
    assert_eq!(refused(&watched(shown(terms()), true)), Reason::WatchListed);
    let approved = Shown::Answered {
        visitor_type: VisitorType::Guest,
        answer: Answer::Approve,
        credential: Credential::Answer,
    };
    assert!(
        matches!(decide(&watched(approved, false)), Verdict::Admit { notes, .. } if notes == [Reason::WatchListed])
    );
}

#[test]
fn a_photo_or_a_plate_meets_a_step_up_and_the_pass_admits() {
    let watched = Facts { watch: Some(WatchFacts { refuse: false }), row: Some(row()), ..good() };
    let mut unsure = good();
    unsure.time.sure = false;
    let vacant = Facts {
        unit: Some(UnitFacts { unit: UnitId(Uuid::nil()), state: UnitState::Vacant }),
        ..with_terms(|terms| terms.row_needed = true)
    };
    let newer = with_claims(|claims| claims.terms = Terms::Newer);
    for (facts, reason) in [
        (watched, Reason::WatchListed),
        (unsure, Reason::TimeUnsure),
        (vacant, Reason::RowNeeded),
        (newer, Reason::NewerFormat),
    ] {
        assert!(matches!(decide(&facts), Verdict::StepUp { .. }), "{:?}", decide(&facts));
        for by in [StepUpBy::Photo, StepUpBy::Plate] {
            match decide(&stepped_up(facts.clone(), by)) {
                Verdict::Admit { credential: Credential::Qr, notes, .. } => assert!(notes.contains(&reason)),
                other => panic!("{other:?}"),
            }
        }
        let by_nobody = SteppedUp { by: StepUpBy::Photo, guard: None };
        assert_eq!(refused(&Facts { stepped_up: Some(by_nobody), ..facts.clone() }), Reason::NobodyOnShift);
        let unknown = stepped_up(facts.clone(), StepUpBy::Unknown("#9".into()));
        assert_eq!(decide(&unknown), decide(&facts), "what this version does not know meets nothing");
    }
}

#[test]
fn nothing_meets_a_step_up_for_what_is_no_verified_pass() {
    let mut guessed = facts(Shown::Code { pass: None, found: CodeFound::Nothing });
    guessed.time.sure = false;
    for unverified in [guessed, facts(Shown::Flaw { flaw: PassFlaw::Newer })] {
        let given = stepped_up(unverified.clone(), StepUpBy::Photo);
        assert_eq!(decide(&given), decide(&unverified));
        assert!(matches!(decide(&given), Verdict::StepUp { .. }));
    }
}

#[test]
fn a_lock_down_is_met_by_nothing() {
    let mut facts = good();
    facts.gate.locked_down = true;
    assert_eq!(refused(&stepped_up(facts, StepUpBy::Photo)), Reason::LockedDown);
}

#[test]
fn facts_survive_their_bytes() {
    let mut facts = Facts { row: Some(row()), watch: Some(WatchFacts { refuse: true }), ..good() };
    facts.uses = vec![event(1), event(2)];
    assert_eq!(Facts::read(&facts.to_bytes()).unwrap(), facts);
    assert_eq!(decide(&Facts::read(&facts.to_bytes()).unwrap()), decide(&facts));
}

#[test]
fn a_verdict_in_json_names_itself_and_its_reason() {
    let ended = with_claims(|claims| claims.valid_until = UnixMs(0));
    let json = serde_json::to_value(decide(&ended)).unwrap();
    assert_eq!(json["verdict"], "REFUSE");
    assert_eq!(json["reason"], "EXPIRED");
    assert_eq!(json["at"], "1970-01-01T00:00:00.000Z");
    assert_eq!(serde_json::from_value::<Verdict>(json).unwrap(), decide(&ended));
}
