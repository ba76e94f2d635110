//! Where a code went from one frame to the next. A hand moves by some modules at most, and by now much of the code
//! is known: its patterns, and what the frames before said of its data. Wherever a dark module meets a light one
//! the picture must rise; the shift at which it does so at most of these edges is where the code is, and `fit` moves
//! the plane to meet them. Finders are not needed for it.

use crate::Frame;
use crate::evidence::Steps;
use crate::fit::{self, Edge};
use crate::homography::Homography;
use crate::layout::{self, Module};
use crate::pixels::grey;
use crate::place::{Located, agreement, finder_contrast};

/// Certainty from which a module is taken for what it was said to be.
const SURE: f32 = 0.4;
/// Edges looked at for each shift that is tried.
const ENOUGH: usize = 250;
/// Edges the plane is fitted to.
const MANY: usize = 900;
/// Shifts tried to each side.
const REACH: i32 = 9;
/// How much the picture rises over an edge, of what it should, for the code to be there: chance gives a tenth.
const THERE: f32 = 0.2;
/// Work of following a code, counted as if all of it were reading pixels.
pub(crate) const WORK: u64 = 4 * ENOUGH as u64 * (2 * REACH as u64 + 1) * (2 * REACH as u64 + 1);

/// Looks for a code where it was in a frame before; `sum` is what was said of its modules until now.
pub(crate) fn follow(frame: &Frame<'_>, before: &Located, sum: &[f32], steps: &mut Steps) -> Option<Located> {
    let n = layout::side(before.version);
    edges(n, steps.reader.map(before.version), sum, &mut steps.edges);
    let sign = before.contrast.signum();
    let few = steps.edges.len().div_ceil(ENOUGH).max(1);
    let h = shift(frame, &before.homography, n, sign, || steps.edges.iter().step_by(few))?;
    thin(&mut steps.edges);
    let h = settle(frame, h, n, before.contrast, &steps.edges)?;
    placed(frame, h, before, &steps.edges)
}

/// Fits a place that was found to all that is known of the code by now.
pub(crate) fn nearer(frame: &Frame<'_>, place: &Located, sum: &[f32], steps: &mut Steps) -> Located {
    let n = layout::side(place.version);
    if sum.len() != n * n {
        return *place;
    }
    edges(n, steps.reader.map(place.version), sum, &mut steps.edges);
    thin(&mut steps.edges);
    let sign = place.contrast.signum();
    let rises = |h: &Homography| rise(frame, h, sign, place.contrast.abs(), steps.edges.iter());
    settle(frame, place.homography, n, place.contrast, &steps.edges)
        .filter(|h| rises(h) > rises(&place.homography))
        .map_or(*place, |homography| Located { homography, ..*place })
}

fn placed(frame: &Frame<'_>, h: Homography, before: &Located, edges: &[Edge]) -> Option<Located> {
    let n = layout::side(before.version);
    let contrast = finder_contrast(frame, &h, n, [true; 3]);
    // Glare on a finder takes its contrast: what there was before is a better guess then.
    let contrast = if contrast * before.contrast > 0.0 { contrast } else { before.contrast };
    let contrast = contrast.abs().max(before.contrast.abs() * 0.5) * before.contrast.signum();
    if rise(frame, &h, contrast.signum(), contrast.abs(), edges.iter()) < THERE {
        return None;
    }
    let agreement = agreement(frame, &h, before.version, contrast).max(before.agreement * 0.5);
    Some(Located { homography: h, version: before.version, contrast, agreement })
}

/// Edges between modules that are known or were said to be dark and light.
fn edges(n: usize, map: &[Module], sum: &[f32], edges: &mut Vec<Edge>) {
    edges.clear();
    let dark = |x: usize, y: usize| match map[y * n + x] {
        Module::Dark => Some(true),
        Module::Light => Some(false),
        _ => sum.get(y * n + x).filter(|v| v.abs() > SURE).map(|v| *v > 0.0),
    };
    for y in 0..n {
        for x in 0..n {
            let Some(here) = dark(x, y) else { continue };
            let sign = if here { 1.0 } else { -1.0 };
            let (fx, fy) = (x as f32, y as f32);
            if x + 1 < n && dark(x + 1, y) == Some(!here) {
                edges.push(Edge { x: fx + 1.0, y: fy + 0.5, nx: sign, ny: 0.0 });
            }
            if y + 1 < n && dark(x, y + 1) == Some(!here) {
                edges.push(Edge { x: fx + 0.5, y: fy + 1.0, nx: 0.0, ny: sign });
            }
        }
    }
}

/// Leaves as many edges as are needed, from all over the code.
fn thin(edges: &mut Vec<Edge>) {
    let step = edges.len().div_ceil(MANY).max(1);
    let mut at = 0;
    edges.retain(|_| {
        at += 1;
        at % step == 0
    });
}

/// How much the picture rises over edges, each at most by `full`; 1 is as much as it should.
fn rise<'a>(
    frame: &Frame<'_>,
    h: &Homography,
    sign: f32,
    full: f32,
    edges: impl Iterator<Item = &'a Edge>,
) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0);
    for e in edges {
        let dark = grey(frame, h.project(e.x - e.nx * 0.5, e.y - e.ny * 0.5));
        let light = grey(frame, h.project(e.x + e.nx * 0.5, e.y + e.ny * 0.5));
        sum += ((light - dark) * sign / full.max(1.0)).clamp(-1.0, 1.0);
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The plane shifted to where most edges rise.
fn shift<'a, I: Iterator<Item = &'a Edge>>(
    frame: &Frame<'_>,
    h: &Homography,
    n: usize,
    sign: f32,
    edges: impl Fn() -> I,
) -> Option<Homography> {
    let (a, b) = h.steps(n as f32 / 2.0, n as f32 / 2.0);
    let module = (a.0 * b.1 - a.1 * b.0).abs().sqrt();
    let pitch = (module * 0.5).clamp(1.0, 4.0);
    // How far a rise is counted: enough that few strong edges of something else do not outweigh many.
    let full = finder_contrast(frame, h, n, [true; 3]).abs().clamp(15.0, 60.0);
    let mut best = (0.0, *h);
    let mut coarse = 0.0;
    for (around, pitch, reach) in [(*h, pitch, REACH), (*h, pitch * 0.4, 1)] {
        let middle = if coarse > 0.0 { best.1 } else { around };
        for i in -reach..=reach {
            for j in -reach..=reach {
                let moved = moved(&middle, i as f32 * pitch, j as f32 * pitch);
                let rise = rise(frame, &moved, sign, full, edges());
                if rise > best.0 {
                    best = (rise, moved);
                }
            }
        }
        coarse = best.0;
    }
    (best.0 > THERE * 0.6).then_some(best.1)
}

/// The plane moved by some pixels.
fn moved(h: &Homography, dx: f32, dy: f32) -> Homography {
    let mut m = h.0;
    for col in 0..3 {
        m[col] += dx * m[6 + col];
        m[3 + col] += dy * m[6 + col];
    }
    Homography(m)
}

fn settle(
    frame: &Frame<'_>,
    mut h: Homography,
    n: usize,
    contrast: f32,
    edges: &[Edge],
) -> Option<Homography> {
    // Edges lie a module apart: looking further than half of one finds the next.
    for reach in [0.7, 0.5, 0.5] {
        if fit::step(frame, &mut h, n, edges, &[], reach, contrast)?.settled() {
            break;
        }
    }
    h.sane(n as f32).then_some(h)
}
