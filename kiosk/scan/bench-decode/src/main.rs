//! Frames read and time taken by category, ours beside `rqrr`, `rxing` and `zxing-cpp`, on the same
//! grey bytes, on one thread, by that thread's own time.
//!
//! `bench-decode [--only NAME] [--misses] [--seed N] [--each N] [--every N] [--sequence] [DIR]`: DIR holds
//! `labels.json` and the pictures it names, of which every Nth is taken; without it, N frames of each kind are
//! generated. `--sequence` makes ten successive frames of each, in several ways, and says what share is read.

mod corpus;
mod decoders;
mod quiet;
mod sequences;
mod table;

use decoders::Decoder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut only, mut misses, mut folder, mut sequence) = (None, false, None, false);
    let (mut seed, mut each, mut every) = (1, 12, 1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => only = arguments.next(),
            "--seed" => seed = arguments.next().ok_or("--seed wants a number")?.parse()?,
            "--each" => each = arguments.next().ok_or("--each wants a number")?.parse()?,
            "--every" => every = arguments.next().ok_or("--every wants a number")?.parse()?,
            "--sequence" => sequence = true,
            "--misses" => misses = true,
            _ => folder = Some(argument),
        }
    }
    let given = folder.map(|folder| corpus::load(folder.as_ref(), seed, every)).transpose()?;
    if sequence {
        let mut decoders = chosen(only.as_deref());
        match given {
            Some(mut shots) => {
                shots.retain(|shot| !shot.texts.is_empty());
                sequences::measure(sequences::spoilt(shots, seed), &mut decoders, misses);
            }
            None => sequences::measure(sequences::generated(seed, each), &mut decoders, misses),
        }
        return Ok(());
    }
    let shots = given.unwrap_or_else(|| corpus::generate(seed, each));
    let decoders = chosen(only.as_deref());
    let mut results = Vec::new();
    for mut decoder in decoders {
        let outcomes = decoders::measure(decoder.as_mut(), &shots);
        if misses {
            for (shot, outcome) in shots.iter().zip(&outcomes) {
                if !outcome.right {
                    println!(
                        "{} missed {} in {:.1} ms {}",
                        decoder.name(),
                        shot.name,
                        outcome.ms,
                        outcome.note
                    );
                }
            }
        }
        results.push((decoder.name(), outcomes));
    }
    table::print(&shots, &results);
    quiet::measure(seed);
    Ok(())
}

fn chosen(only: Option<&str>) -> Vec<Box<dyn Decoder>> {
    decoders::all().into_iter().filter(|d| only.is_none_or(|name| d.name() == name)).collect()
}
