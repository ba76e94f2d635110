//! Undoing blur: defocus, motion and a slight shift all make each reading a weighted sum of its
//! neighbours. The weights that undo it are learnt, as a modem learns its line: a linear filter over
//! readings at twice the module rate is trained by least squares on the modules that every code has
//! (finders, timing, alignment), then once more on its own confident decisions.

use crate::homography::solve;
use crate::layout::Module;

const REACH: isize = 3;
const SPAN: usize = 2 * REACH as usize;
/// A window of readings around a module, and a constant.
const WEIGHTS: usize = SPAN * SPAN + 1;

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Equaliser {
    window: Vec<[f32; WEIGHTS]>,
}

impl Equaliser {
    /// `fine` holds soft readings at two places a module along each axis; `soft` is replaced by better
    /// ones, `rounds` of training on decisions following the one on known modules.
    pub fn run(&mut self, fine: &[f32], n: usize, map: &[Module], rounds: usize, soft: &mut Vec<f32>) {
        let side = 2 * n as isize;
        self.window.clear();
        for y in 0..n as isize {
            for x in 0..n as isize {
                let mut w = [1.0; WEIGHTS];
                let mut i = 0;
                for dy in 1 - REACH..=REACH {
                    for dx in 1 - REACH..=REACH {
                        let (fx, fy) = (2 * x + dx, 2 * y + dy);
                        let inside = (0..side).contains(&fx) && (0..side).contains(&fy);
                        // Around the code lies its quiet zone.
                        w[i] = if inside { fine[(fy * side + fx) as usize] } else { -0.9 };
                        i += 1;
                    }
                }
                self.window.push(w);
            }
        }
        let known = |i: usize, _: f32| match map[i] {
            Module::Dark => Some((1.0, 1.0)),
            Module::Light => Some((-1.0, 1.0)),
            _ => None,
        };
        let Some(weights) = self.train(soft, known) else { return };
        self.apply(&weights, soft);
        for _ in 0..rounds {
            let decided = |i: usize, v: f32| match map[i] {
                Module::Dark => Some((1.0, 1.0)),
                Module::Light => Some((-1.0, 1.0)),
                _ => Some((v.signum(), v.abs().min(1.0))),
            };
            let Some(weights) = self.train(soft, decided) else { return };
            self.apply(&weights, soft);
        }
    }

    /// Weights that bring windows closest to their targets, held near a plain mean of the middle.
    fn train(
        &self,
        soft: &[f32],
        target: impl Fn(usize, f32) -> Option<(f32, f32)>,
    ) -> Option<[f32; WEIGHTS]> {
        let mut a = [[0.0f32; WEIGHTS]; WEIGHTS];
        let mut b = [0.0f32; WEIGHTS];
        let mut total = 0.0;
        for (i, (w, &v)) in self.window.iter().zip(soft).enumerate() {
            let Some((goal, trust)) = target(i, v) else { continue };
            total += trust;
            for (j, row) in a.iter_mut().enumerate() {
                let k = trust * w[j];
                for (cell, &other) in row[..=j].iter_mut().zip(w) {
                    *cell += k * other;
                }
                b[j] += k * goal;
            }
        }
        let hold = total * 0.012 + 0.5;
        for (i, row) in a.iter_mut().enumerate() {
            row[i] += hold;
        }
        for dy in [REACH as usize - 1, REACH as usize] {
            for dx in [REACH as usize - 1, REACH as usize] {
                b[dy * SPAN + dx] += hold * 0.25;
            }
        }
        solve(a, b)
    }

    fn apply(&self, weights: &[f32; WEIGHTS], soft: &mut Vec<f32>) {
        soft.clear();
        soft.extend(self.window.iter().map(|w| {
            let sum: f32 = w.iter().zip(weights).map(|(a, b)| a * b).sum();
            sum.clamp(-2.0, 2.0)
        }));
    }
}
