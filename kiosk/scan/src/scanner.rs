//! The pipeline's front door: looks go from cheap to dear, and stop at the first that reads.

use crate::attempt::{Attempt, Effort};
use crate::bits::Bits;
use crate::finders::{self, Finder};
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
    finders: Vec<Finder>,
    triples: Vec<Triple>,
    used: Vec<bool>,
    attempt: Attempt,
}

impl Look {
    fn all(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
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
        for effort in [Effort::Quick, Effort::Thorough] {
            for level in [1, 0, 2] {
                let Some((picture, scale)) = levels[level] else { continue };
                if budget.spent() {
                    break;
                }
                self.level(frame, picture, scale, effort, budget, codes);
                if !codes.is_empty() {
                    break;
                }
            }
            if !codes.is_empty() {
                break;
            }
        }
        self.half = half;
        self.quarter = quarter;
    }

    fn level(
        &mut self,
        frame: &Frame<'_>,
        picture: Frame<'_>,
        scale: f32,
        effort: Effort,
        budget: &Budget<'_>,
        codes: &mut Vec<Code>,
    ) {
        self.threshold.run(picture, 14, 2, &mut self.bits);
        let step = if scale > 1.0 { 1 } else { 2 };
        finders::find(&self.bits, step, &mut self.edges, &mut self.finders);
        self.finders.sort_unstable_by(|a, b| {
            let mark = |f: &Finder| f.rows as f32 / f.down.max(1.0) - f.error * 0.1;
            mark(b).total_cmp(&mark(a))
        });
        let most = if effort == Effort::Quick { 24 } else { 40 };
        triples::rank(&self.bits, &self.finders, most, &mut self.triples);
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
            if let Some(code) = self.attempt.run(frame, triple, scale, dark, effort) {
                for &m in &triple.members {
                    self.used[m] = true;
                }
                codes.push(code);
            }
        }
    }
}
