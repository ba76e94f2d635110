//! What is measured, and the table it is printed in: each figure beside its limit, what is expected, and whether it
//! is kept.

use gatehouse_kiosk::time::micros;

/// Times of one thing done many times, in microseconds.
#[derive(Default)]
pub struct Times(Vec<u64>);

impl Times {
    /// Does it once more.
    pub fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = micros();
        let done = work();
        self.0.push(micros() - begun);
        done
    }

    /// The time that `percent` of them did not exceed.
    pub fn percentile(&self, percent: usize) -> u64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(place).copied().unwrap_or(0)
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "p50 {} p99 {}", span(self.percentile(50)), span(self.percentile(99)))
    }
}

/// Microseconds as a person reads them.
pub fn span(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{}.{:02} ms", micros / 1_000, micros % 1_000 / 10),
        _ => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

/// Prints the head of the table.
pub fn head() {
    println!("| what | measured | limit, measured beside it | expected | kept |");
    println!("| --- | --- | --- | --- | --- |");
}

/// Prints a line of the table.
pub fn line(cells: [&str; 4], kept: bool) {
    let [what, measured, limit, expected] = cells;
    let kept = if kept { "ok" } else { "OVER" };
    println!("| {what:<55} | {measured:<26} | {limit:<52} | {expected:<28} | {kept} |");
}

/// Says on the way how far a long step has come.
pub fn progress(words: &str) {
    eprintln!("   {words}");
}
