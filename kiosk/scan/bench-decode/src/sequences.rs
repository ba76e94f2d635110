//! Ten successive frames of one camera: of how many sequences all codes are read by the last frame, ours with what
//! it remembers, the peers frame by frame (any of the ten counts). Frames are those of the generator, in which the
//! difficulty itself changes from frame to frame, and pictures that are hard already, with moving glare, noise,
//! blur and a hand's tremor in three strengths on top.

use std::collections::BTreeMap;

use gatehouse_frames::{Difficulty, Picture, Strength, render, sequence, successive};
use gatehouse_scan::{Budget, Frame, Scanner};

use crate::corpus::{self, Shot};
use crate::decoders::{Decoder, thread_ms};

const FRAMES: usize = 10;

/// Frames of one camera and what is to be read in them.
pub struct Sequence {
    category: String,
    name: String,
    frames: Vec<Picture>,
    texts: Vec<String>,
}

/// Sequences of every difficulty, `each` of them, one after the other: as the generator makes them, and single
/// frames of it spoilt in every strength.
pub fn generated(seed: u64, each: u64) -> impl Iterator<Item = Sequence> {
    Difficulty::ALL.into_iter().flat_map(move |difficulty| {
        (0..each).flat_map(move |i| {
            let seed = seed * 1000 + 500 + i;
            let text = corpus::text(seed);
            let kind = format!("{difficulty:?}").to_lowercase();
            let moving = sequence(&text, difficulty, seed, FRAMES).map(|frames| Sequence {
                category: format!("{kind}, moving"),
                name: format!("{kind}_{seed}"),
                frames,
                texts: vec![text.clone()],
            });
            let shot = render(&text, difficulty, seed).map(|picture| Shot {
                name: format!("{kind}_{seed}"),
                category: kind,
                luma: picture.luma,
                width: picture.width,
                height: picture.height,
                texts: vec![text],
            });
            moving.into_iter().chain(shot.into_iter().flat_map(move |shot| in_every_strength(shot, seed)))
        })
    })
}

/// The pictures of a folder under moving glare, noise and blur, in every strength.
pub fn spoilt(shots: Vec<Shot>, seed: u64) -> impl Iterator<Item = Sequence> {
    shots.into_iter().zip(seed * 100_000..).flat_map(|(shot, seed)| in_every_strength(shot, seed))
}

fn in_every_strength(shot: Shot, seed: u64) -> impl Iterator<Item = Sequence> {
    let Shot { name, category, luma, width, height, texts } = shot;
    let picture = Picture { luma, width, height };
    Strength::ALL.into_iter().map(move |strength| {
        let how = format!("{strength:?}").to_lowercase();
        Sequence {
            category: format!("{category}, {how}"),
            name: format!("{name}, {how}"),
            frames: successive(&picture, strength, seed, FRAMES),
            texts: texts.clone(),
        }
    })
}

/// What became of the sequences of a category.
#[derive(Default)]
struct Tally {
    all: usize,
    /// Read by the last frame, by reader: ours with memory, then each decoder frame by frame.
    read: Vec<usize>,
    invented: usize,
}

/// Prints which share of the sequences of every category was read.
pub fn measure(sequences: impl Iterator<Item = Sequence>, decoders: &mut [Box<dyn Decoder>], misses: bool) {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut times = Vec::new();
    for sequence in sequences {
        let tally = tallies.entry(sequence.category.clone()).or_default();
        tally.all += 1;
        tally.read.resize(decoders.len() + 1, 0);
        let (read, invented) = followed(&sequence, &mut times);
        tally.read[0] += usize::from(read);
        tally.invented += usize::from(invented);
        if misses && (!read || invented) {
            println!("{} {}", if invented { "invented in" } else { "missed" }, sequence.name);
        }
        for (count, decoder) in tally.read[1..].iter_mut().zip(decoders.iter_mut()) {
            let hit = sequence.frames.iter().any(|p| {
                let texts = decoder.read(&p.luma, p.width, p.height);
                !texts.is_empty() && sequence.texts.iter().all(|text| texts.contains(text))
            });
            *count += usize::from(hit);
        }
    }
    print!("{:<36}{:>8}{:>12}", "ten successive frames", "all", "remembering");
    for decoder in decoders.iter() {
        print!("{:>12}", decoder.name());
    }
    println!();
    let mut origins: BTreeMap<String, Tally> = BTreeMap::new();
    for (category, tally) in &tallies {
        print_line(category, tally);
        // By what was done to the frames, whatever is in them, and in all.
        let how = category.rsplit(", ").next().unwrap_or_default();
        for name in [format!("all {how}"), "all".to_owned()] {
            origins.entry(name).or_default().add(tally);
        }
    }
    for (name, tally) in &origins {
        print_line(name, tally);
    }
    let invented: usize = tallies.values().map(|tally| tally.invented).sum();
    times.sort_unstable_by(f64::total_cmp);
    let at =
        |share: f64| times.get(((times.len().max(1) - 1) as f64 * share) as usize).copied().unwrap_or(0.0);
    println!(
        "texts invented: {}; ms a frame, p50 {:.2}, p95 {:.2}, worst {:.1}",
        invented,
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.all += other.all;
        self.invented += other.invented;
        self.read.resize(other.read.len(), 0);
        for (sum, read) in self.read.iter_mut().zip(&other.read) {
            *sum += read;
        }
    }
}

fn print_line(category: &str, tally: &Tally) {
    print!("{category:<36}{:>8}", tally.all);
    for read in &tally.read {
        print!("{:>12}", format!("{:.1} %", 100.0 * *read as f64 / tally.all.max(1) as f64));
    }
    println!();
}

/// Reads a sequence with memory: whether all of it was read, and whether anything else was.
fn followed(sequence: &Sequence, times: &mut Vec<f64>) -> (bool, bool) {
    let mut scanner = Scanner::new();
    let (mut found, mut invented) = (vec![false; sequence.texts.len()], false);
    for picture in &sequence.frames {
        let Some(frame) = Frame::packed(&picture.luma, picture.width, picture.height) else { continue };
        let before = thread_ms();
        let scan = scanner.scan(frame, &Budget::unlimited());
        times.push(thread_ms() - before);
        for code in &scan.codes {
            match sequence.texts.iter().position(|text| *text == code.text) {
                Some(at) => found[at] = true,
                None => invented = true,
            }
        }
    }
    (found.iter().all(|f| *f), invented)
}
