//! The frames to measure on: grey bytes in memory, and what they hold.

use std::path::Path;

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

/// Reads a folder of pictures and its `labels.json`.
pub fn load(folder: &Path) -> Result<Vec<Shot>, Box<dyn std::error::Error>> {
    let labels: Vec<Label> = serde_json::from_slice(&std::fs::read(folder.join("labels.json"))?)?;
    labels
        .into_iter()
        .map(|label| {
            let picture = image::open(folder.join(&label.file))?.into_luma8();
            let origin = label.file.split('/').next().unwrap_or_default();
            let kind = if label.negative { "empty" } else { label.category.as_str() };
            Ok(Shot {
                category: format!("{origin} {kind}"),
                width: picture.width() as usize,
                height: picture.height() as usize,
                luma: picture.into_raw(),
                texts: if label.negative { Vec::new() } else { label.texts },
                name: label.file,
            })
        })
        .collect()
}

/// Frames made by the project's own generator.
pub fn generate() -> Vec<Shot> {
    Vec::new()
}
