//! What to tell whoever holds the code, from what the pipeline saw and could not read.

use crate::pixels::grey;
use crate::place::Located;
use crate::{Frame, Guidance, layout};

/// The hint that would help most; `None` when nothing like a code is in view. `largest` is the size of
/// the largest finder that was seen, in pixels.
pub(crate) fn advise(frame: &Frame<'_>, seen: Option<&Located>, largest: f32) -> Option<Guidance> {
    let Some(place) = seen.filter(|place| place.agreement > 0.4) else {
        // A finder this large belongs to a code that does not fit.
        return (largest > frame.height as f32 * 0.28).then_some(Guidance::Farther);
    };
    let n = layout::side(place.version);
    let (a, b) = place.homography.steps(n as f32 / 2.0, n as f32 / 2.0);
    let module = (a.0 * b.1 - a.1 * b.0).abs().sqrt();
    let blown = (0..n * n)
        .filter(|i| grey(frame, place.homography.project((i % n) as f32 + 0.5, (i / n) as f32 + 0.5)) > 251.0)
        .count();
    // Of a code without glare, about half is light; a screen seldom reaches the sensor's limit.
    Some(if blown * 5 > n * n * 3 {
        Guidance::LessGlare
    } else if module < 2.3 {
        Guidance::Nearer
    } else if place.contrast.abs() < 22.0 {
        Guidance::MoreLight
    } else {
        Guidance::HoldStill
    })
}
