//! The pipeline's front door: looks go from cheap to dear, and stop at the first that reads.

use crate::attempt::{Attempt, Located};
use crate::bits::Bits;
use crate::finders::{self, Finder, Near};
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

/// Codes to spend deblurring on.
const BLURRED: usize = 6;

impl Look {
    fn all(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
        self.seen.clear();
        let mut half = std::mem::take(&mut self.half);
        let mut quarter = std::mem::take(&mut self.quarter);
        let (hw, hh) = halve(*frame, &mut half);
        let half_frame = Frame { luma: &half, width: hw, height: hh, stride: hw };
        let mut levels = [Some((*frame, 1.0)), None, None];
        if hw >= 32 && hh >= 32 {
            let (qw, qh) = halve(half_frame, &mut quarter);
            levels[1] = Some((half_frame, 2.0));
            levels[2] = Some((Frame { luma: &quarter, width: qw, height: qh, stride: qw }, 4.0));
        }
        for level in [1, 0, 2] {
            let Some((picture, scale)) = levels[level] else { continue };
            if budget.spent() || !codes.is_empty() {
                break;
            }
            self.level(frame, picture, scale, budget, codes);
        }
        self.half = half;
        self.quarter = quarter;
        if codes.is_empty() {
            self.again(frame, budget, codes);
        }
    }

    /// Finds finders and tries their triples in one picture of the pyramid.
    fn level(
        &mut self,
        frame: &Frame<'_>,
        picture: Frame<'_>,
        scale: f32,
        budget: &Budget<'_>,
        codes: &mut Vec<Code>,
    ) {
        let t = crate::attempt::Timer::new();
        self.threshold.run(picture, 14, 2, &mut self.bits);
        t.lap("threshold");
        let step = if scale > 1.0 { 1 } else { 2 };
        finders::find(&self.bits, step, &mut self.edges, &mut self.near, &mut self.finders);
        t.lap("finders");
        self.finders.sort_unstable_by(|a, b| {
            let mark = |f: &Finder| (f.rows as f32 * step as f32 / f.down / 0.4).min(1.0) - f.error * 0.1;
            mark(b).total_cmp(&mark(a))
        });
        triples::rank(&self.bits, &self.finders, 32, &mut self.triples);
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
            let Some(place) = self.attempt.locate(frame, triple, scale, dark) else { continue };
            t.lap("locate");
            if place.agreement > 0.3
                && let Some(code) = self.attempt.read(frame, &place)
            {
                for &m in &triple.members {
                    self.used[m] = true;
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
        for place in self.seen.iter().take(BLURRED) {
            if budget.spent() {
                return;
            }
            let t = crate::attempt::Timer::new();
            codes.extend(self.attempt.read_blurred(frame, place));
            t.lap("blurred");
            if !codes.is_empty() {
                return;
            }
        }
    }
}
