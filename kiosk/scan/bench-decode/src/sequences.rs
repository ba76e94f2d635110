//! Ten successive frames of one camera: how many codes are read by the last of them, ours with what it
//! remembers, the peers frame by frame.

use std::collections::BTreeMap;

use gatehouse_frames::{Difficulty, Picture, sequence, successive};
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

/// Sequences of every difficulty, `each` of them, one after the other.
pub fn generated(seed: u64, each: u64) -> impl Iterator<Item = Sequence> {
    Difficulty::ALL.into_iter().flat_map(move |difficulty| {
        (0..each).filter_map(move |i| {
            let seed = seed * 1000 + 500 + i;
            let text = corpus::text(seed);
            let frames = sequence(&text, difficulty, seed, FRAMES)?;
            let category = format!("{difficulty:?}").to_lowercase();
            Some(Sequence { name: format!("{category}_{seed}"), category, frames, texts: vec![text] })
        })
    })
}

/// The pictures of a folder under moving glare, noise and blur.
pub fn spoilt(shots: Vec<Shot>, seed: u64) -> impl Iterator<Item = Sequence> {
    shots.into_iter().zip(seed * 100_000..).map(|(shot, seed)| Sequence {
        category: shot.category,
        frames: successive(
            &Picture { luma: shot.luma, width: shot.width, height: shot.height },
            seed,
            FRAMES,
        ),
        name: shot.name,
        texts: shot.texts,
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

/// Prints how many sequences of every category were read.
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
    print!("{:<28}{:>8}{:>12}", "ten successive frames", "all", "remembering");
    for decoder in decoders.iter() {
        print!("{:>12}", decoder.name());
    }
    println!();
    let mut total = Tally { read: vec![0; decoders.len() + 1], ..Tally::default() };
    for (category, tally) in &tallies {
        print_line(category, tally);
        total.all += tally.all;
        total.invented += tally.invented;
        for (sum, read) in total.read.iter_mut().zip(&tally.read) {
            *sum += read;
        }
    }
    print_line("all", &total);
    times.sort_unstable_by(f64::total_cmp);
    let at =
        |share: f64| times.get(((times.len().max(1) - 1) as f64 * share) as usize).copied().unwrap_or(0.0);
    println!(
        "texts invented: {}; ms a frame, p50 {:.2}, p95 {:.2}, worst {:.1}",
        total.invented,
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

fn print_line(category: &str, tally: &Tally) {
    print!("{category:<28}{:>8}", tally.all);
    for read in &tally.read {
        print!("{read:>12}");
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
