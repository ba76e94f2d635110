//! Undoing blur: defocus, motion and a slight shift all make each reading a weighted sum of its
//! neighbours. The weights that undo it are learnt, as a modem learns its line: a linear filter over
//! readings at twice the module rate is trained by least squares on the modules that every code has
//! (finders, timing, alignment), then once more on its own confident decisions.

use crate::homography::solve;
use crate::layout::Module;

const REACH: usize = 3;
const SPAN: usize = 2 * REACH;
/// A window of readings around a module, and a constant.
const WEIGHTS: usize = SPAN * SPAN + 1;
/// What a reading would be in the quiet zone.
const QUIET: f32 = -0.9;
/// Share of the known modules that the weights must account for: chance gives a tenth to a quarter, a
/// code under blur that can be undone nearly all, one under a glare spot a third.
const BORNE_OUT: f32 = 0.3;
/// Modules that are enough to learn from.
const ENOUGH: usize = 2500;
/// Share from which decisions are good enough to learn from.
const TRUSTED: f32 = 0.6;

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Equaliser {
    /// The readings with a quiet zone around them.
    ground: Vec<f32>,
    side: usize,
    accounted: f32,
}

impl Equaliser {
    /// Learns from the known modules of `map` and replaces `soft` by better readings. `fine` holds soft
    /// readings at two places a module along each axis. False when the known modules bear out no code.
    pub fn learn(&mut self, fine: &[f32], n: usize, map: &[Module], soft: &mut Vec<f32>) -> bool {
        self.lay_out(fine, n);
        let known = |i: usize| map[i].known().map(|v| (v, 1.0));
        let Some((weights, accounted)) = self.train(n, known) else { return false };
        self.accounted = accounted;
        if accounted < BORNE_OUT {
            return false;
        }
        self.apply(n, &weights, soft);
        true
    }

    /// Learns thrice more, from all modules as they were decided in `soft`. Comes after `learn`; false when
    /// that learnt too little to decide by.
    pub fn refine(&self, n: usize, map: &[Module], soft: &mut Vec<f32>) -> bool {
        if self.accounted < TRUSTED {
            return false;
        }
        for _ in 0..3 {
            let decided = |i: usize| match map[i].known() {
                Some(v) => Some((v, 1.0)),
                None => Some((soft[i].signum(), soft[i].abs().min(1.0))),
            };
            let Some((weights, _)) = self.train(n, decided) else { return false };
            self.apply(n, &weights, soft);
        }
        true
    }

    /// Learns from the known modules and from what was `decided` of the others by all that is known (its sign, and
    /// its size as trust; empty where nothing is), each as far as it was `seen`, and puts better readings into `soft`.
    /// Gives the share of the targets that the weights account for.
    pub fn learn_from(
        &mut self,
        fine: &[f32],
        n: usize,
        map: &[Module],
        (decided, seen): (&[f32], &[f32]),
        soft: &mut Vec<f32>,
    ) -> Option<f32> {
        self.lay_out(fine, n);
        // Of a large code, some of the modules are enough.
        let step = (n * n / ENOUGH).max(1);
        let target = |i: usize| match map[i].known() {
            Some(v) => Some((v, seen[i])),
            None if !i.is_multiple_of(step) => None,
            None => decided.get(i).map(|v| (v.signum(), v.abs().min(1.0) * seen[i])),
        };
        let (weights, accounted) = self.train(n, target)?;
        self.apply(n, &weights, soft);
        Some(accounted)
    }

    fn lay_out(&mut self, fine: &[f32], n: usize) {
        self.side = 2 * n + 2 * REACH;
        self.ground.clear();
        self.ground.resize(self.side * self.side, QUIET);
        for (row, line) in fine.chunks_exact(2 * n).zip(self.ground.chunks_exact_mut(self.side).skip(REACH)) {
            line[REACH..REACH + 2 * n].copy_from_slice(row);
        }
    }

    /// The readings around a module, and the constant.
    fn window(&self, x: usize, y: usize) -> [f32; WEIGHTS] {
        let mut window = [1.0; WEIGHTS];
        for (dy, line) in window.chunks_exact_mut(SPAN).enumerate() {
            let at = (2 * y + 1 + dy) * self.side + 2 * x + 1;
            line.copy_from_slice(&self.ground[at..at + SPAN]);
        }
        window
    }

    /// Weights that bring windows closest to their targets, held near a plain mean of the middle, and the
    /// share of the targets that they account for.
    fn train(&self, n: usize, target: impl Fn(usize) -> Option<(f32, f32)>) -> Option<([f32; WEIGHTS], f32)> {
        let mut a = [[0.0f32; WEIGHTS]; WEIGHTS];
        let mut b = [0.0f32; WEIGHTS];
        let mut total = 0.0;
        for i in 0..n * n {
            let Some((goal, trust)) = target(i) else { continue };
            let w = self.window(i % n, i / n);
            total += trust;
            for (j, row) in a.iter_mut().enumerate() {
                let k = trust * w[j];
                for (cell, &other) in row[..=j].iter_mut().zip(&w) {
                    *cell += k * other;
                }
                b[j] += k * goal;
            }
        }
        let plain = b;
        let hold = total * 0.012 + 0.5;
        for (i, row) in a.iter_mut().enumerate() {
            row[i] += hold;
        }
        for dy in [REACH - 1, REACH] {
            for dx in [REACH - 1, REACH] {
                b[dy * SPAN + dx] += hold * 0.25;
            }
        }
        let weights = solve(a, b)?;
        let accounted: f32 = plain.iter().zip(&weights).map(|(b, w)| b * w).sum();
        Some((weights, accounted / total.max(1.0)))
    }

    fn apply(&self, n: usize, weights: &[f32; WEIGHTS], soft: &mut Vec<f32>) {
        soft.clear();
        soft.extend((0..n * n).map(|i| {
            let sum: f32 = self.window(i % n, i / n).iter().zip(weights).map(|(a, b)| a * b).sum();
            sum.clamp(-2.0, 2.0)
        }));
    }
}
