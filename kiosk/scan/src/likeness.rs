//! Finders that no threshold brings out: motion or defocus has closed their rings, or stripes lie over them. What
//! remains of one is a dark square with light all around, whose middle is darker than its rim. It is looked for in
//! the grey picture itself, by normalised correlation with squares in squares, whose sums cost four look-ups each
//! in a summed-area table, however large they are (Crow, "Summed-area tables for texture mapping", 1984). Much in a
//! code is like that, and in a picture; but a finder has a quiet zone along two neighbouring sides, which what lies
//! within a code or a pattern of squares has not. Which of them make a code, `threes` says.

use crate::Frame;
use crate::pixels::grey;

/// Something like a finder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub x: f32,
    pub y: f32,
    /// Pixels a module, roughly.
    pub module: f32,
    pub dark: bool,
    /// Correlation, at most 1.
    pub score: f32,
}

/// Halves of squares of three, seven and nine modules.
const HALVES: [f32; 3] = [1.5, 3.5, 4.5];
/// How light a finder's middle is, what is left of the two rings around it, and the rim beyond.
const TONES: [f32; 3] = [-1.0, -0.5, 1.0];
/// Correlation from which something is like a finder.
const ALIKE: f32 = 0.5;
/// Variance below which there is nothing but noise.
const LEAST_SPREAD: f32 = 4.0;
/// How far beside a code its quiet zone is looked at, in modules.
pub(crate) const BESIDE: f32 = 1.8;
/// Share of its own contrast that the quiet zone beside a finder has at most.
const EVEN: f32 = 0.4;
/// Places that are looked at more closely, and marks that are kept.
const CLOSELY: usize = 400;
const MOST: usize = 32;

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Likeness {
    /// Sums of all pixels above and to the left of each, and of their squares; both wrap, for only differences
    /// are wanted.
    sums: Vec<u32>,
    squares: Vec<u32>,
    /// Scores of three rows, the middle of which is judged.
    scores: [Vec<f32>; 3],
    candidates: Vec<Mark>,
}

impl Likeness {
    /// Fills `marks` with what is like a finder at a code's corner, with modules of one of these sizes in pixels;
    /// the best first.
    pub fn find(&mut self, picture: &Frame<'_>, modules: &[f32], marks: &mut Vec<Mark>) {
        self.add_up(picture);
        self.candidates.clear();
        for &module in modules {
            self.of_size(picture, module);
        }
        self.candidates.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
        marks.clear();
        for mark in self.candidates.iter().take(CLOSELY) {
            if !marks.iter().any(|better| better.is_near(mark)) && outermost(picture, mark) {
                marks.push(*mark);
                if marks.len() == MOST {
                    return;
                }
            }
        }
    }

    fn add_up(&mut self, picture: &Frame<'_>) {
        let across = picture.width + 1;
        for table in [&mut self.sums, &mut self.squares] {
            table.clear();
            table.resize(across * (picture.height + 1), 0);
        }
        for y in 0..picture.height {
            let (mut sum, mut square) = (0u32, 0u32);
            let at = (y + 1) * across;
            for (x, &v) in picture.row(y).iter().enumerate() {
                let v = u32::from(v);
                sum = sum.wrapping_add(v);
                square = square.wrapping_add(v * v);
                self.sums[at + x + 1] = self.sums[at - across + x + 1].wrapping_add(sum);
                self.squares[at + x + 1] = self.squares[at - across + x + 1].wrapping_add(square);
            }
        }
    }

    /// Adds places that are more like a finder of this size than those around them to the candidates.
    fn of_size(&mut self, picture: &Frame<'_>, module: f32) {
        let halves = HALVES.map(|half| (half * module).round() as usize);
        let reach = halves[2];
        if picture.width < 2 * reach + 3 || picture.height < 2 * reach + 3 {
            return;
        }
        let step = if module < 1.9 { 1 } else { 2 };
        let rows = (reach..picture.height - reach).step_by(step);
        let mut scores = std::mem::take(&mut self.scores);
        for scores in &mut scores {
            scores.clear();
            scores.resize(picture.width - 2 * reach, 0.0);
        }
        for y in rows {
            scores.rotate_left(1);
            self.score(picture.width + 1, y, halves, &mut scores[2]);
            let [above, middle, below] = &scores;
            for (x, here) in middle.iter().enumerate().take(middle.len() - 1).skip(1) {
                let most = |line: &[f32]| line[x - 1].abs().max(line[x].abs()).max(line[x + 1].abs());
                let size = here.abs();
                if size > ALIKE * ALIKE && size >= most(above) && size >= most(middle) && size >= most(below)
                {
                    self.candidates.push(Mark {
                        x: (x + reach) as f32,
                        y: (y - step) as f32,
                        module,
                        dark: *here > 0.0,
                        score: size.sqrt(),
                    });
                }
            }
        }
        self.scores = scores;
    }

    /// The correlations of a row, squared but for their sign; the first is of the first place whose squares lie
    /// within the picture.
    fn score(&self, across: usize, y: usize, halves: [usize; 3], scores: &mut [f32]) {
        let count = scores.len();
        let reach = halves[2];
        let area = halves.map(|half| (4 * half * half) as f32);
        let cells = [area[0], area[1] - area[0], area[2] - area[1]];
        let mean = TONES.iter().zip(cells).map(|(tone, cells)| tone * cells).sum::<f32>() / area[2];
        let tones = TONES.map(|tone| tone - mean);
        let power: f32 = tones.iter().zip(cells).map(|(tone, cells)| tone * tone * cells).sum();
        let corners = |half: usize| {
            let (upper, lower) = ((y - half) * across + reach - half, (y + half) * across + reach - half);
            [upper, upper + 2 * half, lower, lower + 2 * half]
        };
        let [a, b, c] = halves.map(|half| corners(half).map(|at| &self.sums[at..at + count]));
        let d = corners(reach).map(|at| &self.squares[at..at + count]);
        let within = |[a, b, c, d]: [&[u32]; 4], x: usize| {
            d[x].wrapping_sub(c[x]).wrapping_sub(b[x]).wrapping_add(a[x]) as f32
        };
        for (x, score) in scores.iter_mut().enumerate() {
            let (inner, whole, all) = (within(a, x), within(b, x), within(c, x));
            let spread = within(d, x) - all * all / area[2];
            let product = tones[0] * inner + tones[1] * (whole - inner) + tones[2] * (all - whole);
            *score = product * product.abs() / (spread.max(area[2] * LEAST_SPREAD) * power);
        }
    }
}

impl Mark {
    fn is_near(&self, other: &Self) -> bool {
        let reach = 3.0 * self.module.max(other.module);
        self.dark == other.dark && (self.x - other.x).abs().max((self.y - other.y).abs()) < reach
    }
}

/// Whether two neighbouring sides of what is like a finder lie along a quiet zone.
fn outermost(picture: &Frame<'_>, mark: &Mark) -> bool {
    let line = |dx: f32, dy: f32, far: f32| {
        let (dx, dy) = (dx * mark.module, dy * mark.module);
        deviation::<9>(|t| {
            let t = 9.0 * t - 4.5;
            grey(picture, (mark.x + dx * far - dy * t, mark.y + dy * far + dx * t))
        })
    };
    let own = line(1.0, 0.0, 0.0).max(line(0.0, 1.0, 0.0));
    let quiet = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]
        .map(|(dx, dy)| line(dx, dy, 3.5 + BESIDE) < own * EVEN);
    (0..4).any(|i| quiet[i] && quiet[(i + 1) % 4])
}

/// Mean deviation from the mean of `N` values, taken evenly between 0 and 1.
pub(crate) fn deviation<const N: usize>(value: impl Fn(f32) -> f32) -> f32 {
    let values: [f32; N] = std::array::from_fn(|i| value((i as f32 + 0.5) / N as f32));
    let mean = values.iter().sum::<f32>() / N as f32;
    values.iter().map(|v| (v - mean).abs()).sum::<f32>() / N as f32
}
