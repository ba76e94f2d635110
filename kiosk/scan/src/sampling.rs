//! From the picture to one number a module: grey is read at each module's middle, and set against
//! what dark and light look like just there, so that shadows, glare and a dim screen cancel out. The
//! result is soft: +1 is plainly dark, −1 plainly light, near 0 is doubtful.

use crate::homography::Homography;
use crate::pixels::{grey, nearest};
use crate::{Frame, Point};

/// Where the modules are.
pub(crate) struct Place<'a> {
    pub homography: &'a Homography,
    pub n: usize,
}

impl Place<'_> {
    /// Reads grey at `per` places a module along each axis (1: its middle; 2: quarter points), row by row.
    pub fn read(&self, frame: &Frame<'_>, per: usize, out: &mut Vec<f32>) {
        out.clear();
        let total = self.n * per;
        let pitch = 1.0 / per as f32;
        let module = self.module() * pitch;
        // Taps around the middle, by half their distance; none where modules are so small that one sees all.
        let d = 0.21 * pitch;
        for y in 0..total {
            for x in 0..total {
                let at = ((x as f32 + 0.5) * pitch, (y as f32 + 0.5) * pitch);
                out.push(if module > ROUGH {
                    self.five(at, d, |p| nearest(frame, p))
                } else if module > FINE {
                    self.five(at, d, |p| grey(frame, p))
                } else {
                    grey(frame, self.homography.project(at.0, at.1))
                });
            }
        }
    }

    /// Pixels a module, at the middle.
    fn module(&self) -> f32 {
        let half = self.n as f32 / 2.0;
        let (a, b) = self.homography.steps(half, half);
        (a.0 * b.1 - a.1 * b.0).abs().sqrt()
    }

    /// Mean of five taps around a place; within a module, perspective hardly bends.
    fn five(&self, (x, y): Point, d: f32, read: impl Fn(Point) -> f32) -> f32 {
        let (p, along, down) = self.homography.ground(x, y);
        let tap = |u: f32, v: f32| read((p.0 + along.0 * u + down.0 * v, p.1 + along.1 * u + down.1 * v));
        (read(p) + tap(d, d) + tap(-d, d) + tap(d, -d) + tap(-d, -d)) * 0.2
    }
}

/// Pixels between readings from which there is room for several taps.
const FINE: f32 = 2.4;
/// And from which it does not matter where in its pixel a tap lies.
const ROUGH: f32 = 4.5;

/// Sums over any rectangle of a grid in four look-ups.
#[derive(Default)]
struct Sums(Vec<f32>);

impl Sums {
    fn fill(&mut self, n: usize, value: impl Fn(usize) -> f32) {
        self.0.clear();
        self.0.resize((n + 1) * (n + 1), 0.0);
        for y in 0..n {
            let mut row = 0.0;
            for x in 0..n {
                row += value(y * n + x);
                self.0[(y + 1) * (n + 1) + x + 1] = self.0[y * (n + 1) + x + 1] + row;
            }
        }
    }

    fn over(&self, n: usize, x: (usize, usize), y: (usize, usize)) -> f32 {
        let at = |x: usize, y: usize| self.0[y * (n + 1) + x];
        at(x.1, y.1) - at(x.0, y.1) - at(x.1, y.0) + at(x.0, y.0)
    }
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Contrast {
    all: Sums,
    dark: Sums,
    dark_count: Sums,
}

impl Contrast {
    /// Turns grey readings of an n×n grid into soft ones. `contrast` is light minus dark at the finders,
    /// negative in inverted codes; `reach` readings to each side are the neighbourhood. Where there is
    /// far less contrast than at the finders (a glare spot), readings stay doubtful.
    pub fn soften(&mut self, grey: &[f32], n: usize, contrast: f32, reach: usize, soft: &mut Vec<f32>) {
        let least = (contrast.abs() * 0.12).max(1.0);
        self.all.fill(n, |i| grey[i]);
        let window = |c: usize| (c.saturating_sub(reach), (c + reach + 1).min(n));
        let area = |x: (usize, usize), y: (usize, usize)| ((x.1 - x.0) * (y.1 - y.0)) as f32;
        soft.clear();
        soft.extend(grey[..n * n].iter().enumerate().map(|(i, v)| {
            let (x, y) = (window(i % n), window(i / n));
            self.all.over(n, x, y) / area(x, y) - v
        }));
        // Means of what is darker and what is lighter than its surroundings: their middle is the level.
        self.dark.fill(n, |i| if soft[i] > 0.0 { grey[i] } else { 0.0 });
        self.dark_count.fill(n, |i| f32::from(u8::from(soft[i] > 0.0)));
        for i in 0..n * n {
            let (x, y) = (window(i % n), window(i / n));
            let darks = self.dark_count.over(n, x, y);
            let dark_sum = self.dark.over(n, x, y);
            let lights = area(x, y) - darks;
            // A code has dark and light everywhere: where one is missing, nothing was seen.
            if darks < 1.0 || lights < 1.0 {
                soft[i] = 0.0;
                continue;
            }
            let dark = dark_sum / darks;
            let light = (self.all.over(n, x, y) - dark_sum) / lights;
            let half = ((light - dark) / 2.0).max(least);
            soft[i] = ((f32::midpoint(light, dark) - grey[i]) / half * contrast.signum()).clamp(-2.0, 2.0);
        }
    }
}
