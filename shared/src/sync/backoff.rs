//! How long to wait after a failure.

use crate::{entropy::Entropy, time::SECOND};

/// Doubling waits with jitter, so that kiosks that lost the server together do not come back together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    const FIRST: i64 = SECOND / 2;
    const LONGEST: i64 = 30 * SECOND;

    /// Notes a failure and says how many milliseconds to wait: between half and all of 0.5 s, 1 s, 2 s …
    /// 30 s.
    pub fn fail(&mut self, entropy: &mut impl Entropy) -> i64 {
        let doubled = Self::FIRST.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        let most = doubled.min(Self::LONGEST);
        most / 2 + draw(entropy, most / 2)
    }

    /// Notes a success.
    pub const fn succeed(&mut self) {
        self.failures = 0;
    }
}

/// A number from 0 to `most`, near enough to uniform for spreading load.
pub(super) fn draw(entropy: &mut impl Entropy, most: i64) -> i64 {
    i64::from(u32::from_be_bytes(entropy.bytes())) % (most.max(0) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Entropy for Ones {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0x11);
        }
    }

    #[test]
    fn waits_grow_to_half_a_minute_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::default();
        let waits: Vec<i64> = (0..80).map(|_| backoff.fail(&mut Ones)).collect();
        assert!((250..=500).contains(&waits[0]), "{waits:?}");
        assert!(waits.iter().skip(7).all(|wait| (15_000..=30_000).contains(wait)), "{waits:?}");
        backoff.succeed();
        assert!((250..=500).contains(&backoff.fail(&mut Ones)));
    }
}
