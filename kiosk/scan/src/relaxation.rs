//! Which modules are dark when it is known how blur has mixed them. The modules that explain the readings best are
//! not to be found by trying, nor by thinking over one after the other from a bad beginning, which ends where no single
//! change is a gain. But if a module may be anything from light to dark there is but one best answer, and one after
//! the other goes there from any beginning (convex relaxation by coordinate descent, with over-relaxation: Young, 1954).
//! Then what lies between is made dearer, a little more each time, until every module is one or the other (graduated
//! non-convexity: Blake and Zisserman, "Visual reconstruction", 1987). Contrast that blur has turned inside out is as
//! good here as any, and what it has wiped out is filled in by modules being no greyer than light or dark.

use crate::interference::{PHASES, REACH, SPAN, Spread, TAPS};
use crate::layout::Module;

/// Rounds in which modules may be grey, and in which grey is made dearer.
const GREY: usize = 15;
const DEARER: usize = 25;
/// How dear grey is in the end, as a share of what a module's readings are worth.
const DEAREST: f32 = 0.5;
/// How much further than to the best a module is moved while grey costs nothing.
const OVER: f32 = 1.5;
/// Change of mind below which there is no further round of greys.
const SETTLED: f32 = 0.002;

/// One picture of a code: readings at two places a module along each axis, of which 1 is dark all around and −1 light,
/// and how its blur spreads modules over them.
pub(crate) struct Picture<'a> {
    pub fine: &'a [f32],
    pub blur: &'a Spread,
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Relaxation {
    /// What modules are thought to be, from −1 light to 1 dark, with a quiet zone around them.
    guess: Vec<f32>,
    side: usize,
    /// For each picture, what remains of each module's readings when all that is thought to be in them is taken away.
    rests: Vec<Vec<[f32; PHASES]>>,
    /// How much all readings of a module are worth.
    power: Vec<f32>,
}

impl Relaxation {
    /// Another code: nothing but its patterns is known.
    pub fn begin(&mut self, n: usize, map: &[Module]) {
        self.side = n + 2 * REACH;
        self.guess.clear();
        self.guess.resize(self.side * self.side, -1.0);
        for (i, module) in map.iter().enumerate() {
            let at = self.at(i % n, i / n);
            self.guess[at] = module.known().unwrap_or(0.0);
        }
    }

    /// Takes away from the pictures' readings what is thought to be in them.
    pub fn compare(&mut self, pictures: &[Picture<'_>], n: usize) {
        self.rests.resize_with(self.rests.len().max(pictures.len()), Vec::new);
        for (slot, picture) in pictures.iter().enumerate() {
            let mut rests = std::mem::take(&mut self.rests[slot]);
            rests.clear();
            rests.extend((0..n * n).map(|i| {
                let at = i / n * 4 * n + i % n * 2;
                let mut rest = [at, at + 1, at + 2 * n, at + 2 * n + 1].map(|reading| picture.fine[reading]);
                for (line, taps) in picture.blur.chunks_exact(SPAN).enumerate() {
                    let from = (i / n + line) * self.side + i % n;
                    for (v, tap) in self.guess[from..from + SPAN].iter().zip(taps) {
                        for (rest, tap) in rest.iter_mut().zip(tap) {
                            *rest -= v * tap;
                        }
                    }
                }
                rest
            }));
            self.rests[slot] = rests;
        }
    }

    /// What remained of a picture's readings when they were compared last.
    pub fn rest(&self, slot: usize) -> &[[f32; PHASES]] {
        &self.rests[slot]
    }

    /// How much is known of the modules around one: 0 nothing, 1 all.
    pub fn known(&self, n: usize, i: usize) -> f32 {
        let lines = (0..SPAN).map(|line| (i / n + line) * self.side + i % n);
        let sum: f32 = lines.flat_map(|from| &self.guess[from..from + SPAN]).map(|v| v.abs()).sum();
        sum / TAPS as f32
    }

    /// Decides the modules by all pictures; `soft` says how surely.
    pub fn decide(&mut self, pictures: &[Picture<'_>], n: usize, map: &[Module], soft: &mut Vec<f32>) {
        self.compare(pictures, n);
        self.weigh(pictures, n);
        soft.clear();
        soft.extend((0..n * n).map(|i| self.guess[self.at(i % n, i / n)]));
        for _ in 0..GREY {
            let round = |seen: f32, before: f32, _| {
                (before + OVER * (seen.clamp(-1.0, 1.0) - before)).clamp(-1.0, 1.0)
            };
            if self.round(pictures, n, map, soft, round) < SETTLED {
                break;
            }
        }
        let most = self.power.iter().fold(0.0f32, |most, v| most.max(*v));
        for i in 0..DEARER {
            let price = most * DEAREST * i as f32 / DEARER as f32;
            self.round(pictures, n, map, soft, |seen, _, power| {
                if power > price { (seen * power / (power - price)).clamp(-1.0, 1.0) } else { seen.signum() }
            });
        }
    }

    fn weigh(&mut self, pictures: &[Picture<'_>], n: usize) {
        self.power.clear();
        self.power.resize(n * n, 0.0);
        for picture in pictures {
            for (i, power) in self.power.iter_mut().enumerate() {
                reached(n, i, |_, tap| *power += picture.blur[tap].iter().map(|v| v * v).sum::<f32>());
            }
        }
    }

    /// Moves each unknown module to where `moved` says by what is seen of it, what it was, and what its readings are
    /// worth; by how much on the whole.
    fn round(
        &mut self,
        pictures: &[Picture<'_>],
        n: usize,
        map: &[Module],
        soft: &mut [f32],
        moved: impl Fn(f32, f32, f32) -> f32,
    ) -> f32 {
        let mut changed = 0.0;
        for i in 0..n * n {
            if map[i].known().is_some() {
                continue;
            }
            let mut own = [0.0; PHASES];
            for (rests, picture) in self.rests.iter().zip(pictures) {
                reached(n, i, |at, tap| {
                    for ((own, rest), tap) in own.iter_mut().zip(&rests[at]).zip(&picture.blur[tap]) {
                        *own += rest * tap;
                    }
                });
            }
            let at = self.at(i % n, i / n);
            let (before, power) = (self.guess[at], self.power[i]);
            let seen = before + own.iter().sum::<f32>() / power.max(1e-6);
            soft[i] = seen.clamp(-2.0, 2.0);
            let after = moved(seen, before, power);
            let change = after - before;
            if change == 0.0 {
                continue;
            }
            self.guess[at] = after;
            changed += change.abs();
            for (rests, picture) in self.rests.iter_mut().zip(pictures) {
                reached(n, i, |at, tap| {
                    for (rest, tap) in rests[at].iter_mut().zip(&picture.blur[tap]) {
                        *rest -= change * tap;
                    }
                });
            }
        }
        changed / (n * n) as f32
    }

    /// Where a module lies in `guess`.
    fn at(&self, x: usize, y: usize) -> usize {
        (y + REACH) * self.side + x + REACH
    }
}

/// Visits the modules over whose readings a module is spread, and which of the taps there it is.
#[inline]
fn reached(n: usize, i: usize, mut visit: impl FnMut(usize, usize)) {
    let (x, y) = (i % n, i / n);
    let line = |c: usize| c.saturating_sub(REACH)..(c + REACH + 1).min(n);
    for v in line(y) {
        for u in line(x) {
            // Seen from the reading at (u, v), the module lies at (x − u, y − v).
            visit(v * n + u, (y + REACH - v) * SPAN + x + REACH - u);
        }
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_frames::Random;

    use super::*;
    use crate::disc::spread;
    use crate::layout;

    /// Under a disc of 1.35 modules light and dark of the timing lines have changed places, and three of ten modules
    /// read as what they are not.
    #[test]
    fn modules_under_a_wide_disc_are_told_apart() {
        let n = layout::side(7);
        let mut map = Vec::new();
        layout::map(7, &mut map);
        let mut random = Random::new(3);
        let modules: Vec<f32> =
            map.iter().map(|module| module.known().unwrap_or_else(|| [-1.0, 1.0][random.below(2)])).collect();
        let blur = spread(1.35);
        let mut relaxation = Relaxation::default();
        // What is left of nothing when all modules are taken away is what they make, with the other sign.
        relaxation.begin(n, &map);
        for (i, module) in modules.iter().enumerate() {
            let at = relaxation.at(i % n, i / n);
            relaxation.guess[at] = *module;
        }
        let nothing = vec![0.0; 4 * n * n];
        relaxation.compare(&[Picture { fine: &nothing, blur: &blur }], n);
        let mut fine = nothing.clone();
        for (i, rest) in relaxation.rest(0).iter().enumerate() {
            for (phase, rest) in rest.iter().enumerate() {
                let (x, y) = (2 * (i % n) + phase % 2, 2 * (i / n) + phase / 2);
                fine[y * 2 * n + x] = 0.03 * random.normal() - rest;
            }
        }
        relaxation.begin(n, &map);
        let mut soft = Vec::new();
        relaxation.decide(&[Picture { fine: &fine, blur: &blur }], n, &map, &mut soft);
        let wrong = |read: &dyn Fn(usize) -> f32| {
            (0..n * n).filter(|&i| map[i] == Module::Data && read(i) * modules[i] <= 0.0).count()
        };
        let before = wrong(&|i| fine[i / n * 4 * n + i % n * 2]);
        let after = wrong(&|i| soft[i]);
        assert!(before > n * n / 6 && after <= 2, "{before} wrong before, {after} after");
    }
}
