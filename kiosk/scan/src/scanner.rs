//! The pipeline's front door: looks go from cheap to dear, and stop at the first that reads.

use crate::attempt::{Attempt, Located};
use crate::bits::Bits;
use crate::finders::{self, Finder, Near, Shape};
use crate::threshold::{Threshold, halve};
use crate::triples::{self, Triple};
use crate::{Budget, Code, Frame, Scan};

/// Reads one camera's successive frames; keeps its buffers and what it saw last.
#[derive(Default)]
pub struct Scanner {
    look: Look,
}

impl Scanner {
    /// A scanner that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at the next frame of this camera.
    pub fn scan(&mut self, frame: Frame<'_>, budget: &Budget<'_>) -> Scan {
        let mut codes = Vec::new();
        if let Some(frame) = frame.checked() {
            self.look.all(&frame, budget, &mut codes);
        }
        Scan { codes, guidance: None, elapsed_us: budget.elapsed_us() }
    }
}

/// Reads a single frame, with no state and no limit.
pub fn decode(frame: Frame<'_>) -> Vec<Code> {
    decode_within(frame, &Budget::unlimited())
}

/// Reads a single frame, with no state, until the budget is spent.
pub fn decode_within(frame: Frame<'_>, budget: &Budget<'_>) -> Vec<Code> {
    Scanner::new().scan(frame, budget).codes
}

/// One look at a frame, and the buffers for it.
#[derive(Default)]
struct Look {
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
}

/// Pixels of a picture that is cheap to look at in full.
const SMALL: usize = 200_000;

/// Codes to spend deblurring on.
const BLURRED: usize = 6;

/// How a picture of the pyramid becomes black and white.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Against {
    /// The wide surroundings.
    Blocks,
    /// A window of so many pixels to each side.
    Window(usize),
}

impl Look {
    fn all(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
        self.seen.clear();
        let (mut half, mut quarter) = (std::mem::take(&mut self.half), std::mem::take(&mut self.quarter));
        self.pyramid(frame, &mut half, &mut quarter, budget, codes);
        (self.half, self.quarter) = (half, quarter);
    }

    fn pyramid(
        &mut self,
        frame: &Frame<'_>,
        half: &mut Vec<u8>,
        quarter: &mut Vec<u8>,
        budget: &Budget<'_>,
        codes: &mut Vec<Code>,
    ) {
        let full = (*frame, 1.0);
        let small = frame.width * frame.height < SMALL;
        if small {
            self.level(frame, full, Against::Blocks, budget, codes);
        }
        if frame.width < 64 || frame.height < 64 {
            self.again(frame, budget, codes);
            return;
        }
        if !codes.is_empty() {
            return;
        }
        let (width, height) = halve(*frame, half);
        let half = (Frame { luma: half, width, height, stride: width }, 2.0);
        self.level(frame, half, Against::Blocks, budget, codes);
        if !small && codes.is_empty() {
            self.level(frame, full, Against::Blocks, budget, codes);
        }
        if !codes.is_empty() {
            return;
        }
        let (width, height) = halve(half.0, quarter);
        let quarter = (Frame { luma: quarter, width, height, stride: width }, 4.0);
        self.level(frame, quarter, Against::Blocks, budget, codes);
        if codes.is_empty() {
            self.again(frame, budget, codes);
        }
        if codes.is_empty() {
            self.level(frame, half, Against::Window(7), budget, codes);
            self.level(frame, quarter, Against::Window(6), budget, codes);
            if codes.is_empty() {
                self.again(frame, budget, codes);
            }
        }
    }

    /// Finds finders and tries their triples in one picture of the pyramid.
    fn level(
        &mut self,
        frame: &Frame<'_>,
        (picture, scale): (Frame<'_>, f32),
        against: Against,
        budget: &Budget<'_>,
        codes: &mut Vec<Code>,
    ) {
        if budget.spent() {
            return;
        }
        let t = crate::attempt::Timer::new();
        self.threshold.run(picture, 2, &mut self.bits);
        if let Against::Window(radius) = against {
            self.threshold.tight(picture, radius, &mut self.bits);
        }
        t.lap("threshold");
        if let Ok(d) = std::env::var("GH_DUMP") {
            let mut o = format!("P1 {} {}\n", self.bits.width, self.bits.height);
            for y in 0..self.bits.height { for x in 0..self.bits.width { o.push(if self.bits.dark(x,y) {'1'} else {'0'}); } o.push('\n'); }
            let w = match against { Against::Blocks => 0, Against::Window(r) => r };
            std::fs::write(format!("{d}-{scale}-{w}.pbm"), o).unwrap();
        }
        let step = if scale > 1.0 || frame.width * frame.height < SMALL { 1 } else { 3 };
        let shape = if against == Against::Blocks { Shape::Sharp } else { Shape::Blurred };
        let slack = if shape == Shape::Sharp { 0.0 } else { 0.02 };
        // In a large picture, what is hardly wider than its pixels is noise.
        let least = if frame.width * frame.height < SMALL { 8 } else { 14 };
        finders::find(&self.bits, (least, shape), step, &mut self.edges, &mut self.near, &mut self.finders);
        t.lap("finders");
        self.finders.sort_unstable_by(|a, b| b.mark(step).total_cmp(&a.mark(step)));
        // True ones have a mark of 0.4 to 0.9, chance ones rarely more than 0.4.
        let (least, strong) = if shape == Shape::Sharp { (0.15, 0.5) } else { (0.0, 0.6) };
        let strong = self.finders.iter().take_while(|f| f.mark(step) > strong).count();
        let fair = self.finders.iter().take_while(|f| f.mark(step) > least).count();
        self.finders.truncate(fair.min(strong.clamp(20, 72)));
        triples::rank(&self.bits, &self.finders, (strong / 2).max(16), &mut self.triples);
        t.lap("triples");
        crate::attempt::trace(|| format!("level {scale}: {} finders, {} triples", self.finders.len(), self.triples.len()));
        self.used.clear();
        self.used.resize(self.finders.len(), false);
        for triple in &self.triples {
            if budget.spent() {
                return;
            }
            if triple.members.iter().any(|&m| self.used[m]) {
                continue;
            }
            let dark = self.finders[triple.members[0]].dark;
            let t = crate::attempt::Timer::new();
            let Some(place) = self.attempt.locate(frame, triple, scale, dark, slack) else { continue };
            t.lap("locate");
            if place.agreement > 0.3
                && let Some(code) = self.attempt.read(frame, &place)
            {
                // Whatever lies within belongs to this code.
                for (used, f) in self.used.iter_mut().zip(&self.finders) {
                    *used |= code.covers((f.x * scale, f.y * scale));
                }
                t.lap("read");
                codes.push(code);
            } else if place.agreement > 0.18 {
                self.seen.push(place);
                t.lap("read");
            }
        }
    }

    /// Reads again, with more effort, what was seen and not read.
    fn again(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
        self.seen.sort_unstable_by(|a, b| b.agreement.total_cmp(&a.agreement));
        self.seen.truncate(BLURRED);
        for place in self.seen.drain(..) {
            if budget.spent() {
                return;
            }
            let t = crate::attempt::Timer::new();
            codes.extend(self.attempt.read_blurred(frame, &place));
            t.lap("blurred");
            if !codes.is_empty() {
                return;
            }
        }
    }
}
