//! Evidence gathered over successive frames: a glare spot moves, noise averages out, each frame's blur is
//! another. What the last frames saw of a code that could not be read is kept frame by frame (`view`), the
//! code is looked for where it was (`following`) or, when no finder was seen at all, by its `outline`, and all views
//! are read together (`together`).
//!
//! There is room for a few codes, so that a frame in which the version was taken for another does not undo what
//! the others gathered. A view that contradicts what was gathered is of another code, or of none, and is kept apart:
//! nothing may be read that is half of one code and half of another.

use crate::attempt::code;
use crate::corners::{self, Corners};
use crate::equalise::Equaliser;
use crate::fit::Edge;
use crate::following;
use crate::interference::Interference;
use crate::layout;
use crate::outline::Outliner;
use crate::place::Located;
use crate::reading::Reader;
use crate::sampling::Contrast;
use crate::together::{self, Effort, MOST, Together};
use crate::view::{self, View};
use crate::{Budget, Code, Frame};

/// Frames after which what was gathered is too old to be the same code.
const PATIENCE: u32 = 15;
/// Frames for which a code is looked for where it was.
const NEAR: u32 = 4;
/// Agreement of timing lines below which a place is not worth remembering.
const LIKELY: f32 = 0.4;
/// Frames together that have failed after which they are read together in one frame of three only.
const HOPELESS: u32 = 12;
/// Work of undoing a module's blur.
const A_MODULE: u64 = 200;

/// What successive frames said of unread codes.
#[derive(Default)]
pub(crate) struct Evidence {
    gathered: [Gathered; 3],
    now: u32,
    /// What this frame shows of a code, before it is known with what it goes.
    fresh: View,
    steps: Steps,
    outliner: Outliner,
    corners: Corners,
    /// What may lie in an outline.
    guesses: Vec<Located>,
    /// Where codes were placed in this frame.
    pub placed: Vec<Located>,
    /// What was done in this frame, counted as if all of it were reading pixels.
    pub work: u64,
}

/// The steps' buffers.
#[derive(Default)]
pub(crate) struct Steps {
    pub equaliser: Equaliser,
    pub interference: Interference,
    pub reader: Reader,
    pub contrast: Contrast,
    pub grey: Vec<f32>,
    pub plain: Vec<f32>,
    pub edges: Vec<Edge>,
    pub together: Together,
}

/// What was said of one code.
#[derive(Default)]
struct Gathered {
    /// Where it was last; none when nothing is gathered.
    place: Option<Located>,
    views: Vec<View>,
    /// How many of the views count.
    count: usize,
    /// The view that came last.
    newest: usize,
    /// What they say together of each module.
    sum: Vec<f32>,
    last: u32,
    /// Whether the last view was of a code that was followed, not found.
    followed: bool,
    /// The frame in which all views were last read together with what is dear, and how often that failed.
    tried: u32,
    failed: u32,
}

impl Evidence {
    /// Another frame begins.
    pub fn tick(&mut self) {
        self.now = self.now.wrapping_add(1);
        self.work = 0;
        self.placed.clear();
        for gathered in &mut self.gathered {
            if self.now.wrapping_sub(gathered.last) > PATIENCE {
                gathered.place = None;
            }
        }
    }

    /// These codes were read: what was gathered of them is not needed any more.
    pub fn forget(&mut self, codes: &[Code]) {
        for gathered in &mut self.gathered {
            if gathered.place.is_some_and(|place| codes.iter().any(|code| code.covers(place.middle()))) {
                gathered.place = None;
            }
        }
    }

    /// Adds what this frame shows at the place of a code that could not be read.
    pub fn note(&mut self, frame: &Frame<'_>, place: &Located) {
        if place.agreement < LIKELY {
            return;
        }
        let known =
            |g: &Gathered| g.last == self.now && g.place.is_some_and(|p| p.agreement >= place.agreement);
        let mut same = self.gathered.iter().filter(|g| g.is_of(place));
        if same.clone().any(known) {
            return;
        }
        let sum = same.next().map_or(&[][..], |gathered| &gathered.sum);
        let place = following::nearer(frame, place, sum, &mut self.steps);
        self.add(frame, &place, false);
    }

    /// Looks for codes that were not found this time, because a glare spot lies on a finder or blur has closed
    /// it, where they were.
    pub fn follow(&mut self, frame: &Frame<'_>, budget: &Budget<'_>, codes: &[Code]) {
        for slot in 0..self.gathered.len() {
            let gathered = &self.gathered[slot];
            let Some(before) = gathered.place else { continue };
            let age = self.now.wrapping_sub(gathered.last);
            if age == 0 || age > NEAR || budget.spent() {
                continue;
            }
            if codes.iter().any(|code| code.covers(before.middle())) {
                continue;
            }
            self.work += following::WORK;
            if let Some(place) = following::follow(frame, &before, &gathered.sum, &mut self.steps) {
                self.add(frame, &place, true);
            }
        }
    }

    /// Looks for codes of which no finder was seen by their outlines, when this frame has shown nothing else.
    pub fn search(&mut self, frame: &Frame<'_>, budget: &Budget<'_>) {
        if self.gathered.iter().any(|g| g.place.is_some() && g.last == self.now) || budget.spent() {
            return;
        }
        self.outliner.look(frame);
        self.work += (frame.width * frame.height) as u64;
        for at in 0..self.outliner.found.len() {
            if budget.spent() {
                return;
            }
            self.corners.guess(frame, &self.outliner.found[at], &mut self.guesses);
            let mut best: Option<(f32, Located)> = None;
            for place in &self.guesses {
                self.work += corners::WORK + place.modules() * A_MODULE;
                let borne_out = self.fresh.take(frame, place, &mut self.steps);
                if borne_out && best.is_none_or(|(worth, _)| self.fresh.worth > worth) {
                    best = Some((self.fresh.worth, *place));
                }
            }
            if let Some((_, place)) = best {
                self.add(frame, &place, true);
            }
        }
    }

    /// Puts a view to those of the same code that it does not contradict, or begins anew.
    fn add(&mut self, frame: &Frame<'_>, place: &Located, followed: bool) {
        let n = layout::side(place.version);
        self.work += place.modules() * A_MODULE;
        if !self.fresh.take(frame, place, &mut self.steps) {
            return;
        }
        let map = self.steps.reader.map(place.version);
        let fits = |g: &Gathered| g.is_of(place) && !view::contradicts(&self.fresh, &g.sum, map);
        let slot = self.gathered.iter().position(fits).unwrap_or_else(|| {
            let slot = self.least();
            self.gathered[slot].begin();
            slot
        });
        let gathered = &mut self.gathered[slot];
        let at = gathered.room(self.now);
        std::mem::swap(&mut gathered.views[at], &mut self.fresh);
        gathered.place = Some(*place);
        gathered.last = self.now;
        gathered.followed = followed;
        self.placed.push(*place);
        together::sum(&gathered.views[..gathered.count], n, &mut gathered.sum);
    }

    /// Reads together what this frame and those before said. What is dear in it is done for one code a frame: the one
    /// for which it was done longest ago; for none unless `dear`, where this frame was given to something else.
    pub fn read(&mut self, budget: &Budget<'_>, dear: bool, codes: &mut Vec<Code>) {
        let now = self.now;
        let ready = |g: &Gathered| {
            let enough = g.count > 1 || g.followed;
            g.place.is_some() && g.last == now && enough && (g.failed <= HOPELESS || now.is_multiple_of(3))
        };
        let slots = (0..self.gathered.len()).filter(|&slot| ready(&self.gathered[slot]));
        let turn = slots.max_by_key(|&slot| now.wrapping_sub(self.gathered[slot].tried));
        for (slot, gathered) in self.gathered.iter_mut().enumerate() {
            let Some(place) = gathered.place.filter(|_| ready(gathered)) else { continue };
            if codes.iter().any(|code| code.covers(place.middle())) {
                continue;
            }
            let effort = if dear && turn == Some(slot) { Effort::Great } else { Effort::Small };
            if effort == Effort::Great {
                let lessons = together::lessons(gathered.count, layout::side(place.version));
                self.work += place.modules() * (gathered.count * lessons) as u64 * A_MODULE;
                gathered.tried = now;
                gathered.failed += 1;
            }
            let views = &mut gathered.views[..gathered.count];
            let read = together::read(views, &place, &mut gathered.sum, effort, budget, &mut self.steps);
            if let Some((reading, mirrored)) = read {
                let mut code = code(reading, &place, mirrored);
                code.quality.frames = gathered.count as u8;
                codes.push(code);
                gathered.place = None;
            }
        }
    }

    /// The one there is least to lose of.
    fn least(&self) -> usize {
        let worth = |g: &Gathered| if g.place.is_some() { g.count } else { 0 };
        (0..self.gathered.len()).min_by_key(|&slot| worth(&self.gathered[slot])).unwrap_or(0)
    }
}

impl Gathered {
    /// Whether a place is that of the code of which this was gathered, moved by a hand.
    fn is_of(&self, place: &Located) -> bool {
        self.place.is_some_and(|last| place.is_near(&last))
    }

    fn begin(&mut self) {
        self.place = None;
        self.count = 0;
        self.newest = 0;
        self.failed = 0;
        self.sum.clear();
    }

    /// Where the next view goes: in the place of this frame's worse one, at the end, or in that of the oldest.
    fn room(&mut self, now: u32) -> usize {
        if self.count > 0 && self.last == now {
            return self.newest;
        }
        self.newest = if self.count < MOST { self.count } else { (self.newest + 1) % MOST };
        self.count = MOST.min(self.count + 1);
        while self.views.len() < self.count {
            self.views.push(View::default());
        }
        self.newest
    }
}
