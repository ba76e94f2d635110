//! How far out of focus a code is. A lens that is not focused spreads each point evenly over a disc (the circle of
//! confusion; its transform, a Bessel function, has zeros and turns the contrast of fine patterns inside out beyond
//! the first: Hopkins, "The frequency response of a defocused optical system", 1955). A disc wider than a module
//! leaves no pattern to learn a filter from, but one number says all of it: the radius. Around the finders all
//! modules are known, so what a disc of any radius makes of them is known, too, and the radius of which the picture
//! shows most is the one. Light and contrast come out with it, at each finder; between them they change evenly.

use std::sync::LazyLock;

use crate::Frame;
use crate::homography::Homography;
use crate::interference::{PHASES, REACH, SPAN, Spread};
use crate::pixels::grey;

/// Radii that are tried, in modules, and how far they are apart.
const RADII: usize = 30;
const PITCH: f32 = 0.05;
const SMALLEST: f32 = 0.55;
/// Modules of a finder, along each axis, around which all is known.
const KNOWN: usize = 6;
/// Parts of a module, along each axis, of which the disc is made up.
const PARTS: usize = 8;
/// Every so many radii are tried first, and the share below which the others are not.
const ROUGHLY: usize = 5;
const LEAST_SHARE: f32 = 0.5;
/// Which finders lie at the far end of the code's x and y.
const FAR: [(bool, bool); 3] = [(false, false), (true, false), (false, true)];
/// Grey levels between dark and light below which nothing is seen.
const LEAST_CONTRAST: f32 = 4.0;

/// A finder's readings, as far as all around them is known.
type Patch = [[f32; PHASES]; KNOWN * KNOWN];

/// What a radius makes of a point, and of a finder at the code's first corner.
struct Radius {
    spread: Spread,
    finder: Patch,
}

/// All radii, worked out when the first code is out of focus.
static ALL: LazyLock<Vec<Radius>> =
    LazyLock::new(|| (0..RADII).map(|i| Radius::of(SMALLEST + i as f32 * PITCH)).collect());

/// What was found of a picture's blur.
#[derive(Clone, Copy)]
pub(crate) struct Focus {
    /// Which of the radii it is.
    at: usize,
    /// Share of what the finders show that it accounts for.
    pub share: f32,
    /// Middle and half contrast at each finder: corner, along x, along y.
    light: [(f32, f32); 3],
}

impl Radius {
    fn of(radius: f32) -> Self {
        let spread = spread(radius);
        let dark = |x: usize, y: usize| {
            let ring = |c: usize| c.abs_diff(3 + REACH);
            let ring = ring(x).max(ring(y));
            if ring < 4 && ring != 2 { 1.0 } else { -1.0 }
        };
        let mut finder = [[0.0; PHASES]; KNOWN * KNOWN];
        for (i, readings) in finder.iter_mut().enumerate() {
            for (tap, adds) in spread.iter().enumerate() {
                let module = dark(i % KNOWN + tap % SPAN, i / KNOWN + tap / SPAN);
                for (reading, adds) in readings.iter_mut().zip(adds) {
                    *reading += module * adds;
                }
            }
        }
        Self { spread, finder }
    }
}

/// What each module around a reading adds to it: the share of the disc that lies in it.
pub(crate) fn spread(radius: f32) -> Spread {
    let mut spread: Spread = [[0.0; PHASES]; _];
    for phase in 0..PHASES {
        // The reading's place, in modules from the middle of the first tap's outer corner.
        let place = |i: usize| REACH as f32 + 0.25 + 0.5 * i as f32;
        let (x, y) = (place(phase % 2), place(phase / 2));
        let mut sum = 0.0;
        for (tap, adds) in spread.iter_mut().enumerate() {
            for part in 0..PARTS * PARTS {
                let within = |i: usize| (i as f32 + 0.5) / PARTS as f32;
                let (u, v) =
                    ((tap % SPAN) as f32 + within(part % PARTS), (tap / SPAN) as f32 + within(part / PARTS));
                // The pixels' own width softens the rim.
                let inside = ((radius - (u - x).hypot(v - y)) / 0.3 + 0.5).clamp(0.0, 1.0);
                adds[phase] += inside;
                sum += inside;
            }
        }
        for adds in &mut spread {
            adds[phase] /= sum;
        }
    }
    spread
}

impl Focus {
    /// What blur the finders show of a code of `n` modules a side that lies at `h`. None where they show nothing.
    pub fn measure(frame: &Frame<'_>, h: &Homography, n: usize) -> Option<Self> {
        let finders = FAR.map(|far| patch(frame, h, n, far));
        let better = |a: &Self, b: &Self| a.share.total_cmp(&b.share);
        let rough = (0..RADII).step_by(ROUGHLY).map(|at| Self::fitted(&finders, at)).max_by(better)?;
        if rough.share < LEAST_SHARE {
            return None;
        }
        let near = rough.at.saturating_sub(ROUGHLY - 1)..(rough.at + ROUGHLY).min(RADII);
        let best = near.map(|at| Self::fitted(&finders, at)).max_by(better)?;
        let sign = best.light[0].1.signum();
        let seen = best.light.iter().all(|light| light.1 * sign > LEAST_CONTRAST / 2.0);
        seen.then_some(best)
    }

    fn fitted(finders: &[Patch; 3], at: usize) -> Self {
        let fits = finders.each_ref().map(|patch| fit(&ALL[at].finder, patch));
        let (left, all) = fits.iter().fold((0.0, 0.0), |(left, all), fit| (left + fit.left, all + fit.all));
        Self { at, share: 1.0 - left / all.max(1e-6), light: fits.map(|fit| fit.light) }
    }

    /// How modules are spread.
    pub fn spread(&self) -> &'static Spread {
        &ALL[self.at].spread
    }

    /// Light minus dark at the finders; negative in inverted codes.
    pub fn contrast(&self) -> f32 {
        self.light.iter().map(|light| -2.0 * light.1).sum::<f32>() / 3.0
    }

    /// Sets grey readings against the light there: what all around dark reads as is 1, all around light −1.
    pub fn even_out(&self, grey: &[f32], n: usize, out: &mut Vec<f32>) {
        let [o, r, d] = self.light;
        let apart = (2 * n - 14) as f32;
        out.clear();
        out.extend(grey.iter().enumerate().map(|(i, v)| {
            let place = |c: usize| (c as f32 - 6.5) / apart;
            let (x, y) = (place(i % (2 * n)), place(i / (2 * n)));
            let between = |o: f32, r: f32, d: f32| o + (r - o) * x + (d - o) * y;
            let least = o.1.abs().min(r.1.abs()).min(d.1.abs()) * 0.4;
            let half = between(o.1, r.1, d.1);
            let half =
                if half * o.1 < 0.0 { least * o.1.signum() } else { half.signum() * half.abs().max(least) };
            ((v - between(o.0, r.0, d.0)) / half).clamp(-3.0, 3.0)
        }));
    }
}

/// A finder's readings, turned so that its outer corner is first.
fn patch(frame: &Frame<'_>, h: &Homography, n: usize, (right, low): (bool, bool)) -> Patch {
    let mut patch = [[0.0; PHASES]; KNOWN * KNOWN];
    for (i, readings) in patch.iter_mut().enumerate() {
        for (phase, reading) in readings.iter_mut().enumerate() {
            let place = |i: usize, phase: usize| i as f32 + 0.25 + 0.5 * phase as f32;
            let (x, y) = (place(i % KNOWN, phase % 2), place(i / KNOWN, phase / 2));
            let turned = |c: f32, far: bool| if far { n as f32 - c } else { c };
            *reading = grey(frame, h.project(turned(x, right), turned(y, low)));
        }
    }
    patch
}

struct Fitted {
    /// Squares of what is not accounted for, and of all.
    left: f32,
    all: f32,
    light: (f32, f32),
}

/// Light and contrast with which a patch is most like what is expected of it.
fn fit(expected: &Patch, patch: &Patch) -> Fitted {
    let count = (KNOWN * KNOWN * PHASES) as f32;
    let (mut sums, mut squares, mut product) = ((0.0, 0.0), (0.0, 0.0), 0.0);
    for (e, v) in expected.iter().flatten().zip(patch.iter().flatten()) {
        sums = (sums.0 + e, sums.1 + v);
        squares = (squares.0 + e * e, squares.1 + v * v);
        product += e * v;
    }
    let (own, all) = (squares.0 - sums.0 * sums.0 / count, squares.1 - sums.1 * sums.1 / count);
    let half = (product - sums.0 * sums.1 / count) / own.max(1e-6);
    let middle = (sums.1 - half * sums.0) / count;
    Fitted { left: (all - half * half * own).max(0.0), all, light: (middle, half) }
}
