//! Alignment patterns: 5×5 modules, dark, light, dark, that pin the code where no finder is. They are
//! looked for by normalised correlation in a patch that is read through the homography of the moment,
//! so that tilt and rotation do not matter.

use crate::homography::Homography;
use crate::pixels::grey;
use crate::{Frame, Point};

/// An alignment pattern that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    /// Where its centre lies in the picture.
    pub at: Point,
    /// Correlation, at most 1.
    pub score: f32,
}

/// Readings a module along each axis.
const FINE: usize = 2;
/// Furthest search, in modules.
const REACH: usize = 7;
const SIDE: usize = (2 * REACH + 5) * FINE;

/// Looks for the pattern whose centre should be at (`x`, `y`) of the code's plane, up to `reach`
/// modules away. `light_dark` is −1 in inverted codes.
pub(crate) fn search(
    frame: &Frame<'_>,
    h: &Homography,
    (x, y): Point,
    reach: usize,
    light_dark: f32,
) -> Option<Sight> {
    let reach = reach.min(REACH);
    let side = (2 * reach + 5) * FINE;
    let (o, (sx, sy)) = (h.project(x, y), h.steps(x, y));
    let offset = |i: f32| (i + 0.5) / FINE as f32 - (reach as f32 + 2.5);
    let place = |u: f32, v: f32| (o.0 + sx.0 * u + sy.0 * v, o.1 + sx.1 * u + sy.1 * v);
    let (width, height) = (frame.width as f32, frame.height as f32);
    if !(o.0 > 0.0 && o.1 > 0.0 && o.0 < width && o.1 < height) {
        return None;
    }
    let mut patch = [0.0f32; SIDE * SIDE];
    for j in 0..side {
        for i in 0..side {
            patch[j * side + i] = grey(frame, place(offset(i as f32), offset(j as f32)));
        }
    }
    let shifts = 2 * reach * FINE + 1;
    let score = |i: usize, j: usize| correlate(&patch, side, i, j) * light_dark;
    let mut best = (f32::MIN, 0, 0, 0.0);
    for j in 0..shifts {
        for i in 0..shifts {
            let s = score(i, j);
            let far = (i as f32 / FINE as f32 - reach as f32).hypot(j as f32 / FINE as f32 - reach as f32);
            // Of two that look alike, the nearer.
            let marked = s - 0.02 * far;
            if marked > best.0 {
                best = (marked, i, j, s);
            }
        }
    }
    let (_, i, j, s) = best;
    let peak = |low: f32, middle: f32, high: f32| {
        let bend = low - 2.0 * middle + high;
        if bend < -1e-4 { ((low - high) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let fine_x = if i > 0 && i + 1 < shifts { peak(score(i - 1, j), s, score(i + 1, j)) } else { 0.0 };
    let fine_y = if j > 0 && j + 1 < shifts { peak(score(i, j - 1), s, score(i, j + 1)) } else { 0.0 };
    let u = (i as f32 + fine_x) / FINE as f32 - reach as f32;
    let v = (j as f32 + fine_y) / FINE as f32 - reach as f32;
    Some(Sight { at: place(u, v), score: s })
}

/// Normalised correlation of the pattern with the readings from (`i`, `j`) on.
fn correlate(patch: &[f32], side: usize, i: usize, j: usize) -> f32 {
    const CELLS: f32 = 100.0;
    // 17 of 25 modules are dark.
    const DARK: f32 = -8.0 / 25.0;
    const LIGHT: f32 = 17.0 / 25.0;
    let (mut sum, mut squares, mut product) = (0.0, 0.0, 0.0);
    for dy in 0..5 * FINE {
        let row = &patch[(j + dy) * side + i..][..5 * FINE];
        for (dx, &v) in row.iter().enumerate() {
            let ring = (dx / FINE).abs_diff(2).max((dy / FINE).abs_diff(2));
            sum += v;
            squares += v * v;
            product += v * if ring == 1 { LIGHT } else { DARK };
        }
    }
    let spread = squares - sum * sum / CELLS;
    let template = 68.0 * DARK * DARK + 32.0 * LIGHT * LIGHT;
    if spread < CELLS * 2.0 { 0.0 } else { product / (spread * template).sqrt() }
}
