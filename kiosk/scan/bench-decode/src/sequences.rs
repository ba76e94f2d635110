//! Ten successive frames of one camera: of how many sequences all codes are read by the last frame, ours with what
//! it remembers, the best peer frame by frame (any of the ten counts; the other peers take too long). Frames are those
//! of the generator, in which the difficulty itself changes from frame to frame, and pictures that are hard already,
//! with moving glare, noise, blur and a hand's tremor in three strengths on top. Pictures without a code are among
//! them: whatever is read there is invented.

use std::collections::BTreeMap;

use gatehouse_frames::{Difficulty, Picture, Strength, empty, render, sequence, successive};
use gatehouse_scan::{Budget, Frame, Scanner};

use crate::corpus::{self, Shot};
use crate::decoders::{Decoder, thread_ms};

const FRAMES: usize = 10;
/// Sequences after which a word is said on how far it is.
const A_WORD: usize = 20;

/// Frames of one camera and what is to be read in them.
pub struct Sequence {
    category: String,
    name: String,
    frames: Vec<Picture>,
    texts: Vec<String>,
}

/// Sequences of every difficulty whose name holds the word, `each` of them, one after the other: as the generator makes them, and single
/// frames of it spoilt in every strength; and twice as many scenes without a code, spoilt too.
pub fn generated(seed: u64, each: u64, word: &str) -> impl Iterator<Item = Sequence> {
    let all = Difficulty::ALL.into_iter().chain([Difficulty::Unfocused]);
    let named = all.map(|difficulty| (difficulty, format!("{difficulty:?}").to_lowercase()));
    let coded = named.filter(move |(_, kind)| kind.contains(word)).flat_map(move |(difficulty, kind)| {
        (0..each).flat_map(move |i| {
            let seed = seed * 1000 + 500 + i;
            let text = corpus::text(seed);
            let kind = kind.clone();
            let moving = sequence(&text, difficulty, seed, FRAMES).map(|frames| Sequence {
                category: format!("{kind}, moving"),
                name: format!("{kind}_{seed}, moving"),
                frames,
                texts: vec![text.clone()],
            });
            let shot = render(&text, difficulty, seed).map(|picture| shot(kind, seed, picture, vec![text]));
            moving.into_iter().chain(shot.into_iter().flat_map(move |shot| in_every_strength(shot, seed)))
        })
    });
    let empties = (0..if "empty".contains(word) { 2 * each } else { 0 }).flat_map(move |i| {
        let seed = seed * 1000 + 500 + i;
        in_every_strength(shot("empty".into(), seed, empty(seed), Vec::new()), seed)
    });
    coded.chain(empties)
}

fn shot(kind: String, seed: u64, picture: Picture, texts: Vec<String>) -> Shot {
    Shot {
        name: format!("{kind}_{seed}"),
        category: kind,
        luma: picture.luma,
        width: picture.width,
        height: picture.height,
        texts,
    }
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
#[derive(Clone, Default)]
struct Tally {
    all: usize,
    /// Wholly read by the last frame (nothing, where nothing is to be read), by reader, ours first.
    right: [usize; 2],
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.all += other.all;
        for (sum, right) in self.right.iter_mut().zip(other.right) {
            *sum += right;
        }
    }
}

/// What one reader made of a sequence.
struct Verdict {
    /// All that is to be read was, and nothing where nothing is.
    right: bool,
    /// Something was read that is not there.
    invented: bool,
}

/// What one reader made of all sequences.
#[derive(Default)]
struct Reader {
    ms: Vec<f64>,
    invented: usize,
}

impl Reader {
    /// Adds what was read in a sequence.
    fn judge(&mut self, sequence: &Sequence, texts: &[String]) -> Verdict {
        let invented = texts.iter().any(|text| !sequence.texts.contains(text));
        self.invented += usize::from(invented);
        let all = sequence.texts.iter().all(|text| texts.contains(text));
        Verdict { right: all && !(sequence.texts.is_empty() && invented), invented }
    }
}

/// Prints how many sequences of every category were read, by us and by a peer.
pub fn measure(
    sequences: impl Iterator<Item = Sequence>,
    mut peer: Option<Box<dyn Decoder>>,
    misses: bool,
    sampled: &str,
) {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut ours, mut theirs) = (Reader::default(), Reader::default());
    let (mut done, mut missed) = (0, 0);
    for sequence in sequences {
        let tally = tallies.entry(sequence.category.clone()).or_default();
        tally.all += 1;
        let texts = followed(&sequence, &mut ours.ms);
        let Verdict { right, invented } = ours.judge(&sequence, &texts);
        tally.right[0] += usize::from(right);
        if misses && (!right || invented) {
            let what = if invented { "invented in" } else { "missed" };
            println!("{what} {}, read {texts:?}", sequence.name);
        }
        if let Some(peer) = &mut peer {
            let texts = frame_by_frame(&sequence, peer.as_mut(), &mut theirs.ms);
            tally.right[1] += usize::from(theirs.judge(&sequence, &texts).right);
        }
        done += 1;
        missed += usize::from(!right);
        if done % A_WORD == 0 {
            eprintln!("{done} sequences, {missed} of them not read");
        }
    }
    let names = std::iter::once("gatehouse").chain(peer.iter().map(|peer| peer.name()));
    let names: Vec<&str> = names.collect();
    println!("ten successive frames; {sampled}");
    let line = |label: &str, count: &str, cell: &dyn Fn(usize) -> String| {
        print!("{label:<36}{count:>10}");
        for i in 0..names.len() {
            print!("{:>12}", cell(i));
        }
        println!();
    };
    line("category, strength", "sequences", &|i| names[i].to_owned());
    for (category, tally) in with_sums(&tallies) {
        line(&category, &tally.all.to_string(), &|i| tally.right[i].to_string());
    }
    let readers = [&ours, &theirs];
    line("sequences with invented texts", "", &|i| readers[i].invented.to_string());
    for (label, share) in [("ms a frame, p50", 0.5), ("ms a frame, p95", 0.95), ("ms, worst frame", 1.0)] {
        line(label, "", &|i| {
            let mut ms = readers[i].ms.clone();
            ms.sort_unstable_by(f64::total_cmp);
            let at = (ms.len().max(1) - 1) as f64 * share;
            ms.get(at.round() as usize).map_or("-".into(), |ms| format!("{ms:.2}"))
        });
    }
}

/// The categories, and what all of them with a code come to, by what was done to the frames and altogether.
fn with_sums(tallies: &BTreeMap<String, Tally>) -> Vec<(String, Tally)> {
    let mut sums: BTreeMap<String, Tally> = BTreeMap::new();
    for (category, tally) in tallies {
        let (kind, how) = category.rsplit_once(", ").unwrap_or((category, ""));
        if !kind.ends_with("empty") {
            sums.entry(format!("all with a code, {how}")).or_default().add(tally);
            sums.entry("all with a code".into()).or_default().add(tally);
        }
    }
    tallies.iter().chain(&sums).map(|(category, tally)| (category.clone(), tally.clone())).collect()
}

/// What we read in a sequence, with memory.
fn followed(sequence: &Sequence, ms: &mut Vec<f64>) -> Vec<String> {
    let mut scanner = Scanner::new();
    let mut texts = Vec::new();
    for picture in &sequence.frames {
        let Some(frame) = Frame::packed(&picture.luma, picture.width, picture.height) else { continue };
        let before = thread_ms();
        let scan = scanner.scan(frame, &Budget::unlimited());
        ms.push(thread_ms() - before);
        texts.extend(scan.codes.iter().map(|code| code.text.clone()));
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// What a peer reads in any of the frames.
fn frame_by_frame(sequence: &Sequence, peer: &mut dyn Decoder, ms: &mut Vec<f64>) -> Vec<String> {
    let mut texts = Vec::new();
    for picture in &sequence.frames {
        let before = thread_ms();
        texts.extend(peer.read(&picture.luma, picture.width, picture.height));
        ms.push(thread_ms() - before);
    }
    texts
}
