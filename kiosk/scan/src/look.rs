//! One look at one frame: the pyramid of its sizes from cheap to dear. It stops at the first size that leaves
//! nothing unread, and between steps when the budget is spent.

use crate::attempt::Attempt;
use crate::evidence::Evidence;
use crate::level::{Against, Level, SMALL};
use crate::place::{Located, Origin};
use crate::threshold::{BLOCK, Texture, halve};
use crate::unfocused::{self, Unfocused};
use crate::{Budget, Code, Frame};

/// Codes to spend deblurring on at a time.
const BLURRED: usize = 4;
/// And modules to spend it on in a frame: those of a few passes, or of the largest code.
const MODULES: u64 = 30_000;

/// What is a texture: nearly all blocks of a square have contrast, as in a code whose modules are small; or two
/// thirds of a smaller one, as in a small code, or beside what is blown out.
const DENSE: Texture = Texture { square: 5, least: 19 };
const LOOSE: Texture = Texture { square: 3, least: 6 };

/// Modules, in pixels of a quarter, of codes whose finders are looked for by their likeness; and how many of these
/// sizes are looked for in the half size too, for codes half as large.
const LARGE: [f32; 5] = [1.25, 1.6, 2.0, 2.5, 3.2];
const FEW: usize = 3;
/// Agreement of timing lines with which a code is plainly there.
const PLAIN: f32 = 0.7;

/// How much of the dear steps a look takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// All of them.
    All,
    /// All of them but the search for outlines: nothing has moved since the last one.
    Settled,
    /// One of the tight windows and the best place to deblur; the others have their turn in the next frames.
    Turn(u32),
}

impl Share {
    fn takes(self, window: u32) -> bool {
        match self {
            Self::All | Self::Settled => true,
            Self::Turn(turn) => turn % 2 == window,
        }
    }

    /// Whether codes are looked for by their outlines: what was not found so in a dozen frames is hardly there.
    fn searches(self) -> bool {
        match self {
            Self::All => true,
            Self::Settled => false,
            Self::Turn(turn) => turn.is_multiple_of(16),
        }
    }

    fn blurred(self) -> usize {
        match self {
            Self::All | Self::Settled => BLURRED,
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
    unfocused: Unfocused,
    /// Where blur was undone in vain.
    tried: Vec<Located>,
    /// The best of what was seen and stayed unread.
    unread: Option<Located>,
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
        self.unfocused.begin(evidence.is_some());
        let (mut half, mut quarter) = (std::mem::take(&mut self.half), std::mem::take(&mut self.quarter));
        self.pyramid(frame, (&mut half, &mut quarter), budget, share, codes);
        (self.half, self.quarter) = (half, quarter);
        if !codes.is_empty() {
            self.others(frame, budget, share, codes);
        }
        if let Some(evidence) = evidence {
            self.weigh(frame, budget, share, evidence, codes);
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
        if small && let Some(place) = Attempt::plain(frame) {
            codes.extend(self.level.attempt.read(frame, &place));
            if !codes.is_empty() {
                return;
            }
        }
        let tiny = frame.width < 64 || frame.height < 64;
        let (width, height) = if tiny { (0, 0) } else { halve(*frame, half) };
        let half = Frame { luma: half, width, height, stride: width };
        let all = (half, whole(2.0));
        if small {
            if !tiny {
                self.level.look(frame, all, Against::Blocks, budget, codes);
            }
            if !self.done(codes) {
                self.level.look(frame, (*frame, whole(1.0)), Against::Blocks, budget, codes);
            }
            if tiny && codes.is_empty() {
                self.again(frame, budget, share, codes);
            }
            if tiny || self.done(codes) {
                return;
            }
        }
        let (width, height) = halve(half, quarter);
        let quarter = Frame { luma: quarter, width, height, stride: width };
        self.level.look(frame, (quarter, whole(4.0)), Against::Blocks, budget, codes);
        // Modules too small for one size make a texture in it: the next larger size is looked at there.
        let mut fine =
            if small { self.texture(DENSE, all, codes).map(|texture| (all, texture)) } else { None };
        if !small && let Some(coarse) = self.texture(LOOSE, (quarter, whole(4.0)), codes) {
            let bounds = coarse.map(|v| 2 * v);
            let part = (half.part(bounds), whole(2.0).part(bounds));
            self.level.look(frame, part, Against::Blocks, budget, codes);
            fine = self.texture(DENSE, part, codes).map(|texture| (part, texture));
        }
        if let Some(((_, from), texture)) = fine
            && !small
            && !self.done(codes)
        {
            let (x, y) = (from.corner.0 as usize, from.corner.1 as usize);
            let bounds = [2 * texture[0] + x, 2 * texture[1] + y, 2 * texture[2] + x, 2 * texture[3] + y];
            let part = (frame.part(bounds), whole(1.0).part(bounds));
            self.level.look(frame, part, Against::Blocks, budget, codes);
        }
        if codes.is_empty() {
            self.again(frame, budget, share, codes);
        }
        let coarse = self.level.textured(DENSE, (quarter, whole(4.0)), codes);
        let coarse = coarse.map(|texture| ((quarter, whole(4.0)), texture));
        for (turn, textured, radius) in [(0, fine, 7), (1, coarse, 6)] {
            if let Some(((picture, from), bounds)) = textured
                && codes.is_empty()
                && share.takes(turn)
            {
                let part = (picture.part(bounds), from.part(bounds));
                let corner = (bounds[0] / BLOCK, bounds[1] / BLOCK);
                self.level.look(frame, part, Against::Window(radius, corner), budget, codes);
            }
        }
        if codes.is_empty() {
            self.again(frame, budget, share, codes);
        }
        if codes.is_empty() && share.takes(1) && self.unread.is_none_or(|place| place.agreement < PLAIN) {
            self.alike(frame, (half, quarter), budget, share, codes);
        }
        if codes.is_empty() && !self.unfocused.rests {
            self.focus(frame, budget, codes);
        }
    }

    /// Reads what is so far out of focus that no edges were found.
    fn focus(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &mut Vec<Code>) {
        for guess in &self.level.doubtful {
            if budget.spent() {
                return;
            }
            self.level.work += unfocused::A_GUESS;
            let Some(place) = self.unfocused.locate(frame, guess) else { continue };
            self.level.work += place.modules() * unfocused::A_MODULE;
            codes.extend(self.unfocused.read(frame, &place));
            // What a disc accounts for so well is the code; other guesses are of the same.
            return;
        }
    }

    /// Reads what has no finders that were seen but lies where a code was or where something has its outline, if it is
    /// out of focus.
    fn refocus(
        &mut self,
        frame: &Frame<'_>,
        budget: &Budget<'_>,
        evidence: &Evidence,
        codes: &mut Vec<Code>,
    ) {
        for place in &evidence.placed {
            if budget.spent() || !codes.is_empty() {
                return;
            }
            self.level.work += unfocused::A_GUESS;
            let Some(place) = self.unfocused.bear_out(frame, place) else { continue };
            self.level.work += place.modules() * unfocused::A_MODULE;
            codes.extend(self.unfocused.read(frame, &place));
            return;
        }
    }

    /// Looks for finders by their likeness where there is texture.
    fn alike(
        &mut self,
        frame: &Frame<'_>,
        (half, quarter): (Frame<'_>, Frame<'_>),
        budget: &Budget<'_>,
        share: Share,
        codes: &mut Vec<Code>,
    ) {
        let whole = |scale: f32| Origin { scale, corner: (0.0, 0.0) };
        self.level.without_stripes((quarter, whole(4.0)));
        let Some(bounds) = self.level.textured(DENSE, (quarter, whole(4.0)), codes) else { return };
        let part = (quarter.part(bounds), whole(4.0).part(bounds));
        self.level.look_alike(frame, part, &LARGE, budget);
        self.again(frame, budget, share, codes);
        if codes.is_empty() {
            let bounds = bounds.map(|v| 2 * v);
            let part = (half.part(bounds), whole(2.0).part(bounds));
            self.level.look_alike(frame, part, &LARGE[..FEW], budget);
            self.again(frame, budget, share, codes);
        }
    }

    /// What is textured in a picture and not read yet. Once something was read, less does not count.
    fn texture(&self, like: Texture, picture: (Frame<'_>, Origin), codes: &[Code]) -> Option<[usize; 4]> {
        self.level.textured(if codes.is_empty() { like } else { DENSE }, picture, codes)
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
            if !covered(&place, codes) && self.affords(&place) {
                match self.level.read_blurred(frame, &place) {
                    Some(code) => codes.push(code),
                    None => self.tried.push(place),
                }
            }
        }
    }

    /// Whether there is room for a place in what is spent on deblurring in a frame.
    fn affords(&self, place: &Located) -> bool {
        let spent: u64 = self.tried.iter().map(Located::modules).sum();
        spent == 0 || spent + place.modules() <= MODULES
    }

    /// Reads again, with more effort, what was seen and not read.
    fn again(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, share: Share, codes: &mut Vec<Code>) {
        self.level.seen.sort_unstable_by(|a, b| a.agreement.total_cmp(&b.agreement));
        let most = self.tried.len() + share.blurred();
        while let Some(place) = self.level.seen.pop() {
            if budget.spent() || self.tried.len() == most {
                break;
            }
            if self.tried.iter().any(|tried| tried.same(&place)) || !self.affords(&place) {
                continue;
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
        share: Share,
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
        if codes.is_empty() && share.searches() {
            evidence.search(frame, budget);
        }
        if !self.unfocused.rests && !self.unfocused.tried {
            self.refocus(frame, budget, evidence, codes);
        }
        evidence.read(budget, !self.unfocused.tried, codes);
        self.level.work += evidence.work;
    }
}
