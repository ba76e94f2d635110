//! Undoing more blur than a linear filter can: where motion or defocus has spread a module over its neighbours,
//! some patterns vanish and no filter brings them back; but modules are only dark or light. What each module
//! adds to the readings around it is learnt by least squares from what the modules are thought to be; then one
//! module after the other is thought over: the readings, less what all its neighbours are thought to add, say
//! how dark it is itself (soft interference cancellation, as in a turbo equaliser: Laot, Glavieux, Labat, 2001).
//! Several pictures of one code are thought over together, each with its own blur: what one has lost another shows.

use crate::homography::solve;
use crate::layout::Module;

/// Furthest neighbour that a module is spread over.
pub(crate) const REACH: usize = 2;
pub(crate) const SPAN: usize = 2 * REACH + 1;
pub(crate) const TAPS: usize = SPAN * SPAN;
/// What each module around a reading adds to it, and a constant.
const WEIGHTS: usize = TAPS + 1;
/// Readings of a module: two along each axis.
pub(crate) const PHASES: usize = 4;
/// Modules, over all pictures, that are enough to learn from.
const ENOUGH: usize = 6000;
/// Change of mind below which there is no further round.
const SETTLED: f32 = 0.001;

/// One picture of a code: soft readings at two places a module along each axis, and how much was seen of each module
/// (empty where nothing is known of that).
pub(crate) struct Readings<'a> {
    pub fine: &'a [f32],
    pub seen: &'a [f32],
}

impl Readings<'_> {
    fn of(&self, n: usize, i: usize) -> [f32; PHASES] {
        let at = i / n * 4 * n + i % n * 2;
        [self.fine[at], self.fine[at + 1], self.fine[at + 2 * n], self.fine[at + 2 * n + 1]]
    }

    fn seen(&self, i: usize) -> f32 {
        self.seen.get(i).copied().unwrap_or(1.0)
    }
}

/// What each module adds to the readings of those around it.
pub(crate) type Spread = [[f32; PHASES]; TAPS];

/// What is known of one picture's blur.
struct Ground {
    spread: Spread,
    /// What remains of each module's readings when all that is thought to be in them is taken away.
    rest: Vec<[f32; PHASES]>,
    /// How sure each module's readings are: one over the noise, as far as the module was seen.
    sure: Vec<f32>,
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Interference {
    /// What modules are thought to be, from −1 light to 1 dark, with a quiet zone around them.
    guess: Vec<f32>,
    grounds: Vec<Ground>,
    side: usize,
}

impl Interference {
    /// Replaces `soft`, a first idea of each module, by a better one that all pictures bear out, in so many rounds of
    /// learning and thinking over.
    pub fn untangle(
        &mut self,
        pictures: &[Readings<'_>],
        rounds: usize,
        n: usize,
        map: &[Module],
        soft: &mut [f32],
    ) -> bool {
        self.side = n + 2 * REACH;
        self.guess.clear();
        self.guess.resize(self.side * self.side, -1.0);
        for (i, v) in soft.iter().enumerate() {
            let at = self.at(i % n, i / n);
            self.guess[at] = map[i].known().unwrap_or(v.clamp(-1.0, 1.0));
        }
        for _ in 0..rounds {
            for (at, picture) in pictures.iter().enumerate() {
                if !self.learn(n, (at, pictures.len()), picture) {
                    return false;
                }
            }
            self.think_over(n, map, pictures.len(), soft);
            if self.think_over(n, map, pictures.len(), soft) < SETTLED {
                break;
            }
        }
        true
    }

    /// Where a module lies in `guess`.
    fn at(&self, x: usize, y: usize) -> usize {
        (y + REACH) * self.side + x + REACH
    }

    /// What the modules around a module are thought to be, and the constant.
    fn around(&self, x: usize, y: usize) -> [f32; WEIGHTS] {
        let mut window = [1.0; WEIGHTS];
        for (dy, line) in window.chunks_exact_mut(SPAN).enumerate() {
            let at = (y + dy) * self.side + x;
            line.copy_from_slice(&self.guess[at..at + SPAN]);
        }
        window
    }

    /// How modules are spread over the readings around them in one picture, and what that does not explain.
    fn learn(&mut self, n: usize, (slot, count): (usize, usize), picture: &Readings<'_>) -> bool {
        // Of many modules, some are enough.
        let step = (n * n * count / ENOUGH).max(1);
        let mut a = [[0.0f32; WEIGHTS]; WEIGHTS];
        let mut b = [[0.0f32; WEIGHTS]; PHASES];
        let mut total = 0.0;
        for i in (0..n * n).step_by(step) {
            let w = self.around(i % n, i / n);
            // What is in doubt teaches little.
            let sure = w[..TAPS].iter().map(|v| v.abs()).sum::<f32>() / TAPS as f32;
            let trust = sure * sure * picture.seen(i);
            total += trust;
            let values = picture.of(n, i);
            for (j, row) in a.iter_mut().enumerate() {
                let k = trust * w[j];
                for (cell, &other) in row[..=j].iter_mut().zip(&w) {
                    *cell += k * other;
                }
                for (b, v) in b.iter_mut().zip(values) {
                    b[j] += k * v;
                }
            }
        }
        for (i, row) in a.iter_mut().enumerate() {
            row[i] += total * 0.004;
        }
        if self.grounds.len() == slot {
            self.grounds.push(Ground { spread: [[0.0; PHASES]; TAPS], rest: Vec::new(), sure: Vec::new() });
        }
        let mut spread = [[0.0; PHASES]; TAPS];
        let mut constant = [0.0; PHASES];
        for phase in 0..PHASES {
            let Some(weights) = solve(a, b[phase]) else { return false };
            constant[phase] = weights[TAPS];
            for (tap, weight) in spread.iter_mut().zip(weights) {
                tap[phase] = weight;
            }
        }
        let mut left = std::mem::take(&mut self.grounds[slot].rest);
        left.clear();
        let (mut noise, mut seen) = (0.0, 0.0);
        for i in 0..n * n {
            let mut rest = picture.of(n, i);
            for (rest, constant) in rest.iter_mut().zip(constant) {
                *rest -= constant;
            }
            for (v, tap) in self.around(i % n, i / n).iter().zip(&spread) {
                for (rest, tap) in rest.iter_mut().zip(tap) {
                    *rest -= v * tap;
                }
            }
            noise += picture.seen(i) * rest.iter().map(|v| v * v).sum::<f32>() / PHASES as f32;
            seen += picture.seen(i);
            left.push(rest);
        }
        let noise = (noise / seen.max(1.0)).max(1e-4);
        let ground = &mut self.grounds[slot];
        ground.sure.clear();
        ground.sure.extend((0..n * n).map(|i| picture.seen(i) / noise));
        (ground.spread, ground.rest) = (spread, left);
        true
    }

    /// Thinks each unknown module over, and tells its neighbours at once; by how much it changed its mind of each.
    fn think_over(&mut self, n: usize, map: &[Module], count: usize, soft: &mut [f32]) -> f32 {
        let mut changed = 0.0;
        for i in 0..n * n {
            if map[i].known().is_some() {
                continue;
            }
            let place = (i % n, i / n);
            let (mut own, mut power) = (0.0, 0.0);
            for ground in &mut self.grounds[..count] {
                ground.reached(n, place, |rest, tap, sure| {
                    let (mut along, mut length) = ([0.0; PHASES], [0.0; PHASES]);
                    for ((along, length), (rest, tap)) in
                        along.iter_mut().zip(&mut length).zip(rest.iter().zip(tap))
                    {
                        *along = rest * tap;
                        *length = tap * tap;
                    }
                    own += sure * along.iter().sum::<f32>();
                    power += sure * length.iter().sum::<f32>();
                });
            }
            let at = self.at(place.0, place.1);
            let before = self.guess[at];
            let seen = before + own / (power + 1e-3);
            let after = (seen * (power * 0.5).clamp(0.7, 4.0)).tanh();
            soft[i] = seen.clamp(-2.0, 2.0);
            self.guess[at] = after;
            changed += (after - before).abs();
            for ground in &mut self.grounds[..count] {
                ground.reached(n, place, |rest, tap, _| {
                    for (rest, tap) in rest.iter_mut().zip(tap) {
                        *rest -= (after - before) * tap;
                    }
                });
            }
        }
        changed / (n * n) as f32
    }
}

impl Ground {
    /// Visits the readings that a module is spread over, with what it adds to them and how sure they are.
    fn reached(
        &mut self,
        n: usize,
        (x, y): (usize, usize),
        mut visit: impl FnMut(&mut [f32; PHASES], &[f32; PHASES], f32),
    ) {
        let line = |c: usize| c.saturating_sub(REACH)..(c + REACH + 1).min(n);
        for v in line(y) {
            for u in line(x) {
                // Seen from the reading at (u, v), the module lies at (x − u, y − v).
                let tap = (y + REACH - v) * SPAN + x + REACH - u;
                visit(&mut self.rest[v * n + u], &self.spread[tap], self.sure[v * n + u]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::equalise::Equaliser;
    use crate::layout;

    /// Modules smeared along the diagonal over `length` half modules to each axis, read at two places a module.
    fn smeared(modules: &[f32], n: usize, length: usize) -> Vec<f32> {
        let at = |x: usize, y: usize| {
            // Shifted by `length`, so that places before the first are no exception.
            let inside = |v: usize| v.checked_sub(length).filter(|&v| v < 2 * n).map(|v| v / 2);
            inside(x).zip(inside(y)).map_or(-1.0, |(x, y)| modules[y * n + x])
        };
        let mean = |x: usize, y: usize| {
            let along = length - length / 2..2 * length - length / 2;
            along.map(|t| at(x + t, y + t)).sum::<f32>() / length as f32
        };
        (0..4 * n * n).map(|i| mean(i % (2 * n), i / (2 * n))).collect()
    }

    #[test]
    fn modules_smeared_over_three_are_told_apart() {
        let n = layout::side(7);
        let mut map = Vec::new();
        layout::map(7, &mut map);
        let mut random = gatehouse_frames::Random::new(3);
        let modules: Vec<f32> =
            map.iter().map(|module| module.known().unwrap_or_else(|| [-1.0, 1.0][random.below(2)])).collect();
        let mut fine = smeared(&modules, n, 5);
        for v in &mut fine {
            *v += 0.08 * random.normal();
        }
        let wrong = |soft: &[f32]| {
            let unknown = (0..n * n).filter(|&i| map[i] == Module::Data);
            unknown.filter(|&i| soft[i] * modules[i] <= 0.0).count()
        };
        let mut soft = Vec::new();
        assert!(Equaliser::default().learn(&fine, n, &map, &mut soft));
        let before = wrong(&soft);
        let picture = Readings { fine: &fine, seen: &[] };
        assert!(Interference::default().untangle(&[picture], 4, n, &map, &mut soft));
        let after = wrong(&soft);
        assert!(before > n && after * 5 < before, "{before} wrong before, {after} after");
    }
}
