//! Times, and the table they are printed in: each figure beside its limit, what is expected, and whether it is kept.

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
    println!("| what | measured | limit, measured beside it | expected | kept |");
    println!("| --- | --- | --- | --- | --- |");
}

pub fn line(what: &str, measured: &str, limit: &str, expected: &str, kept: bool) {
    let kept = if kept { "ok" } else { "OVER" };
    println!("| {what:<55} | {measured:<26} | {limit:<52} | {expected:<28} | {kept} |");
}
