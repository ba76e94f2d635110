//! One try at one triple of finders: version, exact place, modules, text. Each part is dearer than the
//! one before and is reached only when the one before found reason to go on.

use crate::alignment;
use crate::equalise::Equaliser;
use crate::fit::{self, Edge, Fit};
use crate::homography::Homography;
use crate::interference::{Interference, Readings};
use crate::layout::{self, Module};
use crate::pairs::Pair;
use crate::place::{Located, Origin, agreement, finder_contrast};
use crate::plain;
use crate::reading::{Reader, Reading};
use crate::sampling::{Contrast, Place};
use crate::triples::Triple;
use crate::{Code, Frame, Point, Quality};

/// The largest version of which more blur is undone than a linear filter can: a pass is far smaller, and the time
/// grows with the number of modules.
const UNTANGLED: usize = 25;
/// Rounds of it.
const ROUNDS: usize = 4;

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Attempt {
    edges: Vec<Edge>,
    anchors: Vec<(Point, Point)>,
    grey: Vec<f32>,
    fine: Vec<f32>,
    soft: Vec<f32>,
    /// The same before blur was undone.
    plain: Vec<f32>,
    soft_fine: Vec<f32>,
    contrast: Contrast,
    equaliser: Equaliser,
    interference: Interference,
    reader: Reader,
}

impl Attempt {
    /// Finds where the code of a triple lies, if there is one: the triple was found in a
    /// part of the pyramid that lies at `from`. Of the versions that the estimate allows, the best.
    pub fn locate(
        &mut self,
        frame: &Frame<'_>,
        triple: &Triple,
        from: Origin,
        dark: bool,
        slack: f32,
    ) -> Option<Located> {
        let at = triple.at.map(|p| from.project(p));
        let estimate = (triple.modules - 10.0) / 4.0;
        let nearest = estimate.round().clamp(1.0, 40.0);
        let second = if estimate > nearest { nearest + 1.0 } else { nearest - 1.0 };
        let mut best: Option<Located> = None;
        // A long leg measured by short modules is off by more.
        let third = 2.0 * nearest - second;
        let order = [nearest, second, third, 2.0 * second - nearest, 2.0 * third - nearest];
        let count = if nearest < 5.0 {
            2
        } else if nearest < 15.0 {
            3
        } else {
            5
        };
        for version in order.into_iter().take(count) {
            if !(1.0..=40.0).contains(&version) {
                continue;
            }
            let n = layout::side(version as usize) as f32;
            let mut plane = Homography::from_finders(at, triple.shrink, n - 7.0);
            if !plane.sane(n) {
                plane = Homography::from_finders(at, [1.0, 1.0], n - 7.0);
            }
            if let Some(place) = self.place(frame, (plane, [true; 3]), dark, version as usize, slack)
                && best.is_none_or(|b| place.agreement > b.agreement)
            {
                best = Some(place);
            }
            // A clear timing pattern settles the version.
            if best.is_some_and(|b| b.agreement > 0.75) {
                break;
            }
        }
        best
    }

    /// Finds where the code of two finders lies, if there is one: of all places of the third, the best.
    pub fn locate_pair(
        &mut self,
        frame: &Frame<'_>,
        pair: &Pair,
        from: Origin,
        dark: bool,
    ) -> Option<Located> {
        let nearest = ((pair.modules - 10.0) / 4.0).round().clamp(1.0, 40.0);
        let mut best: Option<Located> = None;
        for (at, seen) in Pair::completed(pair.at.map(|p| from.project(p))) {
            for version in [nearest, nearest - 1.0, nearest + 1.0] {
                if !(1.0..=40.0).contains(&version) {
                    continue;
                }
                let plane = Homography::from_finders(at, [1.0, 1.0], 4.0 * version + 10.0);
                if let Some(place) = self.place(frame, (plane, seen), dark, version as usize, 0.0)
                    && best.is_none_or(|b| place.agreement > b.agreement)
                {
                    best = Some(place);
                }
            }
        }
        best
    }

    /// Fits the code's plane to the picture, for one version, by the finders that were seen.
    fn place(
        &mut self,
        frame: &Frame<'_>,
        (plane, seen): (Homography, [bool; 3]),
        dark: bool,
        version: usize,
        slack: f32,
    ) -> Option<Located> {
        let n = layout::side(version);
        let mut h = plane;
        let contrast = finder_contrast(frame, &h, n, seen);
        let sign = if dark { 1.0 } else { -1.0 };
        if contrast * sign < 4.0 {
            return None;
        }
        self.edges.clear();
        self.anchors.clear();
        fit::finder_edges(n, seen, &mut self.edges);
        let first = self.step(frame, &mut h, n, 1.0, contrast)?;
        // Edges that lie anywhere are no pattern's edges: chance gives 0.5 here and 0.37 below.
        if first.error > 0.43 + slack {
            return None;
        }
        if !first.settled() {
            let second = self.step(frame, &mut h, n, 0.7, contrast)?;
            if second.error > 0.29 + slack || second.found < 0.55 - 2.0 * slack {
                return None;
            }
        }
        if version >= 2 {
            self.align(frame, &mut h, n, version, contrast);
        }
        // In a large code the timing line is followed outwards from the finders, for its far modules
        // lie too uncertainly at first.
        let fixed = self.edges.len();
        let mut extent = 20;
        while extent * 2 < n {
            self.edges.truncate(fixed);
            fit::timing_edges(n, extent, &mut self.edges);
            self.step(frame, &mut h, n, 0.5, contrast)?;
            extent *= 2;
        }
        self.edges.truncate(fixed);
        fit::timing_edges(n, n, &mut self.edges);
        for reach in [0.6, 0.5] {
            if self.step(frame, &mut h, n, reach, contrast)?.settled() {
                break;
            }
        }
        if !h.sane(n as f32) {
            return None;
        }
        let agreement = agreement(frame, &h, version, contrast);
        Some(Located { homography: h, version, contrast, agreement })
    }

    /// Takes a picture that is nothing but a code for one.
    pub fn plain(frame: &Frame<'_>) -> Option<Located> {
        let (homography, version) = plain::locate(frame)?;
        let contrast = finder_contrast(frame, &homography, layout::side(version), [true; 3]);
        let agreement = agreement(frame, &homography, version, contrast);
        (contrast > 60.0 && agreement > 0.9).then_some(Located { homography, version, contrast, agreement })
    }

    fn step(
        &self,
        frame: &Frame<'_>,
        h: &mut Homography,
        n: usize,
        reach: f32,
        contrast: f32,
    ) -> Option<Fit> {
        fit::step(frame, h, n, &self.edges, &self.anchors, reach, contrast)
    }

    /// Finds the alignment pattern far from all finders, then the others from there.
    fn align(&mut self, frame: &Frame<'_>, h: &mut Homography, n: usize, version: usize, contrast: f32) {
        let sign = contrast.signum();
        let last = n - 7;
        let centre = last as f32 + 0.5;
        let near = alignment::search(frame, h, (centre, centre), 1, sign).filter(|sight| sight.score > 0.85);
        let far = || alignment::search(frame, h, (centre, centre), 3 + n / 20, sign);
        let Some(sight) = near.or_else(far) else { return };
        if sight.score < 0.55 {
            return;
        }
        let before = *h;
        self.anchors.push(((centre, centre), sight.at));
        let fitted = self
            .step(frame, h, n, 0.7, contrast)
            .and_then(|fit| if fit.settled() { Some(fit) } else { self.step(frame, h, n, 0.6, contrast) });
        if fitted.is_none() || !h.sane(n as f32) {
            *h = before;
            self.anchors.clear();
            return;
        }
        fit::alignment_edges(last, last, &mut self.edges);
        if version < 7 {
            return;
        }
        for (x, y) in layout::alignment_centres(version) {
            if (x, y) == (last, last) {
                continue;
            }
            let place = (x as f32 + 0.5, y as f32 + 0.5);
            if let Some(sight) = alignment::search(frame, h, place, 2, sign)
                && sight.score > 0.6
            {
                self.anchors.push((place, sight.at));
                fit::alignment_edges(x, y, &mut self.edges);
            }
        }
        let before = *h;
        if self.step(frame, h, n, 0.5, contrast).is_none() || !h.sane(n as f32) {
            *h = before;
        }
    }

    /// Reads the modules of a located code as they stand.
    pub fn read(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Code> {
        self.resample(frame, place);
        self.both_ways(place)
    }

    fn resample(&mut self, frame: &Frame<'_>, place: &Located) {
        let n = layout::side(place.version);
        let ground = Place { homography: &place.homography, n };
        ground.read(frame, 1, &mut self.grey);
        self.contrast.soften(&self.grey, n, place.contrast, 4, &mut self.soft);
    }

    /// Takes back a text that is not needed any more, for its buffer.
    pub fn reuse(&mut self, text: String) {
        self.reader.reuse(text);
    }

    /// Reads them after undoing blur.
    pub fn read_blurred(&mut self, frame: &Frame<'_>, place: &Located) -> Option<Code> {
        let n = layout::side(place.version);
        let ground = Place { homography: &place.homography, n };
        self.resample(frame, place);
        self.plain.clone_from(&self.soft);
        ground.read(frame, 2, &mut self.fine);
        self.contrast.soften(&self.fine, 2 * n, place.contrast, 9, &mut self.soft_fine);
        let map: &[Module] = self.reader.map(place.version);
        if !self.equaliser.learn(&self.soft_fine, n, map, &mut self.soft) {
            return None;
        }
        self.leave_out_the_lost();
        if let Some(code) = self.both_ways(place) {
            return Some(code);
        }
        if !self.equaliser.refine(n, self.reader.map(place.version), &mut self.soft) {
            return None;
        }
        if let Some(code) = self.both_ways(place) {
            return Some(code);
        }
        let picture = [Readings { fine: &self.soft_fine, seen: &[] }];
        let map = self.reader.map(place.version);
        if place.version > UNTANGLED || !self.interference.untangle(&picture, ROUNDS, n, map, &mut self.soft)
        {
            return None;
        }
        self.leave_out_the_lost();
        self.both_ways(place)
    }

    /// What was blown out stays doubtful, whatever its neighbours seem to say of it.
    fn leave_out_the_lost(&mut self) {
        for (soft, plain) in self.soft.iter_mut().zip(&self.plain) {
            if *plain == 0.0 {
                *soft = 0.0;
            }
        }
    }

    /// Reads the soft modules as they are and, if that fails, as seen in a mirror.
    fn both_ways(&mut self, place: &Located) -> Option<Code> {
        let n = layout::side(place.version);
        if let Some(reading) = self.reader.read(place.version, &self.soft) {
            return Some(code(reading, place, false));
        }
        for y in 0..n {
            for x in 0..y {
                self.soft.swap(y * n + x, x * n + y);
            }
        }
        let mirrored = self.reader.read(place.version, &self.soft);
        for y in 0..n {
            for x in 0..y {
                self.soft.swap(y * n + x, x * n + y);
            }
        }
        mirrored.map(|reading| code(reading, place, true))
    }
}

/// What was read at a place.
pub(crate) fn code(reading: Reading, place: &Located, mirrored: bool) -> Code {
    let n = layout::side(place.version) as f32;
    let h = if mirrored { place.homography.transposed() } else { place.homography };
    let (a, b) = h.steps(n / 2.0, n / 2.0);
    Code {
        text: reading.text,
        corners: h.corners(n),
        version: place.version as u8,
        quality: Quality {
            margin: reading.margin,
            module: (a.0 * b.1 - a.1 * b.0).abs().sqrt(),
            inverted: place.contrast < 0.0,
            mirrored,
            frames: 1,
        },
    }
}
