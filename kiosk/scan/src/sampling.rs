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

/// Sums over any rectangle of a grid in four look-ups; four numbers of each place side by side.
#[derive(Default)]
struct Sums(Vec<[f32; 4]>);

impl Sums {
    fn fill(&mut self, n: usize, value: impl Fn(usize) -> [f32; 4]) {
        self.0.clear();
        self.0.resize((n + 1) * (n + 1), [0.0; 4]);
        for y in 0..n {
            let (above, below) = self.0.split_at_mut((y + 1) * (n + 1));
            let above = &above[y * (n + 1)..];
            let mut row = [0.0; 4];
            for (x, (sum, above)) in below[1..=n].iter_mut().zip(&above[1..]).enumerate() {
                let v = value(y * n + x);
                for (((sum, above), row), v) in sum.iter_mut().zip(above).zip(&mut row).zip(v) {
                    *row += v;
                    *sum = above + *row;
                }
            }
        }
    }

    fn over(&self, n: usize, x: (usize, usize), y: (usize, usize)) -> [f32; 4] {
        let (upper, lower) = (&self.0[y.0 * (n + 1)..][..=n], &self.0[y.1 * (n + 1)..][..=n]);
        let (a, b, c, d) = (lower[x.1], lower[x.0], upper[x.1], upper[x.0]);
        std::array::from_fn(|i| a[i] - b[i] - c[i] + d[i])
    }
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Contrast {
    sums: Sums,
}

impl Contrast {
    /// Turns grey readings of an n×n grid into soft ones. `contrast` is light minus dark at the finders,
    /// negative in inverted codes; `reach` readings to each side are the neighbourhood. Where there is
    /// far less contrast than at the finders (a glare spot), readings stay doubtful.
    pub fn soften(&mut self, grey: &[f32], n: usize, contrast: f32, reach: usize, soft: &mut Vec<f32>) {
        let least = (contrast.abs() * 0.12).max(1.0);
        self.sums.fill(n, |i| [grey[i], 0.0, 0.0, 0.0]);
        let window = |c: usize| (c.saturating_sub(reach), (c + reach + 1).min(n));
        let area = |x: (usize, usize), y: (usize, usize)| ((x.1 - x.0) * (y.1 - y.0)) as f32;
        soft.clear();
        for (y, row) in grey[..n * n].chunks_exact(n).enumerate() {
            let rows = window(y);
            soft.extend(row.iter().enumerate().map(|(x, v)| {
                let columns = window(x);
                self.sums.over(n, columns, rows)[0] / area(columns, rows) - v
            }));
        }
        // Means of what is darker and what is lighter than its surroundings: their middle is the level.
        self.sums.fill(n, |i| {
            let dark = f32::from(u8::from(soft[i] > 0.0));
            [grey[i], grey[i] * dark, dark, 0.0]
        });
        for (y, (row, soft)) in grey.chunks_exact(n).zip(soft.chunks_exact_mut(n)).enumerate() {
            let rows = window(y);
            for (x, (v, soft)) in row.iter().zip(soft).enumerate() {
                let columns = window(x);
                let [all, dark_sum, darks, _] = self.sums.over(n, columns, rows);
                let lights = area(columns, rows) - darks;
                // A code has dark and light everywhere: where one is missing, nothing was seen.
                if darks < 1.0 || lights < 1.0 {
                    *soft = 0.0;
                    continue;
                }
                let (dark, light) = (dark_sum / darks, (all - dark_sum) / lights);
                let half = ((light - dark) / 2.0).max(least);
                *soft = ((f32::midpoint(light, dark) - v) / half * contrast.signum()).clamp(-2.0, 2.0);
            }
        }
        doubt_the_blown_out(grey, n, reach / 4, contrast.signum(), soft);
    }
}

/// Under a glare spot all is as light as can be. From its rim, where modules are still told apart, what lies
/// inside looks plainly light: such readings are taken back where nothing within `near` readings is dark.
fn doubt_the_blown_out(grey: &[f32], n: usize, near: usize, sign: f32, soft: &mut [f32]) {
    let mut levels = [[0u32; 256]; 2];
    for (v, soft) in grey.iter().zip(&*soft) {
        levels[usize::from(soft * sign < 0.0)][*v as usize & 255] += 1;
    }
    let at = |levels: &[u32; 256], share: f32| {
        let least = (levels.iter().sum::<u32>() as f32 * share) as u32;
        let mut seen = 0;
        let level = levels.iter().position(|count| {
            seen += count;
            seen > least
        });
        level.unwrap_or(255) as f32
    };
    let (dark, light, most) = (at(&levels[0], 0.5), at(&levels[1], 0.25), at(&levels[1], 0.99));
    let contrast = light - dark;
    if most < light + 0.12 * contrast {
        return;
    }
    let (blown, darkish) = (most - 0.03 * contrast, f32::midpoint(dark, light));
    let around = |c: usize| c.saturating_sub(near)..(c + near + 1).min(n);
    for i in 0..n * n {
        let lost = || around(i / n).all(|y| grey[y * n..][around(i % n)].iter().all(|&v| v > darkish));
        if grey[i] >= blown && lost() {
            soft[i] = 0.0;
        }
    }
}
