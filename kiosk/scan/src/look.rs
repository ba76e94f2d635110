//! One look at one frame: the pyramid of its sizes from cheap to dear. It stops at the first size that leaves
//! nothing unread, and between steps when the budget is spent.

use crate::attempt::Attempt;
use crate::evidence::Evidence;
use crate::level::{Against, Level, SMALL};
use crate::place::{Located, Origin};
use crate::threshold::halve;
use crate::{Budget, Code, Frame};

/// Codes to spend deblurring on at a time.
const BLURRED: usize = 4;

/// Agreement of timing lines from which a code has been found for sure.
const PLAIN: f32 = 0.6;

/// How much of the dear steps a look takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// All of them: there is no other frame.
    All,
    /// One of the tight windows and the best place to deblur; the others have their turn in the next frames.
    Turn(u32),
}

impl Share {
    fn takes(self, window: u32) -> bool {
        match self {
            Self::All => true,
            Self::Turn(turn) => turn % 2 == window,
        }
    }

    fn blurred(self) -> usize {
        match self {
            Self::All => BLURRED,
            Self::Turn(_) => 2,
        }
    }
}

/// One look at a frame, and the buffers for it.
#[derive(Default)]
pub(crate) struct Look {
    half: Vec<u8>,
    quarter: Vec<u8>,
    level: Level,
    /// The best of what was seen and stayed unread.
    unread: Option<Located>,
    /// All of them.
    tried: Vec<Located>,
}

impl Look {
    /// Reads what is in a frame into `codes`. `evidence` remembers what stayed unread.
    pub fn run(
        &mut self,
        frame: &Frame<'_>,
        budget: &Budget<'_>,
        share: Share,
        evidence: Option<&mut Evidence>,
        codes: &mut Vec<Code>,
    ) {
        self.level.begin();
        self.unread = None;
        self.tried.clear();
        let (mut half, mut quarter) = (std::mem::take(&mut self.half), std::mem::take(&mut self.quarter));
        self.pyramid(frame, (&mut half, &mut quarter), budget, share, codes);
        (self.half, self.quarter) = (half, quarter);
        if !codes.is_empty() {
            self.others(frame, budget, share, codes);
        }
        if let Some(evidence) = evidence {
            self.weigh(frame, budget, evidence, codes);
        }
    }

    /// Takes back a text that is not needed any more, for its buffer.
    pub fn reuse(&mut self, text: String) {
        self.level.attempt.reuse(text);
    }

    /// The best of what was seen in the last run and not read.
    pub fn unread(&self) -> Option<&Located> {
        self.unread.as_ref()
    }

    /// Size in pixels of the largest thing that looked like a finder; 0 when there was none.
    pub fn largest(&self) -> f32 {
        self.level.largest
    }

    /// Whether the last run gave reason to look again.
    pub fn saw_something(&self) -> bool {
        self.unread.is_some() || self.level.left >= 2
    }

    /// What the last run did, counted as if all of it were reading pixels.
    pub fn work(&self) -> u64 {
        self.level.work
    }

    fn pyramid(
        &mut self,
        frame: &Frame<'_>,
        (half, quarter): (&mut Vec<u8>, &mut Vec<u8>),
        budget: &Budget<'_>,
        share: Share,
        codes: &mut Vec<Code>,
    ) {
        let whole = |scale: f32| Origin { scale, corner: (0.0, 0.0) };
        let small = frame.width * frame.height < SMALL;
        if small {
            self.level.look(frame, (*frame, whole(1.0)), Against::Blocks, budget, codes);
            if codes.is_empty()
                && let Some(place) = Attempt::plain(frame)
            {
                codes.extend(self.level.attempt.read(frame, &place));
            }
        }
        if frame.width < 64 || frame.height < 64 {
            self.again(frame, budget, share, codes);
            return;
        }
        if self.done(codes) {
            return;
        }
        let (width, height) = halve(*frame, half);
        let half = Frame { luma: half, width, height, stride: width };
        self.level.look(frame, (half, whole(2.0)), Against::Blocks, budget, codes);
        // Modules too small for the half size make a dense texture in it: the full size is looked at there.
        let texture = self.level.threshold.textured(width, height);
        if let Some([left, top, right, bottom]) = texture
            && !small
            && !self.done(codes)
        {
            let part = frame.part([2 * left, 2 * top, 2 * right, 2 * bottom]);
            let corner = (2.0 * left as f32, 2.0 * top as f32);
            self.level.look(frame, (part, Origin { scale: 1.0, corner }), Against::Blocks, budget, codes);
        }
        if !codes.is_empty() {
            return;
        }
        let (width, height) = halve(half, quarter);
        let quarter = Frame { luma: quarter, width, height, stride: width };
        self.level.look(frame, (quarter, whole(4.0)), Against::Blocks, budget, codes);
        let coarse_texture = self.level.threshold.textured(width, height);
        if codes.is_empty() {
            self.again(frame, budget, share, codes);
        }
        for (turn, picture, scale, texture, radius) in
            [(0, half, 2.0, texture, 7), (1, quarter, 4.0, coarse_texture, 6)]
        {
            if let Some(bounds) = texture
                && codes.is_empty()
                && share.takes(turn)
            {
                let corner = (scale * bounds[0] as f32, scale * bounds[1] as f32);
                let part = (picture.part(bounds), Origin { scale, corner });
                self.level.look(frame, part, Against::Window(radius), budget, codes);
            }
        }
        if codes.is_empty() {
            self.again(frame, budget, share, codes);
        }
        if codes.is_empty() && self.unread.is_none_or(|place| place.agreement < PLAIN) {
            self.level.pairs(frame, budget, codes);
            if codes.is_empty() {
                self.again(frame, budget, share, codes);
            }
        }
    }

    /// Whether everything that looks like a code has been read.
    fn done(&self, codes: &[Code]) -> bool {
        !codes.is_empty() && self.level.left < 3
    }

    /// Reads with more effort what was plainly seen beside the codes that were read.
    fn others(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, share: Share, codes: &mut Vec<Code>) {
        let covered = |place: &Located, codes: &[Code]| codes.iter().any(|code| code.covers(place.middle()));
        self.level.seen.retain(|place| place.agreement > 0.7 && !covered(place, codes));
        self.level.seen.truncate(share.blurred());
        while let Some(place) = self.level.seen.pop() {
            if budget.spent() {
                return;
            }
            if !covered(&place, codes) {
                match self.level.read_blurred(frame, &place) {
                    Some(code) => codes.push(code),
                    None => self.tried.push(place),
                }
            }
        }
    }

    /// Reads again, with more effort, what was seen and not read.
    fn again(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, share: Share, codes: &mut Vec<Code>) {
        self.level.seen.sort_unstable_by(|a, b| a.agreement.total_cmp(&b.agreement));
        for _ in 0..share.blurred() {
            let Some(place) = self.level.seen.pop() else { break };
            if budget.spent() {
                break;
            }
            codes.extend(self.level.read_blurred(frame, &place));
            if !codes.is_empty() {
                return;
            }
            self.tried.push(place);
            if self.unread.is_none_or(|best| place.agreement > best.agreement) {
                self.unread = Some(place);
            }
        }
        self.level.seen.clear();
    }

    /// Adds what this frame showed of unread codes to what those before did, and reads all of it together.
    fn weigh(
        &mut self,
        frame: &Frame<'_>,
        budget: &Budget<'_>,
        evidence: &mut Evidence,
        codes: &mut Vec<Code>,
    ) {
        for place in &self.tried {
            if budget.spent() {
                return;
            }
            evidence.note(frame, place);
        }
        evidence.follow(frame, budget, codes);
        evidence.read(budget, codes);
        self.level.work += evidence.work;
    }
}
