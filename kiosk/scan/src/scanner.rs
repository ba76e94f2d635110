//! The pipeline's front door. One camera's frames come in; what was seen before says where to look
//! first, and what could not be read is remembered as evidence for the next frame.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::code::Region;
use crate::evidence::Evidence;
use crate::guidance;
use crate::look::Look;
use crate::stillness::Stillness;
use crate::{Budget, Code, Frame, Scan};

/// Every so many frames the whole picture is looked at, even while a code is being followed or nothing moves.
const WHOLE: u32 = 5;

/// Reads one camera's successive frames; keeps its buffers and what it saw last.
#[derive(Default)]
pub struct Scanner {
    look: Look,
    evidence: Evidence,
    stillness: Stillness,
    /// Where a code was read in the frame before.
    last: Option<Region>,
    count: u32,
}

impl Scanner {
    /// A scanner that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at the next frame of this camera. Never panics: a frame that breaks a step reads as empty,
    /// and the scanner starts anew.
    pub fn scan(&mut self, frame: Frame<'_>, budget: &Budget<'_>) -> Scan {
        self.contained(frame, budget, Self::next)
    }

    /// Looks at a frame that has nothing to do with those before and after; only buffers are reused.
    pub fn single(&mut self, frame: Frame<'_>, budget: &Budget<'_>) -> Scan {
        self.contained(frame, budget, |scanner, frame, budget| {
            let mut codes = Vec::new();
            scanner.look.run(frame, budget, None, &mut codes);
            scanner.answer(frame, codes)
        })
    }

    fn contained(
        &mut self,
        frame: Frame<'_>,
        budget: &Budget<'_>,
        look: impl Fn(&mut Self, &Frame<'_>, &Budget<'_>) -> Scan,
    ) -> Scan {
        let scan = frame.checked().map(|frame| catch_unwind(AssertUnwindSafe(|| look(self, &frame, budget))));
        let mut scan = match scan {
            Some(Ok(scan)) => scan,
            Some(Err(_)) => {
                *self = Self::default();
                Scan::default()
            }
            None => Scan::default(),
        };
        scan.elapsed_us = budget.elapsed_us();
        scan
    }

    fn next(&mut self, frame: &Frame<'_>, budget: &Budget<'_>) -> Scan {
        self.count = self.count.wrapping_add(1);
        self.evidence.tick();
        let whole = self.count.is_multiple_of(WHOLE);
        let mut codes = Vec::new();
        let still = self.stillness.update(frame);
        if still && !whole && self.last.is_none() && !self.look.saw_something() {
            return Scan::default();
        }
        // The region of the last sighting first: a held code hardly moves between two frames.
        if let Some(region) = self.last.take()
            && !whole
            && let Some((part, offset)) = region.cut(frame)
        {
            self.look.run(&part, budget, None, &mut codes);
            for corner in codes.iter_mut().flat_map(|code: &mut Code| &mut code.corners) {
                *corner = (corner.0 + offset.0, corner.1 + offset.1);
            }
        }
        if codes.is_empty() {
            self.look.run(frame, budget, Some(&mut self.evidence), &mut codes);
        }
        if let Some(code) = codes.first() {
            self.evidence.forget();
            self.last = Some(Region::around(code));
        }
        self.answer(frame, codes)
    }

    fn answer(&self, frame: &Frame<'_>, mut codes: Vec<Code>) -> Scan {
        codes.sort_by(|a, b| b.quality.margin.total_cmp(&a.quality.margin));
        let guidance = if codes.is_empty() {
            guidance::advise(frame, self.look.seen(), self.look.largest())
        } else {
            None
        };
        Scan { codes, guidance, elapsed_us: 0 }
    }
}

/// Reads a single frame, with no state and no limit.
pub fn decode(frame: Frame<'_>) -> Vec<Code> {
    decode_within(frame, &Budget::unlimited())
}

/// Reads a single frame, with no state, until the budget is spent.
pub fn decode_within(frame: Frame<'_>, budget: &Budget<'_>) -> Vec<Code> {
    Scanner::new().single(frame, budget).codes
}
