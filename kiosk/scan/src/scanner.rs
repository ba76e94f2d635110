//! The pipeline's front door. One camera's frames come in; what was seen before says where to look
//! first, and what could not be read is remembered as evidence for the next frame.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::code::Region;
use crate::evidence::Evidence;
use crate::guidance;
use crate::look::{Look, Share};
use crate::stillness::Stillness;
use crate::{Budget, Code, Frame, Scan};

/// Every so many frames the whole picture is looked at, even while a code is being followed or nothing moves.
const WHOLE: u32 = 5;
/// Frames in which nothing moved after which what is there has been looked at enough: a third of a second or more.
const SETTLED: u32 = 10;
/// And after which even something code-like is no news: half a second or a whole.
const KNOWN: u32 = 15;
/// While nothing moves, outlines are looked for in one of so many frames.
const UNMOVED: u32 = 8;
/// Looks in a row that read nothing after which the dear steps take turns.
const BARREN: u32 = 12;
/// Looks in a row that saw nothing code-like after which something code-like is news: by chance there is something in
/// one look and nothing in the next.
const UNSEEN: u32 = 3;

/// Reads one camera's successive frames; keeps its buffers, its last answer and what it saw.
#[derive(Default)]
pub struct Scanner {
    look: Look,
    evidence: Evidence,
    stillness: Stillness,
    /// Where a code was read in the frame before.
    last: Option<Region>,
    /// Frames in a row in which a code was read.
    held: u32,
    /// Looks in a row that read nothing, since something code-like came into view.
    barren: u32,
    /// Looks in a row that saw nothing code-like.
    unseen: u32,
    count: u32,
    scan: Scan,
}

impl Scanner {
    /// A scanner that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at the next frame of this camera. Never panics: a frame that breaks a step reads as empty,
    /// and the scanner starts anew.
    pub fn scan(&mut self, frame: Frame<'_>, budget: &Budget<'_>) -> &Scan {
        self.contained(frame, budget, Self::next)
    }

    /// Looks at a frame that has nothing to do with those before and after; only buffers are reused.
    pub fn single(&mut self, frame: Frame<'_>, budget: &Budget<'_>) -> &Scan {
        self.contained(frame, budget, |scanner, frame, budget, scan| {
            scanner.look.run(frame, budget, Share::All, None, &mut scan.codes);
            scanner.conclude(frame, scan);
        })
    }

    fn contained(
        &mut self,
        frame: Frame<'_>,
        budget: &Budget<'_>,
        look: impl Fn(&mut Self, &Frame<'_>, &Budget<'_>, &mut Scan),
    ) -> &Scan {
        let mut scan = std::mem::take(&mut self.scan);
        for code in scan.codes.drain(..) {
            self.look.reuse(code.text);
        }
        scan.work = 0;
        let frame = frame.checked();
        if frame.is_none() {
            scan.guidance = None;
        }
        if let Some(frame) = frame
            && catch_unwind(AssertUnwindSafe(|| look(self, &frame, budget, &mut scan))).is_err()
        {
            *self = Self::default();
            scan = Scan::default();
        }
        scan.elapsed_us = budget.elapsed_us();
        self.scan = scan;
        &self.scan
    }

    fn next(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, scan: &mut Scan) {
        self.count = self.count.wrapping_add(1);
        self.evidence.tick();
        let whole = self.count.is_multiple_of(WHOLE);
        let still = self.stillness.update(frame);
        let known = still > KNOWN || (still > SETTLED && !self.look.saw_something());
        if known && !whole && self.last.is_none() {
            // What there was to advise still holds.
            return;
        }
        let share = match (self.barren < BARREN, still.is_multiple_of(UNMOVED)) {
            (true, true) => Share::All,
            (true, false) => Share::Settled,
            (false, _) => Share::Turn(self.count),
        };
        // The region of the last sighting first: a held code hardly moves between two frames. What else is in view
        // was looked for when it came.
        if let Some(region) = self.last.take()
            && self.held > SETTLED
            && !whole
            && let Some((part, offset)) = region.cut(frame)
        {
            self.look.run(&part, budget, share, None, &mut scan.codes);
            scan.work += self.look.work();
            for corner in scan.codes.iter_mut().flat_map(|code: &mut Code| &mut code.corners) {
                *corner = (corner.0 + offset.0, corner.1 + offset.1);
            }
        }
        if scan.codes.is_empty() {
            // What hangs there unread for good has said all it has to say.
            let evidence = (!known).then_some(&mut self.evidence);
            self.look.run(frame, budget, share, evidence, &mut scan.codes);
            scan.work += self.look.work();
            let seen = self.look.saw_something();
            let news = seen && self.unseen >= UNSEEN;
            self.unseen = if seen { 0 } else { self.unseen.saturating_add(1) };
            self.barren = if news { 0 } else { self.barren.saturating_add(1) };
        }
        if let Some(code) = scan.codes.first() {
            self.evidence.forget(&scan.codes);
            self.last = Some(Region::around(code));
            self.held = self.held.saturating_add(1);
            self.barren = 0;
        } else {
            self.held = 0;
        }
        self.conclude(frame, scan);
    }

    fn conclude(&self, frame: &Frame<'_>, scan: &mut Scan) {
        scan.work = scan.work.max(self.look.work());
        scan.codes.sort_unstable_by(|a, b| b.quality.margin.total_cmp(&a.quality.margin));
        if scan.codes.is_empty() {
            scan.guidance = guidance::advise(frame, self.look.unread(), self.look.largest());
        } else {
            scan.guidance = None;
        }
    }
}

/// Reads a single frame, with no state and no limit.
pub fn decode(frame: Frame<'_>) -> Vec<Code> {
    decode_within(frame, &Budget::unlimited())
}

/// Reads a single frame, with no state, until the budget is spent.
pub fn decode_within(frame: Frame<'_>, budget: &Budget<'_>) -> Vec<Code> {
    Scanner::new().single(frame, budget).codes.clone()
}
