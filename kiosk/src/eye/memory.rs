//! Telling a code that is held up from one that was held up before, whether the camera saw it or a hand scanner read it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A code counts as put away when it was not read for so long, in milliseconds: a hand shakes, a screen
/// flickers, and neither makes a second visit.
const PUT_AWAY: i64 = 2_500;
/// A code is still in view when it was read so lately: not every picture of it can be read.
const IN_VIEW: i64 = 500;
/// A code that is not ours and stays for so long is part of the booth, such as a payment code stuck to it.
const SETTLED: i64 = 60_000;
/// What is part of the booth is told of again only when it was gone for so long.
const BOOTH: i64 = 10 * 60_000;
/// More codes than are ever in view.
const MOST: usize = 64;

/// Remembers what was in view. One for all that read codes: a pass that the camera sees while a hand scanner reads it,
/// or whose trigger bounces, is one pass that is held up once.
#[derive(Debug, Default)]
pub struct Memory {
    held: Mutex<Vec<Held>>,
}

#[derive(Debug)]
struct Held {
    code: String,
    since: i64,
    seen: i64,
    /// Whether it was the last one to have a verdict.
    decided: bool,
}

impl Held {
    fn is_put_away(&self, now: i64) -> bool {
        let settled = !is_ours(&self.code) && self.seen - self.since > SETTLED;
        now - self.seen >= if settled { BOOTH } else { PUT_AWAY }
    }

    fn is_same(&self, code: &str) -> bool {
        lasting(&self.code) == lasting(code)
    }

    /// Whether a code tells nothing new beside this one. A live form does beside a picture of the pass: whoever was
    /// told to open it has opened it.
    fn covers(&self, code: &str) -> bool {
        self.is_same(code) && (is_live(&self.code) || !is_live(code))
    }
}

impl Memory {
    /// Of the codes read in one picture at boot time `now` (milliseconds), those that were not in view just before.
    /// Where one of ours is in view, the others are nobody's business.
    pub fn fresh<'a>(&self, now: i64, codes: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut remembered = self.remembered(now);
        let mut fresh: Vec<String> = Vec::new();
        for code in codes {
            if let Some(held) = remembered.iter_mut().find(|held| held.covers(code)) {
                held.seen = now;
            } else {
                remember(&mut remembered, now, code);
                fresh.retain(|told| lasting(told) != lasting(code));
                fresh.push(code.to_owned());
            }
        }
        if fresh.iter().any(|code| is_ours(code)) {
            fresh.retain(|code| is_ours(code));
        }
        fresh
    }

    /// Whether the code that one pull of a trigger read was not held up just before. One that was is held up no longer
    /// by that: whoever pulls again and again is heard in the end.
    pub fn is_fresh_pull(&self, now: i64, code: &str) -> bool {
        let mut remembered = self.remembered(now);
        let fresh = !remembered.iter().any(|held| held.covers(code));
        if fresh {
            remember(&mut remembered, now, code);
        }
        fresh
    }

    /// Takes in that a verdict is given on `code`. What is no pass has none.
    pub fn decided(&self, code: &str) {
        if is_ours(code) {
            self.lock().iter_mut().for_each(|held| held.decided = held.is_same(code));
        }
    }

    /// Whether what had the last verdict is still in view beside these codes.
    pub fn is_decided_beside(&self, now: i64, codes: &[String]) -> bool {
        self.remembered(now).iter().any(|held| {
            held.decided && now - held.seen < IN_VIEW && !codes.iter().any(|code| held.is_same(code))
        })
    }

    /// Has these codes told of again as soon as they are read.
    pub fn forget(&self, codes: &[String]) {
        self.lock().retain(|held| !codes.iter().any(|code| held.is_same(code)));
    }

    /// What was not put away yet.
    fn remembered(&self, now: i64) -> MutexGuard<'_, Vec<Held>> {
        let mut held = self.lock();
        held.retain(|held| !held.is_put_away(now));
        held
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remember(held: &mut Vec<Held>, now: i64, code: &str) {
    held.retain(|held| !held.is_same(code));
    if held.len() < MOST {
        held.push(Held { code: code.to_owned(), since: now, seen: now, decided: false });
    }
}

/// Whether it is a pass or an invitation of some version of Gatehouse.
fn is_ours(code: &str) -> bool {
    code.starts_with("GH")
}

fn is_live(code: &str) -> bool {
    code.starts_with("GHR:")
}

/// What stays the same while a live pass counts its digits: `GHR:dddddd:` and the token.
fn lasting(code: &str) -> &str {
    code.strip_prefix("GHR:").and_then(|rest| rest.split_once(':')).map_or(code, |(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(memory: &Memory, now: i64, codes: &[&str]) -> Vec<String> {
        memory.fresh(now, codes.iter().copied())
    }

    #[test]
    fn a_pass_held_up_is_seen_once_and_again_only_after_it_was_put_away() {
        let memory = Memory::default();
        assert_eq!(fresh(&memory, 0, &["GH1:A"]), ["GH1:A"]);
        for now in (100..30_000).step_by(100) {
            assert!(fresh(&memory, now, &["GH1:A"]).is_empty());
        }
        assert!(fresh(&memory, 32_000, &["GH1:A"]).is_empty(), "a shaking hand");
        assert_eq!(fresh(&memory, 35_000, &["GH1:A"]), ["GH1:A"]);
    }

    #[test]
    fn a_live_pass_is_the_same_one_when_its_digits_change() {
        let memory = Memory::default();
        assert_eq!(fresh(&memory, 0, &["GHR:123456:GH1:A"]).len(), 1);
        assert!(fresh(&memory, 1_000, &["GHR:654321:GH1:A"]).is_empty());
        assert_eq!(fresh(&memory, 2_000, &["GHR:654321:GH1:B"]).len(), 1);
    }

    #[test]
    fn a_live_form_is_news_after_a_picture_of_the_pass_and_not_the_other_way_round() {
        let memory = Memory::default();
        assert_eq!(fresh(&memory, 0, &["GH1:A"]), ["GH1:A"]);
        assert_eq!(fresh(&memory, 1_000, &["GHR:123456:GH1:A"]), ["GHR:123456:GH1:A"]);
        assert!(fresh(&memory, 1_100, &["GH1:A", "GHR:123456:GH1:A"]).is_empty());
        let both = fresh(&memory, 1_200, &["GH1:B", "GHR:123456:GH1:B"]);
        assert_eq!(both, ["GHR:123456:GH1:B"], "one pass, held up once");
    }

    #[test]
    fn whoever_pulls_again_and_again_is_heard_in_the_end() {
        let memory = Memory::default();
        assert!(memory.is_fresh_pull(0, "GH1:A"));
        assert!(!memory.is_fresh_pull(1_500, "GH1:A"), "the trigger bounced");
        assert!(memory.is_fresh_pull(2_500, "GH1:A"));
        assert!(memory.is_fresh_pull(3_000, "GHR:123456:GH1:A"));
        assert!(fresh(&memory, 4_000, &["GH1:A"]).is_empty(), "the camera sees what was read just now");
    }

    #[test]
    fn who_waits_beside_another_is_told_of_again_until_that_one_is_taken_away() {
        let memory = Memory::default();
        let both = fresh(&memory, 0, &["GH1:A", "GH1:B"]);
        memory.decided("GH1:A");
        memory.forget(&both[1..]);
        let waiting = fresh(&memory, 100, &["GH1:A", "GH1:B"]);
        assert_eq!(waiting, ["GH1:B"]);
        assert!(memory.is_decided_beside(100, &waiting));
        assert!(!memory.is_decided_beside(100, &["GHR:123456:GH1:A".into()]), "it is the same one");
        assert!(!memory.is_decided_beside(600, &waiting), "it was taken away");
    }

    #[test]
    fn a_payment_code_is_told_of_but_never_beside_a_pass_and_not_once_it_is_part_of_the_booth() {
        let memory = Memory::default();
        assert_eq!(fresh(&memory, 0, &["upi://pay", "GH1:A"]), ["GH1:A"]);
        assert_eq!(fresh(&memory, 10_000, &["upi://pay"]), ["upi://pay"]);
        for now in (10_000..80_000).step_by(1_000) {
            assert!(fresh(&memory, now + 1_000, &["upi://pay"]).is_empty());
        }
        assert!(fresh(&memory, 300_000, &["upi://pay"]).is_empty(), "a car stood before it");
        assert_eq!(fresh(&memory, 1_000_000, &["upi://pay"]), ["upi://pay"]);
    }
}
