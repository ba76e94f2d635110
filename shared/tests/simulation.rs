//! The protocol's laws over many seeds. `GATEHOUSE_SEEDS=n` runs more of them, `GATEHOUSE_SEED=n` replays one.

use gatehouse::testing::simulation::{self, InMemory, Report, World};

/// How many seeds run where nobody says.
const SEEDS: u64 = 250;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn add(sum: &mut Report, report: &Report) {
    sum.steps += report.steps;
    sum.events += report.events;
    sum.admissions += report.admissions;
    sum.crashes += report.crashes;
    sum.swaps += report.swaps;
    sum.restores += report.restores;
    sum.lives += report.lives;
    sum.unpaired += report.unpaired;
    sum.erasures += report.erasures;
    sum.unknown += report.unknown;
    sum.ends += report.ends;
    sum.requests += report.requests;
}

fn run(seeds: impl Iterator<Item = u64>) -> Report {
    let mut sum = Report::default();
    for seed in seeds {
        match simulation::run(seed, InMemory) {
            Ok(report) => add(&mut sum, &report),
            Err(broken) => panic!("{broken}"),
        }
    }
    sum
}

#[test]
fn every_law_holds_in_every_seed() {
    if let Some(seed) = number("GATEHOUSE_SEED") {
        match World::new(seed, InMemory).tracing(100_000).run() {
            Ok(report) => println!("seed {seed}: {report:?}"),
            Err(broken) => panic!("{broken}"),
        }
        return;
    }
    let seeds = number("GATEHOUSE_SEEDS").unwrap_or(SEEDS);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers: Vec<_> = (0..threads)
        .map(|first| std::thread::spawn(move || run((0..seeds).skip(first).step_by(threads))))
        .collect();
    let mut sum = Report::default();
    for worker in workers {
        match worker.join() {
            Ok(report) => add(&mut sum, &report),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    println!("{seeds} seeds: {sum:?}");
    if seeds >= SEEDS {
        let common = [sum.admissions, sum.crashes, sum.swaps, sum.restores, sum.lives];
        let happened =
            [&common[..], &[sum.unpaired, sum.erasures, sum.unknown, sum.ends, sum.requests]].concat();
        assert!(happened.iter().all(|times| *times > 100), "the storms were too mild: {sum:?}");
    }
}
