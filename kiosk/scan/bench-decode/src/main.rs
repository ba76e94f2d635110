//! Frames read and time taken by category, ours beside `rqrr`, `rxing` and `zxing-cpp`, on the same
//! grey bytes, on one thread, by that thread's own time.
//!
//! `bench-decode [--only NAME] [--misses] [--seed N] [--sequence] [DIR]`: DIR holds `labels.json` and the pictures it names;
//! without it, frames are generated.

mod corpus;
mod decoders;
mod sequences;
mod table;

use decoders::Decoder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut only, mut misses, mut folder, mut seed, mut sequence) = (None, false, None, 1, false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => only = arguments.next(),
            "--seed" => seed = arguments.next().ok_or("--seed wants a number")?.parse()?,
            "--sequence" => sequence = true,
            "--misses" => misses = true,
            _ => folder = Some(argument),
        }
    }
    if sequence {
        let mut decoders = chosen(only.as_deref());
        sequences::measure(seed, 12, &mut decoders);
        return Ok(());
    }
    let shots = match folder {
        Some(folder) => corpus::load(folder.as_ref())?,
        None => corpus::generate(seed, 12),
    };
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
    Ok(())
}

fn chosen(only: Option<&str>) -> Vec<Box<dyn Decoder>> {
    decoders::all().into_iter().filter(|d| only.is_none_or(|name| d.name() == name)).collect()
}
