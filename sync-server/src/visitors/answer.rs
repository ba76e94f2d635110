//! A household answers.

use gatehouse::{
    api::problem::Code,
    id::UserId,
    time::UnixMs,
    words::{Answer, VisitorStatus},
};

use super::store::VisitorRecord;

/// What an answer changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The visit stands as the household says.
    Decides,
    /// The gate had decided already: the answer is kept, the gate's outcome stands.
    Late,
    /// The household has said the same before.
    Again,
}

/// Puts a household's answer on a visit. The first answer of a household stands.
pub(super) fn answer(
    visitor: &mut VisitorRecord,
    by: UserId,
    answer: Answer,
    now: UnixMs,
) -> Result<Effect, Code> {
    let decided = visitor.status != VisitorStatus::Pending;
    match &visitor.answer {
        Some(before) if *before == answer => return Ok(Effect::Again),
        Some(_) => return Err(Code::AlreadyAnswered),
        // A visit that nobody asked about (a pass, a list) has no question to answer.
        None if visitor.asked_at.is_none() => return Err(Code::WrongState),
        None => {}
    }
    if !decided {
        visitor.status = match answer {
            Answer::Approve => VisitorStatus::Approved,
            Answer::Deny | Answer::Unknown(_) => VisitorStatus::Denied,
        };
    }
    visitor.answer = Some(answer);
    visitor.answered_at = Some(now);
    visitor.resident_id = Some(by);
    Ok(if decided { Effect::Late } else { Effect::Decides })
}

#[cfg(test)]
mod tests {
    use gatehouse::{
        id::VisitorId,
        words::{Subject, VisitorType},
    };
    use uuid::Uuid;

    use super::*;

    fn visitor(status: VisitorStatus) -> VisitorRecord {
        VisitorRecord {
            id: VisitorId(Uuid::nil()),
            name: None,
            phone: None,
            visitor_type: VisitorType::Guest,
            vehicle_number: None,
            company: None,
            people: 1,
            subject: Subject::Visitor,
            status,
            resident_id: None,
            security_id: None,
            pass: None,
            kiosk: None,
            gate: None,
            asked_at: Some(UnixMs(0)),
            answer: None,
            answered_at: None,
            check_in_time: None,
            check_in_gate: None,
            check_out_time: None,
            exit_assumed: None,
            created_at: UnixMs(0),
            request: None,
        }
    }

    const ASHA: UserId = UserId(Uuid::from_u128(1));
    const RAVI: UserId = UserId(Uuid::from_u128(2));

    #[test]
    fn the_first_answer_decides_and_stands() {
        let mut visit = visitor(VisitorStatus::Pending);
        assert_eq!(answer(&mut visit, ASHA, Answer::Approve, UnixMs(5)), Ok(Effect::Decides));
        assert_eq!(visit.status, VisitorStatus::Approved);
        assert_eq!(answer(&mut visit, RAVI, Answer::Approve, UnixMs(6)), Ok(Effect::Again));
        assert_eq!(answer(&mut visit, RAVI, Answer::Deny, UnixMs(7)), Err(Code::AlreadyAnswered));
        assert_eq!((visit.resident_id, visit.answered_at), (Some(ASHA), Some(UnixMs(5))));
    }

    #[test]
    fn an_answer_after_the_gates_outcome_is_kept_and_changes_nothing_else() {
        for status in [VisitorStatus::Inside, VisitorStatus::Lapsed, VisitorStatus::Exited] {
            let mut visit = visitor(status.clone());
            assert_eq!(answer(&mut visit, ASHA, Answer::Deny, UnixMs(5)), Ok(Effect::Late));
            assert_eq!((visit.status.clone(), visit.answer.clone()), (status, Some(Answer::Deny)));
        }
    }

    #[test]
    fn who_came_by_pass_was_never_asked_about() {
        let mut visit = visitor(VisitorStatus::Inside);
        visit.asked_at = None;
        assert_eq!(answer(&mut visit, ASHA, Answer::Deny, UnixMs(5)), Err(Code::WrongState));
    }
}
