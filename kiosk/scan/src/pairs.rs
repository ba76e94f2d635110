//! Two finders whose third is not to be seen, because a glare spot lies on it. Where it should be follows from the
//! two, if the code is not tilted much: at a right angle to the line between them, at either end and to either side,
//! or, if they lie on the diagonal, at a right angle above its middle. Six guesses, each tried like any triple: the
//! timing line between the two and the alignment pattern tell which of them is true.

use crate::Point;
use crate::finders::Finder;
use crate::triples::Triple;

/// Finders looked at, the best of all sizes of the picture.
pub(crate) const MOST: usize = 4;
/// Modules between the centres of two finders: of versions 1 and 14.
const LEGS: std::ops::Range<f32> = 12.0..68.0;

/// Keeps the best finders of a frame in its own pixels, each once.
pub(crate) fn keep(kept: &mut Vec<(Finder, f32)>, finder: Finder, mark: f32) {
    let near = |f: &Finder| (f.x - finder.x).hypot(f.y - finder.y) < f.size() * 0.5;
    if let Some((known, best)) = kept.iter_mut().find(|(f, _)| f.dark == finder.dark && near(f)) {
        if mark > *best {
            (*known, *best) = (finder, mark);
        }
        return;
    }
    if kept.len() < MOST {
        kept.push((finder, mark));
    } else if let Some(least) = kept.iter_mut().min_by(|a, b| a.1.total_cmp(&b.1))
        && least.1 < mark
    {
        *least = (finder, mark);
    }
}

/// What two finders of one polarity may be part of.
pub(crate) fn guesses(a: &Finder, b: &Finder) -> impl Iterator<Item = Triple> {
    let module = (a.size() * b.size()).sqrt() / 7.0;
    let alike = a.dark == b.dark && a.size().max(b.size()) < a.size().min(b.size()) * 1.35;
    let (p, q): (Point, Point) = ((a.x, a.y), (b.x, b.y));
    let along = (q.0 - p.0, q.1 - p.1);
    // At a right angle, so that a code's x and y turn the usual way.
    let up = (-along.1, along.0);
    let plus = |p: Point, v: Point, times: f32| (p.0 + v.0 * times, p.1 + v.1 * times);
    let middle = plus(p, along, 0.5);
    let leg = along.0.hypot(along.1) / module;
    let ratio = b.size() / a.size();
    let half = leg * std::f32::consts::FRAC_1_SQRT_2;
    [
        ([p, q, plus(p, up, 1.0)], leg, [ratio, 1.0]),
        ([p, plus(p, up, -1.0), q], leg, [1.0, ratio]),
        ([q, p, plus(q, up, -1.0)], leg, [1.0 / ratio, 1.0]),
        ([q, plus(q, up, 1.0), p], leg, [1.0, 1.0 / ratio]),
        ([plus(middle, up, 0.5), p, q], half, [1.0, 1.0]),
        ([plus(middle, up, -0.5), q, p], half, [1.0, 1.0]),
    ]
    .into_iter()
    .filter(move |(_, modules, _)| alike && LEGS.contains(modules))
    .map(|(at, modules, shrink)| Triple { members: [0; 3], at, modules, shrink, cost: 0.0 })
}
