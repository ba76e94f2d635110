//! Times, and the table they are printed in. Nothing here decides whether a figure is good.

use std::time::{Duration, Instant};

/// Now, by the clock that benches measure with.
#[expect(clippy::disallowed_methods, reason = "a bench's one source of time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Times of one thing done many times.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that `percent` of them did not exceed.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(place).copied().unwrap_or_default()
    }
}

impl Extend<Duration> for Times {
    fn extend<I: IntoIterator<Item = Duration>>(&mut self, times: I) {
        self.0.extend(times);
    }
}

pub fn head() {
    line("what", "measured", "limit, measured beside it", "expected");
    line("---", "---", "---", "---");
}

pub fn line(what: &str, measured: &str, limit: &str, expected: &str) {
    println!("| {what:<52} | {measured:<34} | {limit:<52} | {expected} |");
}
