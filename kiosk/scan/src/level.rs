//! One picture of the pyramid: black and white, finders, triples, and a try at each triple. What is read goes
//! to the codes; what is plainly a code but could not be read is kept for the dearer steps.

use crate::attempt::Attempt;
use crate::bits::Bits;
use crate::finders::{self, Finder, Near, Shape};
use crate::pairs;
use crate::place::{Located, Origin};
use crate::threshold::Threshold;
use crate::triples::{self, Triple};
use crate::{Budget, Code, Frame, Point};

/// Pixels of a picture that is cheap to look at in full.
pub(crate) const SMALL: usize = 200_000;

/// How a picture of the pyramid becomes black and white.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// The wide surroundings.
    Blocks,
    /// A window of so many pixels to each side.
    Window(usize),
}

/// The steps from a picture to tries, and their buffers.
#[derive(Default)]
pub(crate) struct Level {
    pub threshold: Threshold,
    pub attempt: Attempt,
    bits: Bits,
    edges: Vec<u32>,
    near: Near,
    finders: Vec<Finder>,
    triples: Vec<Triple>,
    used: Vec<bool>,
    /// The best finders of all pictures of the frame, in its pixels, and their marks.
    best: Vec<(Finder, f32)>,
    /// Codes that were seen but not read yet.
    pub seen: Vec<Located>,
    /// Finders left over that look true.
    pub left: usize,
    /// Size in pixels of the largest finder that looks true.
    pub largest: f32,
    /// What was done since the frame began, counted as if all of it were reading pixels.
    pub work: u64,
}

impl Level {
    /// Another frame begins.
    pub fn begin(&mut self) {
        self.seen.clear();
        self.best.clear();
        self.left = 0;
        self.largest = 0.0;
        self.work = 0;
    }

    /// Finds finders in `picture`, which lies at `from` in `frame`, and tries their triples.
    pub fn look(
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
        // Every row is walked where that costs little; blurred finders are high, and many things look like one.
        let small = from.scale > 1.0 || frame.width * frame.height < SMALL;
        let step = match against {
            Against::Blocks if small => 1,
            Against::Blocks => 3,
            Against::Window(_) => 2,
        };
        self.find(frame, picture, against, step);
        triples::rank(&self.bits, &self.finders, (self.strong(step, against) * 2).max(16), &mut self.triples);
        self.used.clear();
        self.used
            .extend(self.finders.iter().map(|f| codes.iter().any(|c| c.covers(from.project((f.x, f.y))))));
        if let Some(f) = self.finders.first().filter(|f| f.mark(step) > 0.6) {
            self.largest = self.largest.max(f.size() * from.scale);
        }
        for f in self.finders.iter().take(pairs::MOST).filter(|f| f.mark(step) > 0.6) {
            let (x, y) = from.project((f.x, f.y));
            let (across, down) = (f.across * from.scale, f.down * from.scale);
            pairs::keep(&mut self.best, Finder { x, y, across, down, ..*f }, f.mark(step));
        }
        let slack = if against == Against::Blocks { 0.0 } else { 0.02 };
        for i in 0..self.triples.len() {
            let triple = self.triples[i];
            if budget.spent() {
                return;
            }
            if triple.members.iter().any(|&m| self.used[m]) {
                continue;
            }
            self.work += A_PLACE;
            let dark = self.finders[triple.members[0]].dark;
            let Some(place) = self.attempt.locate(frame, &triple, from, dark, slack) else { continue };
            if place.agreement < 0.35 {
                continue;
            }
            self.work += place.modules() * A_MODULE;
            if let Some(code) = self.attempt.read(frame, &place) {
                // Whatever lies within belongs to this code.
                for (used, f) in self.used.iter_mut().zip(&self.finders) {
                    *used |= code.covers(from.project((f.x, f.y)));
                }
                codes.push(code);
            } else {
                self.seen.push(place);
            }
        }
        self.left =
            self.finders.iter().zip(&self.used).filter(|(f, used)| !**used && f.mark(step) > 0.5).count();
    }

    /// Fills `finders` with those worth combining, the best first.
    fn find(&mut self, frame: &Frame<'_>, picture: Frame<'_>, against: Against, step: usize) {
        let pixels = (picture.width * picture.height) as u64;
        match against {
            Against::Blocks => self.threshold.run(picture, 2, &mut self.bits),
            Against::Window(radius) => self.threshold.tight(picture, radius, &mut self.bits),
        }
        self.work += if against == Against::Blocks { pixels } else { 3 * pixels };
        // In a large picture, what is hardly wider than its pixels is noise.
        let least = if frame.width * frame.height < SMALL { 8 } else { 14 };
        let shape = if against == Against::Blocks { Shape::Sharp } else { Shape::Blurred };
        finders::find(&self.bits, (least, shape), step, &mut self.edges, &mut self.near, &mut self.finders);
        self.finders.sort_unstable_by(|a, b| b.mark(step).total_cmp(&a.mark(step)));
        // True ones have a mark of 0.4 to 0.9, chance ones rarely more than 0.4.
        let least = if against == Against::Blocks { 0.15 } else { 0.0 };
        let fair = self.finders.iter().take_while(|f| f.mark(step) > least).count();
        self.finders.truncate(fair.min(self.strong(step, against).clamp(20, 72)));
    }

    /// How many finders, best first, are hardly there by chance.
    fn strong(&self, step: usize, against: Against) -> usize {
        let least = if against == Against::Blocks { 0.5 } else { 0.6 };
        self.finders.iter().take_while(|f| f.mark(step) > least).count()
    }

    /// Tries what the best finders may be part of, two by two.
    pub fn pairs(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
        let whole = Origin { scale: 1.0, corner: (0.0, 0.0) };
        for i in 0..self.best.len() {
            for j in i + 1..self.best.len() {
                let (a, b) = (self.best[i].0, self.best[j].0);
                let inside = |p: &Point| frame.holds(*p);
                for triple in pairs::guesses(&a, &b).filter(|triple| triple.at.iter().all(inside)) {
                    if budget.spent() {
                        return;
                    }
                    self.work += A_PLACE;
                    let place = self.attempt.locate(frame, &triple, whole, a.dark, 0.02);
                    let Some(place) = place.filter(|place| place.agreement > 0.45) else { continue };
                    self.work += place.modules() * A_MODULE;
                    if let Some(code) = self.attempt.read(frame, &place) {
                        codes.push(code);
                        return;
                    }
                    self.seen.push(place);
                }
            }
        }
    }

    /// Reads a place after undoing blur.
    pub fn read_blurred(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Code> {
        self.work += place.modules() * A_BLURRED_MODULE;
        self.attempt.read_blurred(frame, place)
    }
}

/// Work of fitting a plane to three finders.
const A_PLACE: u64 = 4_000;
/// Work of sampling a module.
const A_MODULE: u64 = 8;
/// Work of undoing a module's blur.
const A_BLURRED_MODULE: u64 = 200;
