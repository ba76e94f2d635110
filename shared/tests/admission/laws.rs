//! What holds for whatever facts there are: no further restriction ever loosens a verdict.

use super::*;

prop_compose! {
    fn any_window()(weekdays in 0u8..128, from in 0u16..1440, to in 0u16..1440) -> WeeklyWindow {
        WeeklyWindow { weekdays, from, to }
    }
}

prop_compose! {
    fn any_row()(
        from in -2 * HOUR..2 * HOUR,
        lasts in 0..4 * HOUR,
        uses in proptest::option::of(1u32..4),
        windows in proptest::collection::vec(any_window(), 0..3),
        revoked: bool,
        live: bool,
        newer: bool,
        home in proptest::option::of(any::<bool>()),
    ) -> RowFacts {
        RowFacts {
            newer,
            mode: if live { PassMode::Live } else { PassMode::Static },
            valid_from: NOW.plus(from),
            valid_until: NOW.plus(from + lasts),
            uses,
            windows,
            revoked_at: revoked.then_some(NOW),
            home_gate: home.map(|home| if home { gate() } else { GateId(Uuid::from_u128(1)) }),
            ..row()
        }
    }
}

fn any_live() -> impl Strategy<Value = LiveShown> {
    prop_oneof![
        Just(LiveShown::Absent),
        any::<bool>().prop_map(|spent| LiveShown::Right { step: 1, spent }),
        Just(LiveShown::Wrong),
        Just(LiveShown::Unchecked),
    ]
}

fn any_code() -> impl Strategy<Value = CodeFound> {
    prop_oneof![
        Just(CodeFound::Day),
        any::<bool>().prop_map(|spent| CodeFound::Live { step: 1, spent }),
        Just(CodeFound::Nothing),
        Just(CodeFound::Unchecked),
    ]
}

fn any_shown() -> impl Strategy<Value = Shown> {
    let pass = (any_live(), any_row(), any::<bool>(), 0u8..3).prop_map(|(live, row, row_needed, key)| {
        let terms = PassTerms {
            uses: row.uses,
            window: row.windows.first().copied(),
            home_gate: row.home_gate.map(GateTag::of),
            mode: row.mode,
            row_needed,
            ..terms()
        };
        let claims = PassClaims {
            id: PassId(Uuid::from_u128(1)),
            // A token's times are whole seconds.
            valid_from: UnixMs(row.valid_from.0 / 1_000 * 1_000),
            valid_until: UnixMs(row.valid_until.0 / 1_000 * 1_000),
            terms: Terms::Known(terms),
        };
        let key = [KeyState::Current, KeyState::Early, KeyState::Retired][usize::from(key)];
        Shown::Pass { claims, key, live }
    });
    let code = any_code().prop_map(|found| {
        let matched = !matches!(found, CodeFound::Nothing | CodeFound::Unchecked);
        Shown::Code { pass: matched.then_some(PassId(Uuid::from_u128(1))), found }
    });
    let answered = any::<bool>().prop_map(|yes| Shown::Answered {
        visitor_type: VisitorType::Guest,
        answer: if yes { Answer::Approve } else { Answer::Deny },
        credential: Credential::Answer,
    });
    let flaw = [PassFlaw::NotAPass, PassFlaw::Unreadable, PassFlaw::Newer, PassFlaw::Forged(Kid([1; 4]))];
    prop_oneof![
        4 => pass,
        2 => code,
        1 => prop::sample::select(flaw.to_vec()).prop_map(|flaw| Shown::Flaw { flaw }),
        1 => answered,
        1 => Just(Shown::WalkIn { visitor_type: VisitorType::Taxi }),
        1 => any::<bool>().prop_map(|on_shift| Shown::Override {
            visitor_type: VisitorType::Guest,
            guard: on_shift.then_some(UserId(Uuid::from_u128(4))),
        }),
    ]
}

prop_compose! {
    fn any_facts()(
        shown in any_shown(),
        row in proptest::option::of(any_row()),
        sure: bool,
        uncertainty_ms in 0..10 * MINUTE,
        locked_down in proptest::bool::weighted(0.1),
        state in 0usize..3,
        used in 0usize..4,
        watch in proptest::option::weighted(0.2, any::<bool>()),
        list_age_ms in proptest::option::of(0..20 * DAY),
        spent in proptest::bool::weighted(0.2),
        home_only: bool,
    ) -> Facts {
        let mut facts = facts(shown);
        facts.row = row;
        facts.time.sure = sure;
        facts.time.uncertainty_ms = uncertainty_ms;
        facts.gate.locked_down = locked_down;
        facts.unit = Some(UnitFacts {
            unit: UnitId(Uuid::nil()),
            state: UnitState::ALL[state].clone(),
        });
        facts.uses = (0u128..).take(used).map(event).collect();
        facts.watch = watch.map(|refuse| WatchFacts { refuse });
        facts.list_age_ms = list_age_ms;
        facts.tries.unit_spent_until = spent.then_some(NOW.plus(1));
        if home_only {
            facts.policy.single_use = SingleUse::HomeGateOnly;
        }
        facts
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_further_restriction_never_loosens_a_verdict(facts in any_facts(), which in 0u8..7) {
        let before = decide(&facts);
        let mut tightened = facts.clone();
        match which {
            0 => tightened.gate.locked_down = true,
            1 => tightened.unit = Some(UnitFacts { unit: UnitId(Uuid::nil()), state: UnitState::Barred }),
            2 => tightened.watch = Some(WatchFacts { refuse: true }),
            3 => tightened.uses.push(event(99)),
            4 => tightened.tries.unit_spent_until = Some(NOW.plus(1)),
            5 => tightened.row = tightened.row.map(|row| RowFacts { revoked_at: Some(NOW), ..row }),
            _ => tightened.row = tightened.row.map(|row| RowFacts { newer: true, ..row }),
        }
        prop_assert!(decide(&tightened).gravity() >= before.gravity(), "{:?} after {:?}", decide(&tightened), before);
    }

    #[test]
    fn an_older_list_never_loosens_a_verdict_but_for_codes_that_match_nothing(
        facts in any_facts(),
        older in 0..20 * DAY,
    ) {
        prop_assume!(!matches!(facts.shown, Shown::Code { found: CodeFound::Nothing, .. }));
        let aged = Facts { list_age_ms: facts.list_age_ms.map(|age| age + older), ..facts.clone() };
        prop_assert!(decide(&aged).gravity() >= decide(&facts).gravity());
        let unknown = Facts { list_age_ms: None, ..facts.clone() };
        prop_assert!(decide(&unknown).gravity() >= decide(&facts).gravity());
    }

    #[test]
    fn an_unsure_clock_neither_refuses_by_the_time_nor_admits_by_it(facts in any_facts()) {
        let mut unsure = facts;
        unsure.time.sure = false;
        let verdict = decide(&unsure);
        if let Verdict::Refuse { reason, .. } = verdict {
            prop_assert!(!reason.depends_on_time(), "{reason}");
        }
        if verdict.admits() {
            let by_person = matches!(unsure.shown, Shown::Answered { .. } | Shown::Override { .. });
            prop_assert!(by_person, "a pass or code cannot be admitted without knowing the time");
        }
    }

    #[test]
    fn what_meets_a_step_up_changes_no_other_verdict(facts in any_facts()) {
        let (before, after) = (decide(&facts), decide(&stepped_up(facts.clone(), StepUpBy::Plate)));
        prop_assert!(before == after || matches!(before, Verdict::StepUp { .. }), "{before:?} became {after:?}");
        prop_assert!(after.gravity() <= before.gravity());
        prop_assert!(before == after || facts.pass().is_some(), "nobody's pass was verified");
    }

    #[test]
    fn no_revoked_pass_is_ever_admitted_and_none_used_up(facts in any_facts()) {
        let verdict = decide(&facts);
        let by_pass = matches!(facts.shown, Shown::Pass { .. } | Shown::Code { .. });
        if let Some(row) = facts.row.as_ref().filter(|_| by_pass && verdict.admits()) {
            prop_assert!(row.revoked_at.is_none());
            prop_assert!(row.uses.is_none_or(|uses| (facts.uses.len() as u64) < u64::from(uses)));
        }
    }

    #[test]
    fn a_verdict_depends_on_the_facts_bytes_alone(facts in any_facts()) {
        let again = Facts::read(&facts.to_bytes()).unwrap();
        prop_assert_eq!(decide(&again), decide(&facts));
        prop_assert_eq!(again.to_bytes(), facts.to_bytes());
    }
}
