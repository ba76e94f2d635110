//! One picture of the pyramid: black and white, finders, triples, and a try at each triple. What is read goes
//! to the codes; what is plainly a code but could not be read is kept for the dearer steps.

use crate::attempt::Attempt;
use crate::bits::Bits;
use crate::finders::{self, Finder, Near, Shape, Sides};
use crate::likeness::{Likeness, Mark};
use crate::pairs::{self, Pair};
use crate::place::{Located, Origin};
use crate::threes::{self, Three};
use crate::threshold::{Texture, Threshold};
use crate::triples::{self, Triple};
use crate::unfocused::Guess;
use crate::{Budget, Code, Frame};

/// Pixels of a picture that is cheap to look at in full.
pub(crate) const SMALL: usize = 200_000;

/// How a picture of the pyramid becomes black and white.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// The wide surroundings.
    Blocks,
    /// A window of so many pixels to each side, in the part that begins at a block of what was looked at before.
    Window(usize, (usize, usize)),
}

/// The steps from a picture to tries, and their buffers.
#[derive(Default)]
pub(crate) struct Level {
    /// Of the full size, the half and the quarter.
    thresholds: [Threshold; 3],
    pub attempt: Attempt,
    bits: Bits,
    /// The same with rows and columns exchanged.
    columns: Bits,
    edges: Vec<u32>,
    near: Near,
    finders: Vec<Finder>,
    triples: Vec<Triple>,
    pairs: Vec<Pair>,
    likeness: Likeness,
    marks: Vec<Mark>,
    threes: Vec<Three>,
    used: Vec<bool>,
    /// Codes that were seen but not read yet.
    pub seen: Vec<Located>,
    /// Finders of codes that may be too far out of focus for their edges to be found.
    pub doubtful: Vec<Guess>,
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
        self.doubtful.clear();
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
            // Whatever is too small for every second row of the half size is looked at in the full size.
            Against::Blocks if from.stage() == 1 => 2,
            Against::Blocks if small => 1,
            Against::Blocks => 3,
            Against::Window(..) => 2,
        };
        self.find(frame, (picture, from.stage()), against, step);
        triples::rank(&self.bits, &self.finders, (self.strong(step, against) * 2).max(16), &mut self.triples);
        self.used.clear();
        self.used
            .extend(self.finders.iter().map(|f| codes.iter().any(|c| c.covers(from.project((f.x, f.y))))));
        if let Some(f) = self.finders.first().filter(|f| f.mark(step) > 0.6) {
            self.largest = self.largest.max(f.size() * from.scale);
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
            let place = self.attempt.locate(frame, &triple, from, dark, slack);
            let Some(place) = place.filter(|place| place.agreement >= 0.35) else {
                self.doubt(&triple, from, dark);
                continue;
            };
            if self.seen.iter().any(|seen| seen.same(&place)) {
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
        if codes.is_empty() && against == Against::Blocks {
            self.complete(frame, from, step, budget, codes);
        }
        self.left =
            self.finders.iter().zip(&self.used).filter(|(f, used)| !**used && f.mark(step) > 0.5).count();
    }

    /// Locates codes by what is like their finders in grey, with modules of these sizes, where no threshold brought
    /// finders out. What is plainly a code is kept for the dearer steps: it is blurred.
    pub fn look_alike(
        &mut self,
        frame: &Frame<'_>,
        (picture, from): (Frame<'_>, Origin),
        modules: &[f32],
        budget: &Budget<'_>,
    ) {
        if budget.spent() {
            return;
        }
        self.work += (picture.width * picture.height * modules.len()) as u64;
        self.likeness.find(&picture, modules, &mut self.marks);
        threes::rank(&picture, &self.marks, THREES, &mut self.threes);
        for i in 0..self.threes.len() {
            let three = self.threes[i];
            if budget.spent() {
                return;
            }
            self.work += A_PLACE;
            let triple = Triple::roughly(three.at, three.modules);
            let place = self.attempt.locate(frame, &triple, from, three.dark, ROUGH);
            let Some(place) = place.filter(|place| place.agreement > 0.35) else {
                self.doubt(&triple, from, three.dark);
                continue;
            };
            if !self.seen.iter().any(|seen| seen.same(&place)) {
                self.seen.push(place);
            }
        }
    }

    /// Keeps finders that are not where a code's edges are.
    fn doubt(&mut self, triple: &Triple, from: Origin, dark: bool) {
        let guess = Guess {
            at: triple.at.map(|at| from.project(at)),
            shrink: triple.shrink,
            modules: triple.modules,
            dark,
        };
        if self.doubtful.len() < DOUBTFUL && !self.doubtful.iter().any(|other| other.is_near(&guess)) {
            self.doubtful.push(guess);
        }
    }

    /// Tries codes of which only two finders were seen, unless one was plainly seen with all three.
    fn complete(
        &mut self,
        frame: &Frame<'_>,
        from: Origin,
        step: usize,
        budget: &Budget<'_>,
        codes: &mut Vec<Code>,
    ) {
        let strong = self.strong(step, Against::Blocks);
        if strong < 2 || self.seen.iter().any(|place| place.agreement > 0.7) {
            return;
        }
        pairs::rank(&self.bits, &self.finders[..strong], PAIRS, &mut self.pairs);
        for i in 0..self.pairs.len() {
            if budget.spent() {
                return;
            }
            let pair = self.pairs[i];
            self.work += A_PLACE;
            let dark = self.finders[pair.members[0]].dark;
            let place = self.attempt.locate_pair(frame, &pair, from, dark);
            let Some(place) = place.filter(|place| place.agreement > 0.5) else { continue };
            self.work += place.modules() * A_MODULE;
            if let Some(code) = self.attempt.read(frame, &place) {
                codes.push(code);
                return;
            }
            self.seen.push(place);
        }
    }

    /// Fills `finders` with those worth combining, the best first.
    fn find(
        &mut self,
        frame: &Frame<'_>,
        (picture, stage): (Frame<'_>, usize),
        against: Against,
        step: usize,
    ) {
        let pixels = (picture.width * picture.height) as u64;
        let threshold = &mut self.thresholds[stage];
        match against {
            Against::Blocks => {
                threshold.measure(picture);
                threshold.run(picture, &mut self.bits);
            }
            Against::Window(radius, corner) => threshold.tight(picture, corner, radius, &mut self.bits),
        }
        self.work += if against == Against::Blocks { pixels } else { 3 * pixels };
        // In a large picture, what is hardly wider than its pixels is noise.
        let least = if frame.width * frame.height < SMALL { 8 } else { 11 };
        let shape = if against == Against::Blocks { Shape::Sharp } else { Shape::Blurred };
        self.bits.transpose(&mut self.columns);
        let sides = Sides { rows: &self.bits, columns: &self.columns };
        finders::find(sides, (least, shape), step, &mut self.edges, &mut self.near, &mut self.finders);
        self.finders.sort_unstable_by(|a, b| b.mark(step).total_cmp(&a.mark(step)));
        // True ones have a mark of 0.4 to 0.9, chance ones rarely more than 0.4.
        let least = if against == Against::Blocks { 0.15 } else { 0.0 };
        let fair = self.finders.iter().take_while(|f| f.mark(step) > least).count();
        self.finders.truncate(fair.min(self.strong(step, against).clamp(20, 72)));
    }

    /// The textured part of the picture of this size that was looked at last, without codes that were read.
    pub fn textured(
        &self,
        like: Texture,
        (picture, from): (Frame<'_>, Origin),
        codes: &[Code],
    ) -> Option<[usize; 4]> {
        let read = |p| codes.iter().any(|code| code.covers(from.project(p)));
        self.thresholds[from.stage()].textured(like, picture, read)
    }

    /// Forgets that what has but stripes is a texture.
    pub fn without_stripes(&mut self, (picture, from): (Frame<'_>, Origin)) {
        self.thresholds[from.stage()].without_stripes(picture);
    }

    /// How many finders, best first, are hardly there by chance.
    fn strong(&self, step: usize, against: Against) -> usize {
        let least = if against == Against::Blocks { 0.5 } else { 0.6 };
        self.finders.iter().take_while(|f| f.mark(step) > least).count()
    }

    /// Reads a place after undoing blur.
    pub fn read_blurred(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Code> {
        self.work += place.modules() * A_BLURRED_MODULE;
        self.attempt.read_blurred(frame, place)
    }
}

/// Threes of what is like a finder that are tried, and by how much more their edges may be off.
const THREES: usize = 12;
const ROUGH: f32 = 0.1;
/// Codes out of focus that may be tried.
const DOUBTFUL: usize = 4;
/// Pairs of finders to complete to a code.
const PAIRS: usize = 8;

/// Work of fitting a plane to three finders.
const A_PLACE: u64 = 4_000;
/// Work of sampling a module.
const A_MODULE: u64 = 8;
/// Work of undoing a module's blur.
const A_BLURRED_MODULE: u64 = 200;
