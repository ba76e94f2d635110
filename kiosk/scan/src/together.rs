//! All views of a code read together. What they say of a module is added up by what each is worth and by how much
//! it saw there. If that cannot be read, each view's filter is learnt anew from what all of them decided, which
//! is far more than the patterns that every code has, and the sum is made again: views teach each other, as the
//! parts of a turbo receiver do (Douillard and others: "Iterative correction of intersymbol interference", 1995).
//! Blur that no filter undoes is last (`interference`), over the best views at once.

use crate::Budget;
use crate::evidence::Steps;
use crate::interference::Readings;
use crate::layout;
use crate::place::Located;
use crate::reading::{Reader, Reading};
use crate::view::View;

/// Views that are kept of a code.
pub(crate) const MOST: usize = 10;
/// How often views teach each other, and how many modules, over all views and all times, are enough for a frame.
const LESSONS: usize = 3;
const TAUGHT: usize = 100_000;

/// Worth of a view whose blur a filter undoes: what cannot be read then is hidden, not blurred.
const SHARP: f32 = 9.0;
/// Modules, over all views, of which more blur is undone than a filter can.
const UNTANGLED: usize = 14_000;
/// Rounds of that.
const UNTANGLINGS: usize = 6;

/// How much is done to read views together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// They are read as they are.
    Small,
    /// They teach each other, and blur is undone over all of them.
    Great,
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Together {
    plain: Vec<f32>,
    turned: Vec<f32>,
}

/// Adds up what views say, so that a module of usual certainty has 0.8.
pub(crate) fn sum(views: &[View], n: usize, sum: &mut Vec<f32>) {
    sum.clear();
    sum.resize(n * n, 0.0);
    for view in views.iter().filter(|view| view.worth > 0.0) {
        for ((sum, said), seen) in sum.iter_mut().zip(&view.said).zip(&view.seen) {
            *sum += view.worth * seen * said;
        }
    }
    even_out(sum);
}

fn even_out(sum: &mut [f32]) {
    let usual = sum.iter().map(|v| v.abs()).sum::<f32>() / sum.len().max(1) as f32;
    let scale = 0.8 / usual.max(1e-6);
    for v in sum {
        *v = (*v * scale).clamp(-1.6, 1.6);
    }
}

/// Reads all views of a code that lies at `place`; says whether it was seen in a mirror. `sum` is what they say
/// together, and is better after.
pub(crate) fn read(
    views: &mut [View],
    place: &Located,
    sum: &mut Vec<f32>,
    effort: Effort,
    budget: &Budget<'_>,
    steps: &mut Steps,
) -> Option<(Reading, bool)> {
    let n = layout::side(place.version);
    let mut buffers = std::mem::take(&mut steps.together);
    let read = rounds(views, (n, place.version), sum, &mut buffers, (effort, budget), steps);
    steps.together = buffers;
    read
}

fn rounds(
    views: &mut [View],
    (n, version): (usize, usize),
    sum: &mut Vec<f32>,
    buffers: &mut Together,
    (effort, budget): (Effort, &Budget<'_>),
    steps: &mut Steps,
) -> Option<(Reading, bool)> {
    steps.reader.cautious = true;
    if let Some(read) = both_ways(&mut steps.reader, version, sum, &mut buffers.turned) {
        return Some(read);
    }
    // As they stand, too: where there is more noise than blur, undoing blur adds to it.
    buffers.plain.clear();
    buffers.plain.resize(n * n, 0.0);
    for view in views.iter().filter(|view| view.worth > 0.0) {
        view.plain(n, &mut steps.plain);
        for ((sum, said), seen) in buffers.plain.iter_mut().zip(&steps.plain).zip(&view.seen) {
            *sum += view.worth.min(3.0) * seen * said;
        }
    }
    even_out(&mut buffers.plain);
    if let Some(read) = both_ways(&mut steps.reader, version, &buffers.plain, &mut buffers.turned) {
        return Some(read);
    }
    if views.len() < 2 || effort == Effort::Small {
        return None;
    }
    for _ in 0..lessons(views.len(), n) {
        for view in views.iter_mut() {
            if budget.spent() {
                return None;
            }
            let map = steps.reader.map(version);
            let learnt = steps.equaliser.learn_from(&view.fine, n, map, (sum, &view.seen), &mut view.said);
            let Some(accounted) = learnt else { continue };
            view.weigh(accounted);
            view.agree(n, sum);
        }
        self::sum(views, n, sum);
        if let Some(read) = both_ways(&mut steps.reader, version, sum, &mut buffers.turned) {
            return Some(read);
        }
    }
    untangled(views, (n, version), sum, buffers, budget, steps)
}

/// How often so many views of a code of `n` modules a side teach each other.
pub(crate) fn lessons(views: usize, n: usize) -> usize {
    (TAUGHT / (views * n * n).max(1)).clamp(1, LESSONS)
}

/// Undoes more blur than filters can, over the best views at once.
fn untangled(
    views: &[View],
    (n, version): (usize, usize),
    sum: &[f32],
    buffers: &mut Together,
    budget: &Budget<'_>,
    steps: &mut Steps,
) -> Option<(Reading, bool)> {
    let count = (UNTANGLED / (n * n)).min(views.len());
    if count == 0 || budget.spent() {
        return None;
    }
    let mut best: Vec<&View> = views.iter().collect();
    best.sort_unstable_by(|a, b| b.worth.total_cmp(&a.worth));
    if best[0].worth > SHARP {
        return None;
    }
    let pictures: Vec<Readings<'_>> =
        best[..count].iter().map(|view| Readings { fine: &view.fine, seen: &view.seen }).collect();
    buffers.plain.clear();
    buffers.plain.extend_from_slice(sum);
    let map = steps.reader.map(version);
    if !steps.interference.untangle(&pictures, UNTANGLINGS, n, map, &mut buffers.plain) {
        return None;
    }
    both_ways(&mut steps.reader, version, &buffers.plain, &mut buffers.turned)
}

/// Reads soft modules as they are and, if that fails, as seen in a mirror.
pub(crate) fn both_ways(
    reader: &mut Reader,
    version: usize,
    soft: &[f32],
    turned: &mut Vec<f32>,
) -> Option<(Reading, bool)> {
    if let Some(reading) = reader.read(version, soft) {
        return Some((reading, false));
    }
    let n = layout::side(version);
    turned.clear();
    turned.extend((0..n * n).map(|i| soft[i % n * n + i / n]));
    reader.read(version, turned).map(|reading| (reading, true))
}
