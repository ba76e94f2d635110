//! What one frame saw of a code: soft readings at twice the module rate, what they say of each module after
//! undoing that frame's own blur, and how much was to be seen there. A blown-out spot says nothing; a frame whose
//! known modules are hardly borne out says little.

use crate::Frame;
use crate::evidence::Steps;
use crate::layout::{self, Module};
use crate::place::Located;
use crate::sampling::Place;

/// Share of the known modules that chance accounts for.
const CHANCE: f32 = 0.1;
/// Share below which a view is not worth keeping.
const BORNE_OUT: f32 = 0.17;
/// Modules to each side that tell by how much they differ what was to be seen.
const AROUND: usize = 2;

/// One frame's view of a code.
#[derive(Default)]
pub(crate) struct View {
    /// Two readings a module along each axis.
    pub fine: Vec<f32>,
    /// What it says of each module: +1 dark, −1 light.
    pub said: Vec<f32>,
    /// How much was to be seen of each, 0 to 1.
    pub seen: Vec<f32>,
    /// What the whole view weighs: the certainty that a reading of it gives.
    pub worth: f32,
}

impl View {
    /// Reads a frame at a place; false when nothing there bears out a code.
    pub fn take(&mut self, frame: &Frame<'_>, place: &Located, steps: &mut Steps) -> bool {
        let n = layout::side(place.version);
        let ground = Place { homography: &place.homography, n };
        ground.read(frame, 2, &mut steps.grey);
        steps.contrast.soften(&steps.grey, 2 * n, place.contrast, 9, &mut self.fine);
        self.plain(n, &mut steps.plain);
        self.look_around(n, &steps.plain);
        let map = steps.reader.map(place.version);
        let Some(accounted) =
            steps.equaliser.learn_from(&self.fine, n, map, (&[], &self.seen), &mut self.said)
        else {
            return false;
        };
        self.weigh(accounted);
        accounted > BORNE_OUT
    }

    /// The weight of a view whose filter accounts for so much of its targets. A best estimate that explains a share
    /// `s` of what it estimates is as sure as its value over 1 − `s`.
    pub fn weigh(&mut self, accounted: f32) {
        let share = ((accounted - CHANCE) / (1.0 - CHANCE)).clamp(0.0, 0.93);
        self.worth = share / accounted.max(CHANCE) / (1.0 - share);
    }

    /// One reading a module, blur and all.
    pub fn plain(&self, n: usize, plain: &mut Vec<f32>) {
        plain.clear();
        plain.extend((0..n * n).map(|i| {
            let at = i / n * 4 * n + i % n * 2;
            let f = &self.fine;
            (f[at] + f[at + 1] + f[at + 2 * n] + f[at + 2 * n + 1]) * 0.25
        }));
    }

    /// Where modules around differ as little as under a blown-out spot, nothing was seen.
    fn look_around(&mut self, n: usize, plain: &[f32]) {
        let mean = plain.iter().sum::<f32>() / (n * n) as f32;
        let usual = plain.iter().map(|v| v * v).sum::<f32>() / (n * n) as f32 - mean * mean;
        self.seen.clear();
        self.seen.extend((0..n * n).map(|i| {
            let mean = mean_around(n, i, |j| plain[j]);
            let here = mean_around(n, i, |j| plain[j] * plain[j]) - mean * mean;
            ((here / usual.max(1e-6) - 0.15) * 3.0).clamp(0.0, 1.0)
        }));
    }

    /// Sees anew, once it is known what all views say: where this one says something else all around a module, it
    /// shows something else there.
    pub fn agree(&mut self, n: usize, sum: &[f32]) {
        for i in 0..n * n {
            let (both, own, other) = (
                mean_around(n, i, |j| self.said[j] * sum[j]),
                mean_around(n, i, |j| self.said[j] * self.said[j]),
                mean_around(n, i, |j| sum[j] * sum[j]),
            );
            let likeness = both / (own * other).sqrt().max(1e-6);
            self.seen[i] = ((likeness - 0.1) * 2.5).clamp(0.0, 1.0);
        }
    }
}

/// Mean over a module's surroundings.
fn mean_around(n: usize, i: usize, value: impl Fn(usize) -> f32) -> f32 {
    let window = |c: usize| c.saturating_sub(AROUND)..(c + AROUND + 1).min(n);
    let (mut sum, mut count) = (0.0, 0.0);
    for y in window(i / n) {
        for x in window(i % n) {
            sum += value(y * n + x);
            count += 1.0;
        }
    }
    sum / count
}

/// Whether a view is of another code than what was gathered: both see the same patterns, but what lies between
/// is not alike at all.
pub(crate) fn contradicts(view: &View, sum: &[f32], map: &[Module]) -> bool {
    let likeness = |data: bool| {
        let (mut both, mut own, mut other) = (0.0f32, 0.0f32, 0.0f32);
        for (i, module) in map.iter().enumerate() {
            if (*module == Module::Data) == data && *module != Module::Information {
                let (v, s) = (view.said[i] * view.seen[i], sum[i]);
                both += v * s;
                own += v * v;
                other += s * s;
            }
        }
        both / (own * other).sqrt().max(1e-6)
    };
    likeness(true) < 0.25 * likeness(false)
}
