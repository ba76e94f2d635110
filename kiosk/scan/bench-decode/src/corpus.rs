//! The frames to measure on: grey bytes in memory, and what they hold.

use std::path::Path;

use gatehouse_frames::Difficulty;

/// A frame and what is to be read in it.
pub struct Shot {
    pub name: String,
    pub category: String,
    pub luma: Vec<u8>,
    pub width: usize,
    pub height: usize,
    /// Empty in a frame without a code.
    pub texts: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Label {
    file: String,
    category: String,
    texts: Vec<String>,
    negative: bool,
}

/// Reads a folder of pictures and its `labels.json`: every `every`th, beginning with one that `seed` chooses.
pub fn load(
    folder: &Path,
    seed: u64,
    every: usize,
    kind: &str,
) -> Result<Vec<Shot>, Box<dyn std::error::Error>> {
    let labels: Vec<Label> = serde_json::from_slice(&std::fs::read(folder.join("labels.json"))?)?;
    labels
        .into_iter()
        .skip(usize::try_from(seed)? % every.max(1))
        .step_by(every.max(1))
        .filter(|label| named(label).contains(kind))
        .map(|label| {
            let picture = image::open(folder.join(&label.file))?.into_luma8();
            Ok(Shot {
                category: named(&label),
                width: picture.width() as usize,
                height: picture.height() as usize,
                luma: picture.into_raw(),
                texts: if label.negative { Vec::new() } else { label.texts },
                name: label.file,
            })
        })
        .collect()
}

/// Where a frame comes from, and its kind.
fn named(label: &Label) -> String {
    let origin = label.file.split('/').next().unwrap_or_default();
    let kind = if label.negative { "empty" } else { label.category.as_str() };
    format!("{origin} {kind}")
}

/// Frames made by the project's own generator: of every difficulty, and without a code.
pub fn generate(seed: u64, each: u64, kind: &str) -> Vec<Shot> {
    let shot =
        |category: String, name: String, picture: gatehouse_frames::Picture, texts: Vec<String>| Shot {
            category: format!("generated {category}"),
            name,
            luma: picture.luma,
            width: picture.width,
            height: picture.height,
            texts,
        };
    let mut shots = Vec::new();
    // What is read in sequences only is measured alone when it is asked for.
    let beyond = (!kind.is_empty()).then_some(Difficulty::Unfocused);
    for difficulty in Difficulty::ALL.into_iter().chain(beyond) {
        let name = format!("{difficulty:?}").to_lowercase();
        if !name.contains(kind) {
            continue;
        }
        for i in 0..each {
            let seed = seed * 1000 + i;
            let text = text(seed);
            if let Some(picture) = gatehouse_frames::render(&text, difficulty, seed) {
                shots.push(shot(name.clone(), format!("{name}_{seed}"), picture, vec![text]));
            }
        }
    }
    for i in 0..if "empty".contains(kind) { each * 4 } else { 0 } {
        let seed = seed * 1000 + i;
        shots.push(shot("empty".into(), format!("empty_{seed}"), gatehouse_frames::empty(seed), Vec::new()));
    }
    shots
}

/// A text as long as a pass's.
pub fn text(seed: u64) -> String {
    const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut random = gatehouse_frames::Random::new(seed);
    let length = 90 + random.below(90);
    "GH1:".chars().chain((0..length).map(|_| char::from(LETTERS[random.below(45)]))).collect()
}
