//! Telling a code that is held up from one that was held up before, whether the camera saw it or a hand scanner read it.

use std::sync::{Mutex, PoisonError};

/// A code counts as put away when it was not read for so long, in milliseconds: a hand shakes, a screen
/// flickers, and neither makes a second visit.
const PUT_AWAY: i64 = 2_500;
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
}

impl Held {
    fn is_put_away(&self, now: i64) -> bool {
        let settled = !is_ours(&self.code) && self.seen - self.since > SETTLED;
        now - self.seen >= if settled { BOOTH } else { PUT_AWAY }
    }
}

impl Memory {
    /// Of the codes read in one frame, or by one pull of a trigger, at boot time `now` (milliseconds), those that were
    /// not in view just before. Where one of ours is in view, the others are nobody's business.
    pub fn fresh<'a>(&self, now: i64, codes: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut remembered = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|held| !held.is_put_away(now));
        let mut fresh: Vec<String> = Vec::new();
        for code in codes {
            let same = lasting(code);
            if let Some(held) = remembered.iter_mut().find(|held| lasting(&held.code) == same) {
                held.seen = now;
                if held.code != code {
                    code.clone_into(&mut held.code);
                }
            } else {
                if remembered.len() < MOST {
                    remembered.push(Held { code: code.to_owned(), since: now, seen: now });
                }
                fresh.push(code.to_owned());
            }
        }
        if fresh.iter().any(|code| is_ours(code)) {
            fresh.retain(|code| is_ours(code));
        }
        fresh
    }
}

/// Whether it is a pass or an invitation of some version of Gatehouse.
fn is_ours(code: &str) -> bool {
    code.starts_with("GH")
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
