//! Frames read and time taken by category, ours beside `rqrr`, `rxing` and `zxing-cpp`, on the same
//! grey bytes, on one thread, by that thread's own time.
//!
//! `bench-decode [--only NAME] [--misses] [--seed N] [--each N] [--every N] [--kind WORD] [--sequence] [DIR]`: DIR holds
//! `labels.json` and the pictures it names, of which every Nth is taken; without it, N frames of each kind are
//! generated. With `--kind`, those only whose kind's name holds the word. `--sequence` makes ten successive frames of each, in several ways, and says how many are read, beside
//! `zxing-cpp` unless `--only` is given.

mod corpus;
mod decoders;
mod quiet;
mod sequences;
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut only, mut misses, mut folder, mut sequence) = (None, false, None, false);
    let mut kind = String::new();
    let (mut seed, mut each, mut every) = (1, 12, 1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => only = arguments.next(),
            "--seed" => seed = arguments.next().ok_or("--seed wants a number")?.parse()?,
            "--each" => each = arguments.next().ok_or("--each wants a number")?.parse()?,
            "--every" => every = arguments.next().ok_or("--every wants a number")?.parse()?,
            "--kind" => kind = arguments.next().ok_or("--kind wants a word")?,
            "--sequence" => sequence = true,
            "--misses" => misses = true,
            _ => folder = Some(argument),
        }
    }
    let given = folder.map(|folder| corpus::load(folder.as_ref(), seed, every, &kind)).transpose()?;
    let sampled = match &given {
        Some(shots) if every > 1 => format!("every {every}th picture of the folder, {} in all", shots.len()),
        Some(shots) => format!("all {} pictures of the folder", shots.len()),
        None => format!("{each} generated of each kind, from seed {seed}"),
    };
    if sequence {
        let peer = only.is_none().then(decoders::best);
        match given {
            Some(shots) => sequences::measure(sequences::spoilt(shots, seed), peer, misses, &sampled),
            None => sequences::measure(sequences::generated(seed, each, &kind), peer, misses, &sampled),
        }
        return Ok(());
    }
    println!("single frames; {sampled}");
    let shots = given.unwrap_or_else(|| corpus::generate(seed, each, &kind));
    let chosen = decoders::all().into_iter().filter(|d| only.as_deref().is_none_or(|name| d.name() == name));
    let mut results = Vec::new();
    for mut decoder in chosen {
        eprintln!("{} frames by {}", shots.len(), decoder.name());
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
