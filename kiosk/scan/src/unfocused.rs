//! A code that is far out of focus, read by what is known of lenses: the finders tell the disc that every point is
//! spread over (`disc`), what all patterns must look like under it moves the plane to its place (`registration`), and
//! the modules are those that explain the picture best (`relaxation`). Neither edges nor timing lines are needed, which
//! a disc wider than a module closes or turns inside out; but three finders, roughly.

use crate::attempt::code;
use crate::disc::Focus;
use crate::homography::Homography;
use crate::layout;
use crate::place::Located;
use crate::reading::Reader;
use crate::registration;
use crate::relaxation::{Picture, Relaxation};
use crate::sampling::Place;
use crate::together::both_ways;
use crate::{Code, Frame, Point};

/// The largest version that is read so: a pass is far smaller, and the time grows with the number of modules.
const LARGEST: usize = 14;
/// Share of what the finders show that a disc accounts for where a code is: of a wrong version it is less than nine
/// tenths, of what is no code at all two thirds.
const BORNE_OUT: f32 = 0.93;
/// Below which there is no code of a similar version either.
const HOPELESS: f32 = 0.6;
/// And from which no other version is tried.
const PLAIN: f32 = 0.97;
/// Work of looking whether a disc accounts for finders, and of deciding a module, counted as if all of it were reading
/// pixels.
pub(crate) const A_GUESS: u64 = 10_000;
pub(crate) const A_MODULE: u64 = 3_000;
/// How often a plane is moved by the patterns alone, and how often then all modules are decided.
const MOVES: usize = 8;
/// Moves after which there is no further one where less than this share is accounted for, or hardly more than before.
const FEW: usize = 2;
const HOPEFUL: f32 = 0.65;
const SETTLED: f32 = 0.002;
const DECISIONS: usize = 2;
/// Frames of a code that is not read that are kept, and how many modules in all of them are decided together.
const MOST: usize = 4;
const MODULES: usize = 10_000;
/// Frames after which what was kept is too old to be of the same code.
const PATIENCE: u32 = 10;

/// Three places that may be finders of a code out of focus.
#[derive(Clone, Copy)]
pub(crate) struct Guess {
    /// Corner, along the code's x, along its y (unless mirrored), in the frame.
    pub at: [Point; 3],
    /// Size of the module at the second and third over that at the first.
    pub shrink: [f32; 2],
    /// Distance between centres in modules, roughly.
    pub modules: f32,
    pub dark: bool,
}

impl Guess {
    /// Whether another guess is the same, but for some pixels.
    pub fn is_near(&self, other: &Self) -> bool {
        let side = (self.at[0].0 - self.at[1].0).hypot(self.at[0].1 - self.at[1].1);
        let near = |(a, b): (&Point, &Point)| (a.0 - b.0).hypot(a.1 - b.1) < side / self.modules;
        self.dark == other.dark && self.at.iter().zip(&other.at).all(near)
    }
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Unfocused {
    relaxation: Relaxation,
    reader: Reader,
    grey: Vec<f32>,
    fine: Vec<f32>,
    soft: Vec<f32>,
    turned: Vec<f32>,
    /// What the last frames showed of a code that was not read.
    kept: [Kept; MOST],
    now: u32,
    /// Whether modules were decided in this frame, and whether it is another step's turn.
    pub tried: bool,
    pub rests: bool,
}

/// What a frame showed of a code that was not read.
#[derive(Default)]
struct Kept {
    /// Where it was, and how its blur spreads modules; none when nothing is kept.
    of: Option<(Located, Focus)>,
    fine: Vec<f32>,
    then: u32,
}

impl Unfocused {
    /// Another frame begins; whether it goes with those before. Of those, no two after each other are given to what
    /// is dear here.
    pub fn begin(&mut self, successive: bool) {
        self.rests = successive && self.tried;
        self.tried = false;
        self.now = self.now.wrapping_add(1);
        for kept in &mut self.kept {
            if !successive || self.now.wrapping_sub(kept.then) > PATIENCE {
                kept.of = None;
            }
        }
    }

    /// Where the code of a guess lies, if a disc accounts for what its finders look like. Of the versions that the
    /// estimate allows, the best.
    pub fn locate(&mut self, frame: &Frame<'_>, guess: &Guess) -> Option<Located> {
        let nearest = ((guess.modules - 10.0) / 4.0).round();
        let mut best: Option<Located> = None;
        for off in [0.0, 1.0, -1.0, 2.0, -2.0] {
            let version = nearest + off;
            if !(1.0..=LARGEST as f32).contains(&version) {
                continue;
            }
            let n = layout::side(version as usize);
            let mut h = Homography::from_finders(guess.at, guess.shrink, n as f32 - 7.0);
            if !h.sane(n as f32) {
                h = Homography::from_finders(guess.at, [1.0; 2], n as f32 - 7.0);
            }
            let place = self.settle(frame, h, version as usize);
            if off == 0.0 && place.is_none_or(|place| place.agreement < HOPELESS) {
                return None;
            }
            let better = |place: &Located| best.is_none_or(|best| place.agreement > best.agreement);
            let Some(place) = place.filter(better) else { continue };
            best = Some(place);
            if place.agreement > PLAIN {
                break;
            }
        }
        best.filter(|place| place.agreement > BORNE_OUT && (place.contrast > 0.0) == guess.dark)
    }

    /// The plane moved to where the patterns under a disc are; none where nothing is like them.
    fn settle(&mut self, frame: &Frame<'_>, mut h: Homography, version: usize) -> Option<Located> {
        let n = layout::side(version);
        self.relaxation.begin(n, self.reader.map(version));
        let mut before = 0.0;
        for moves in 0..MOVES {
            let focus = self.look(frame, &h, n)?;
            let settled = focus.share - before < SETTLED;
            if moves >= FEW && (settled || focus.share < HOPEFUL) {
                break;
            }
            before = focus.share;
            self.relaxation.compare(&[Picture { fine: &self.fine, blur: focus.spread() }], n);
            h = self.moved(&h, n)?;
        }
        let focus = Focus::measure(frame, &h, n)?;
        Some(Located { homography: h, version, contrast: focus.contrast(), agreement: focus.share })
    }

    /// A place moved to where its patterns under a disc are, if that accounts for what they look like.
    pub fn bear_out(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Located> {
        if place.version > LARGEST {
            return None;
        }
        let settled = self.settle(frame, place.homography, place.version)?;
        (settled.agreement > BORNE_OUT && settled.contrast * place.contrast > 0.0).then_some(settled)
    }

    /// Reads the modules at a place; with what the frames before showed of them if there were any.
    pub fn read(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Code> {
        self.tried = true;
        let code = self.read_alone(frame, place);
        if code.is_some() { code } else { self.read_together(frame, place) }
    }

    /// Keeps what this frame shows of a code, and decides its modules by what all frames showed.
    fn read_together(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Code> {
        let (n, version) = (layout::side(place.version), place.version);
        let focus = self.look(frame, &place.homography, n)?;
        let most = (MODULES / (n * n)).clamp(1, MOST);
        let age = |kept: &Kept| if kept.of.is_some() { self.now.wrapping_sub(kept.then) } else { u32::MAX };
        let oldest = (0..most).max_by_key(|&at| age(&self.kept[at]))?;
        let kept = &mut self.kept[oldest];
        (kept.of, kept.then) = (Some((*place, focus)), self.now);
        kept.fine.clone_from(&self.fine);
        let pictures: Vec<Picture<'_>> = self.kept[..most]
            .iter()
            .filter_map(|kept| {
                let (_, focus) = kept.of.as_ref().filter(|(of, _)| place.is_near(of))?;
                Some(Picture { fine: &kept.fine, blur: focus.spread() })
            })
            .collect();
        if pictures.len() < 2 {
            return None;
        }
        let map = self.reader.map(version);
        self.relaxation.begin(n, map);
        self.relaxation.decide(&pictures, n, map, &mut self.soft);
        let frames = pictures.len() as u8;
        let (reading, mirrored) = both_ways(&mut self.reader, version, &self.soft, &mut self.turned)?;
        let mut code = code(reading, place, mirrored);
        code.quality.frames = frames;
        Some(code)
    }

    fn read_alone(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Code> {
        let (n, version) = (layout::side(place.version), place.version);
        let mut place = *place;
        self.reader.cautious = true;
        for _ in 0..DECISIONS {
            let focus = self.look(frame, &place.homography, n)?;
            let map = self.reader.map(version);
            self.relaxation.begin(n, map);
            let picture = [Picture { fine: &self.fine, blur: focus.spread() }];
            self.relaxation.decide(&picture, n, map, &mut self.soft);
            if let Some((reading, mirrored)) =
                both_ways(&mut self.reader, version, &self.soft, &mut self.turned)
            {
                return Some(code(reading, &place, mirrored));
            }
            place.homography = self.moved(&place.homography, n)?;
        }
        None
    }

    /// Reads the picture at a plane into `fine`, set against the light there.
    fn look(&mut self, frame: &Frame<'_>, h: &Homography, n: usize) -> Option<Focus> {
        let focus = Focus::measure(frame, h, n)?;
        Place { homography: h, n }.read(frame, 2, &mut self.grey);
        focus.even_out(&self.grey, n, &mut self.fine);
        Some(focus)
    }

    fn moved(&self, h: &Homography, n: usize) -> Option<Homography> {
        let known = |i: usize| self.relaxation.known(n, i);
        registration::step(h, &self.fine, self.relaxation.rest(0), known, n)
    }
}
