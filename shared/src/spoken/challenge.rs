//! The four digits that a gate reads out.

use std::{fmt, str::FromStr};

use crate::entropy::Entropy;

/// Four decimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Challenge(u16);

/// Not four decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("four digits are wanted")]
pub struct NotAChallenge;

impl Challenge {
    const COUNT: u16 = 10_000;

    /// The challenge of a number below 10,000.
    pub fn new(number: u16) -> Result<Self, NotAChallenge> {
        if number < Self::COUNT { Ok(Self(number)) } else { Err(NotAChallenge) }
    }

    /// The number, for the journal.
    pub fn number(self) -> u16 {
        self.0
    }

    /// A random challenge that was not shown for the unit that day. Absent when all were.
    pub fn draw(shown_today: &[Self], entropy: &mut impl Entropy) -> Option<Self> {
        let mut free: Vec<u16> =
            (0..Self::COUNT).filter(|number| !shown_today.contains(&Self(*number))).collect();
        if free.is_empty() {
            return None;
        }
        let draw = u64::from_be_bytes(entropy.bytes()) % free.len() as u64;
        Some(Self(free.swap_remove(usize::try_from(draw).unwrap_or(0))))
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl FromStr for Challenge {
    type Err = NotAChallenge;

    fn from_str(text: &str) -> Result<Self, NotAChallenge> {
        if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAChallenge);
        }
        text.parse().map_err(|_| NotAChallenge).and_then(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn a_challenge_is_not_shown_twice_that_day() {
        let first = Challenge::draw(&[], &mut Zeros).unwrap();
        assert_eq!(first.to_string(), "0000");
        assert_eq!(Challenge::draw(&[first], &mut Zeros).unwrap().to_string(), "0001");
        let all: Vec<_> = (0..10_000).map(Challenge).collect();
        assert_eq!(Challenge::draw(&all, &mut Zeros), None);
    }

    #[test]
    fn four_digits_are_read_and_nothing_else() {
        assert_eq!("0042".parse(), Ok(Challenge(42)));
        for text in ["42", "00420", "+042", "abcd", ""] {
            assert_eq!(text.parse::<Challenge>(), Err(NotAChallenge), "{text}");
        }
        assert_eq!(Challenge::new(10_000), Err(NotAChallenge));
    }
}
