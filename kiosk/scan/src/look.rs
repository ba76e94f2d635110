//! One look at one picture: the pyramid of its sizes from cheap to dear, finders, triples, attempts.
//! It stops at the first size that leaves nothing unread.

use crate::attempt::{Attempt, Located, Origin};
use crate::bits::Bits;
use crate::evidence::Evidence;
use crate::finders::{self, Finder, Near, Shape};
use crate::threshold::{Threshold, halve};
use crate::triples::{self, Triple};
use crate::{Budget, Code, Frame};

/// One look at a frame, and the buffers for it.
#[derive(Default)]
pub(crate) struct Look {
    half: Vec<u8>,
    quarter: Vec<u8>,
    threshold: Threshold,
    bits: Bits,
    edges: Vec<u32>,
    near: Near,
    finders: Vec<Finder>,
    triples: Vec<Triple>,
    used: Vec<bool>,
    attempt: Attempt,
    /// Codes that were seen but not read yet.
    seen: Vec<Located>,
    /// The best of those that stayed unread.
    unread: Option<Located>,
    /// Finders left over that look true.
    left: usize,
    /// Size in pixels of the largest finder that looks true.
    largest: f32,
}

/// Pixels of a picture that is cheap to look at in full.
const SMALL: usize = 200_000;

/// Codes to spend deblurring on.
const BLURRED: usize = 4;

/// How a picture of the pyramid becomes black and white.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Against {
    /// The wide surroundings.
    Blocks,
    /// A window of so many pixels to each side.
    Window(usize),
}

impl Look {
    /// Reads what is in a frame into `codes`. `evidence` remembers what stayed unread.
    pub fn run(
        &mut self,
        frame: &Frame<'_>,
        budget: &Budget<'_>,
        evidence: Option<&mut Evidence>,
        codes: &mut Vec<Code>,
    ) {
        self.seen.clear();
        self.unread = None;
        self.largest = 0.0;
        let (mut half, mut quarter) = (std::mem::take(&mut self.half), std::mem::take(&mut self.quarter));
        self.pyramid(frame, &mut half, &mut quarter, budget, codes);
        (self.half, self.quarter) = (half, quarter);
        if !codes.is_empty() {
            self.others(frame, budget, codes);
        } else if let (Some(evidence), Some(place)) = (evidence, &self.unread)
            && place.agreement > 0.4
        {
            let soft = self.attempt.resample(frame, place);
            if let Some((sum, frames)) = evidence.add(place, soft) {
                codes.extend(self.attempt.read_sum(place, sum, frames));
            }
        }
    }

    /// The best of what was seen in the last run and not read.
    pub fn seen(&self) -> Option<&Located> {
        self.unread.as_ref()
    }

    /// Size in pixels of the largest thing that looked like a finder; 0 when there was none.
    pub fn largest(&self) -> f32 {
        self.largest
    }

    /// Whether the last run gave reason to look again.
    pub fn saw_something(&self) -> bool {
        self.unread.is_some() || self.left >= 2
    }

    fn pyramid(
        &mut self,
        frame: &Frame<'_>,
        half: &mut Vec<u8>,
        quarter: &mut Vec<u8>,
        budget: &Budget<'_>,
        codes: &mut Vec<Code>,
    ) {
        let whole = |scale: f32| Origin { scale, corner: (0.0, 0.0) };
        let small = frame.width * frame.height < SMALL;
        if small {
            self.level(frame, (*frame, whole(1.0)), Against::Blocks, budget, codes);
        }
        if frame.width < 64 || frame.height < 64 {
            self.again(frame, budget, codes);
            return;
        }
        if self.done(codes) {
            return;
        }
        let (width, height) = halve(*frame, half);
        let half = Frame { luma: half, width, height, stride: width };
        self.level(frame, (half, whole(2.0)), Against::Blocks, budget, codes);
        // Modules too small for the half size make a dense texture in it: the full size is looked at there.
        let texture = self.threshold.textured(width, height);
        if let Some([left, top, right, bottom]) = texture
            && !small
            && !self.done(codes)
        {
            let part = frame.part([2 * left, 2 * top, 2 * right, 2 * bottom]);
            let corner = (2.0 * left as f32, 2.0 * top as f32);
            self.level(frame, (part, Origin { scale: 1.0, corner }), Against::Blocks, budget, codes);
        }
        if !codes.is_empty() {
            return;
        }
        let (width, height) = halve(half, quarter);
        let quarter = Frame { luma: quarter, width, height, stride: width };
        self.level(frame, (quarter, whole(4.0)), Against::Blocks, budget, codes);
        let coarse_texture = self.threshold.textured(width, height);
        if codes.is_empty() {
            self.again(frame, budget, codes);
        }
        if let Some(bounds) = texture
            && codes.is_empty()
        {
            let corner = (2.0 * bounds[0] as f32, 2.0 * bounds[1] as f32);
            let part = (half.part(bounds), Origin { scale: 2.0, corner });
            self.level(frame, part, Against::Window(7), budget, codes);
        }
        if let Some(bounds) = coarse_texture
            && codes.is_empty()
        {
            let corner = (4.0 * bounds[0] as f32, 4.0 * bounds[1] as f32);
            let part = (quarter.part(bounds), Origin { scale: 4.0, corner });
            self.level(frame, part, Against::Window(6), budget, codes);
        }
        if codes.is_empty() {
            self.again(frame, budget, codes);
        }
    }

    /// Whether everything that looks like a code has been read.
    fn done(&self, codes: &[Code]) -> bool {
        !codes.is_empty() && self.left < 3
    }

    /// Finds finders and tries their triples in one picture of the pyramid.
    fn level(
        &mut self,
        frame: &Frame<'_>,
        (picture, from): (Frame<'_>, Origin),
        against: Against,
        budget: &Budget<'_>,
        codes: &mut Vec<Code>,
    ) {
        if budget.spent() {
            return;
        }
        self.threshold.run(picture, 2, &mut self.bits);
        if let Against::Window(radius) = against {
            self.threshold.tight(picture, radius, &mut self.bits);
        }
        let step = if from.scale > 1.0 || frame.width * frame.height < SMALL { 1 } else { 3 };
        let shape = if against == Against::Blocks { Shape::Sharp } else { Shape::Blurred };
        let slack = if shape == Shape::Sharp { 0.0 } else { 0.02 };
        // In a large picture, what is hardly wider than its pixels is noise.
        let least = if frame.width * frame.height < SMALL { 8 } else { 14 };
        finders::find(&self.bits, (least, shape), step, &mut self.edges, &mut self.near, &mut self.finders);
        self.finders.sort_unstable_by(|a, b| b.mark(step).total_cmp(&a.mark(step)));
        // True ones have a mark of 0.4 to 0.9, chance ones rarely more than 0.4.
        let (least, strong) = if shape == Shape::Sharp { (0.15, 0.5) } else { (0.0, 0.6) };
        let strong = self.finders.iter().take_while(|f| f.mark(step) > strong).count();
        let fair = self.finders.iter().take_while(|f| f.mark(step) > least).count();
        self.finders.truncate(fair.min(strong.clamp(20, 72)));
        triples::rank(&self.bits, &self.finders, (strong * 2).max(16), &mut self.triples);
        self.used.clear();
        self.used
            .extend(self.finders.iter().map(|f| codes.iter().any(|c| c.covers(from.project((f.x, f.y))))));
        if let Some(f) = self.finders.first().filter(|f| f.mark(step) > 0.6) {
            self.largest = self.largest.max(f.size() * from.scale);
        }
        for triple in &self.triples {
            if budget.spent() {
                return;
            }
            if triple.members.iter().any(|&m| self.used[m]) {
                continue;
            }
            let dark = self.finders[triple.members[0]].dark;
            let Some(place) = self.attempt.locate(frame, triple, from, dark, slack) else { continue };
            if place.agreement > 0.4
                && let Some(code) = self.attempt.read(frame, &place)
            {
                // Whatever lies within belongs to this code.
                for (used, f) in self.used.iter_mut().zip(&self.finders) {
                    *used |= code.covers(from.project((f.x, f.y)));
                }
                codes.push(code);
            } else if place.agreement > 0.35 {
                self.seen.push(place);
            }
        }
        self.left =
            self.finders.iter().zip(&self.used).filter(|(f, used)| !**used && f.mark(step) > 0.5).count();
    }

    /// Reads with more effort what was plainly seen beside the codes that were read.
    fn others(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
        let covered = |place: &Located, codes: &[Code]| codes.iter().any(|code| code.covers(place.middle()));
        self.seen.retain(|place| place.agreement > 0.7 && !covered(place, codes));
        self.seen.truncate(BLURRED);
        for place in self.seen.drain(..) {
            if budget.spent() {
                return;
            }
            if !covered(&place, codes) {
                codes.extend(self.attempt.read_blurred(frame, &place));
            }
        }
    }

    /// Reads again, with more effort, what was seen and not read.
    fn again(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
        self.seen.sort_unstable_by(|a, b| b.agreement.total_cmp(&a.agreement));
        self.seen.truncate(BLURRED);
        if let Some(best) = self.seen.first()
            && self.unread.is_none_or(|u| best.agreement > u.agreement)
        {
            self.unread = Some(*best);
        }
        for place in self.seen.drain(..) {
            if budget.spent() {
                return;
            }
            codes.extend(self.attempt.read_blurred(frame, &place));
            if !codes.is_empty() {
                return;
            }
        }
    }
}
