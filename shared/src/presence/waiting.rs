//! How long somebody waits at a gate for whom no kiosk may speak alone: their entry was asked over the API, so the
//! server ends the question, and every kiosk, cut off or not, sees by itself that it has ended.

use crate::{
    feed::row::VisitRow,
    time::{DAY, MINUTE, UnixMs},
};

/// How long a question waits for its answer, in milliseconds.
pub const WAITS_MS: i64 = 10 * MINUTE;
/// How long an answer stands for a visitor who does not come, in milliseconds.
pub const STANDS_MS: i64 = DAY;

/// Whether a question that is open by its row has lapsed by `now`. One that lies as far ahead was asked before the
/// clock was set back: nobody knows how long ago.
pub fn has_lapsed(row: &VisitRow, now: UnixMs) -> bool {
    let over = |since: Option<UnixMs>, ms: i64| since.is_some_and(|at| now.since(at).abs() >= ms);
    match &row.answer {
        None => over(row.asked_at, WAITS_MS),
        Some(_) => over(row.answered_at, STANDS_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal::{Requested, visit},
        words::{Answer, Subject, VisitorType},
    };

    fn asked(answer: Option<Answer>) -> VisitRow {
        let requested = Requested {
            at: UnixMs(0),
            gate: None,
            units: Vec::new(),
            visitor_type: VisitorType::Guest,
            subject: Subject::Visitor,
            people: 1,
        };
        let answered = answer.map(|answer| visit::Answered { answer, at: UnixMs(MINUTE) });
        visit::fold([], Some(&requested), answered.as_ref()).unwrap()
    }

    #[test]
    fn a_question_waits_ten_minutes_and_an_answer_stands_for_a_day() {
        let open = asked(None);
        assert!(!has_lapsed(&open, UnixMs(WAITS_MS - 1)));
        assert!(has_lapsed(&open, UnixMs(WAITS_MS)));
        for answer in [Answer::Approve, Answer::Deny] {
            let answered = asked(Some(answer));
            assert!(!has_lapsed(&answered, UnixMs(MINUTE + STANDS_MS - 1)));
            assert!(has_lapsed(&answered, UnixMs(MINUTE + STANDS_MS)));
        }
    }

    #[test]
    fn one_from_far_ahead_is_of_before_the_clock_was_set_back() {
        assert!(has_lapsed(&asked(None), UnixMs(-WAITS_MS)));
        assert!(!has_lapsed(&asked(None), UnixMs(1 - WAITS_MS)));
    }
}
