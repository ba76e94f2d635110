//! Spoken answers, with no network on either side.

use super::*;

#[test]
fn a_spoken_answer_approves_with_no_network_and_duress_shows_nowhere() {
    for (spoken, seen) in [
        (SpokenAnswer::Approve, Answer::Approve),
        (SpokenAnswer::Deny, Answer::Deny),
        (SpokenAnswer::Duress, Answer::Approve),
    ] {
        let gate = Gate::new();
        let ask = gate.desk.walk_in(&walkin()).unwrap();
        let shown = gate.desk.spoken_start(ask).unwrap();
        let challenge: Challenge = shown.challenge.parse().unwrap();
        let secret = gate.today().spoken_secret(id(UNIT), 3);
        let wrong = secret.digits(8, challenge, SpokenAnswer::Approve);
        assert_eq!(touch(gate.desk.spoken_answer(ask, &wrong)), TouchError::WrongAnswer { tries_left: 2 });
        let digits = secret.digits(7, challenge, spoken);
        assert_eq!(gate.desk.spoken_answer(ask, &digits).unwrap(), seen);
        let kept = gate.desk.journal.latest(10, 1).unwrap().remove(0).recorded;
        let Act::SpokenAnswered { approved, sealed, .. } = kept.act else { panic!("another act") };
        assert_eq!(approved, seen == Answer::Approve);
        let opened = SpokenAnswer::open(&sealed, &gate.seal, id(KIOSK), id(UNIT), challenge);
        assert_eq!(opened.unwrap(), spoken);
        assert_eq!(gate.desk.let_in(ask).is_ok(), seen == Answer::Approve);
    }
}

#[test]
fn challenges_for_a_unit_are_five_an_hour_and_three_wrong_answers_end_one() {
    let gate = Gate::new();
    let ask = gate.desk.walk_in(&walkin()).unwrap();
    gate.desk.spoken_start(ask).unwrap();
    for left in [2, 1, 0] {
        let wrong = touch(gate.desk.spoken_answer(ask, &"000000".parse().unwrap()));
        assert_eq!(wrong, TouchError::WrongAnswer { tries_left: left });
    }
    assert_eq!(touch(gate.desk.spoken_answer(ask, &"000000".parse().unwrap())), TouchError::Gone);
    for _ in 0..4 {
        gate.desk.spoken_start(ask).unwrap();
    }
    assert_eq!(touch(gate.desk.spoken_start(ask)), TouchError::SpokenUnavailable);
}
