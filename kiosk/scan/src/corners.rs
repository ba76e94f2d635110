//! Which code lies in an outline: its version, its way up, and its place to a part of a module. Finders that blur has
//! closed are still darker in the middle, lighter around it and dark again; how well a corner agrees with a blurred
//! finder of a version's size is told by normalised correlation. The corners are then moved, each by itself, to where
//! all patterns that every code has agree best (pattern search, after Hooke and Jeeves, 1961).

use crate::homography::Homography;
use crate::layout;
use crate::outline::Outline;
use crate::pixels::grey;
use crate::place::{Located, agreement, finder_contrast};
use crate::{Frame, Point};

/// Versions that are tried: modules of larger ones are hardly larger than a pixel where no finder is seen.
const LARGEST: usize = 20;
/// Pairs of version and way up that are worth moving corners for, and how many of them then more closely.
const MOST: usize = 6;
const CLOSELY: usize = 3;
/// How far a corner is moved at a time, in modules: first for all pairs, then for the best.
const FAR: [f32; 1] = [0.8];
const NEAR: [f32; 3] = [0.4, 0.2, 0.1];
/// Readings of a module along each axis.
const FINE: usize = 2;
/// Modules of a finder with the light ring around it, and of an alignment pattern.
const FINDER: usize = 9;
const ALIGNMENT: usize = 5;
/// Work of moving corners, counted as if all of it were reading pixels.
pub(crate) const WORK: u64 = 100_000;
/// Correlation below which there is no code.
const LIKELY: f32 = 0.5;

/// A pattern of rings as blur leaves it, less its mean.
struct Pattern<const N: usize>([[f32; N]; N]);

impl<const N: usize> Pattern<N> {
    /// `dark` says which rings from the middle are dark.
    fn blurred(dark: impl Fn(usize) -> bool) -> Self {
        let middle = N as f32 / 2.0 / FINE as f32;
        let sharp = |x: f32, y: f32| {
            let ring = (x - middle).abs().max((y - middle).abs()) + 0.5;
            if ring > middle + 0.5 {
                0.0
            } else if dark(ring as usize) {
                -1.0
            } else {
                1.0
            }
        };
        let mut cells = [[0.0; N]; N];
        let mut sum = 0.0;
        for (y, row) in cells.iter_mut().enumerate() {
            for (x, cell) in row.iter_mut().enumerate() {
                for i in 0..9 {
                    let at = |v: usize, i: usize| (v as f32 + i as f32 - 0.5) / FINE as f32;
                    *cell += sharp(at(x, i % 3), at(y, i / 3)) / 9.0;
                }
                sum += *cell;
            }
        }
        for cell in cells.iter_mut().flatten() {
            *cell -= sum / (N * N) as f32;
        }
        Self(cells)
    }

    /// How well the picture agrees with it around a place of the code; −1 to 1.
    fn agrees(&self, frame: &Frame<'_>, h: &Homography, (x, y): (f32, f32)) -> f32 {
        let (mut sum, mut squares, mut product, mut own) = (0.0, 0.0, 0.0, 0.0);
        for (j, row) in self.0.iter().enumerate() {
            for (i, cell) in row.iter().enumerate() {
                let off = |i: usize| (i as f32 + 0.5 - N as f32 / 2.0) / FINE as f32;
                let v = grey(frame, h.project(x + off(i), y + off(j)));
                sum += v;
                squares += v * v;
                product += v * cell;
                own += cell * cell;
            }
        }
        let count = (N * N) as f32;
        let spread = squares - sum * sum / count;
        if spread < count * 2.0 { 0.0 } else { product / (spread * own).sqrt() }
    }
}

/// A code of this version that may have its corners here, the way up they are given in.
#[derive(Clone, Copy)]
struct Guess {
    corners: [Point; 4],
    version: usize,
    /// How well its patterns agree with the picture.
    likeness: f32,
}

/// The step, with its patterns.
pub(crate) struct Corners {
    finder: Pattern<{ FINDER * FINE }>,
    alignment: Pattern<{ ALIGNMENT * FINE }>,
}

impl Default for Corners {
    fn default() -> Self {
        Self {
            finder: Pattern::blurred(|ring| ring != 2 && ring != 4),
            alignment: Pattern::blurred(|ring| ring != 1),
        }
    }
}

impl Corners {
    /// Fills `places` with codes that may lie in the outline, the likeliest first.
    pub fn guess(&self, frame: &Frame<'_>, outline: &Outline, places: &mut Vec<Located>) {
        let sign = if outline.light { 1.0 } else { -1.0 };
        let mut guesses = [(0.0f32, 0usize, 0usize); MOST];
        for version in 1..=LARGEST {
            let n = layout::side(version) as f32;
            let h = Homography::from_corners(outline.corners, n);
            let corner = |i: usize| {
                let far = |yes: bool| if yes { n - 3.5 } else { 3.5 };
                self.finder.agrees(frame, &h, (far(i == 1 || i == 2), far(i >= 2))) * sign
            };
            let scores: [f32; 4] = std::array::from_fn(corner);
            for first in 0..4 {
                let score = scores[first] + scores[(first + 1) % 4] + scores[(first + 3) % 4];
                if score > guesses[MOST - 1].0 {
                    guesses[MOST - 1] = (score, version, first);
                    guesses.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
                }
            }
        }
        let mut moved = guesses.map(|(score, version, first)| {
            let mut corners = outline.corners;
            corners.rotate_left(first);
            let likely = score > 1.0;
            let guess = Guess { corners, version, likeness: f32::MIN };
            if likely { self.settle(frame, guess, sign, &FAR) } else { guess }
        });
        moved.sort_unstable_by(|a, b| b.likeness.total_cmp(&a.likeness));
        let closely = moved[..CLOSELY].iter().filter(|guess| guess.likeness > LIKELY * 0.5);
        places.clear();
        places.extend(closely.filter_map(|guess| {
            let guess = self.settle(frame, *guess, sign, &NEAR);
            place(frame, &guess, sign)
        }));
        places.sort_unstable_by(|a, b| b.agreement.total_cmp(&a.agreement));
    }

    /// Moves corners to where the patterns agree best.
    fn settle(&self, frame: &Frame<'_>, guess: Guess, sign: f32, pitches: &[f32]) -> Guess {
        let Guess { mut corners, version, .. } = guess;
        let n = layout::side(version);
        let module = (corners[0].0 - corners[2].0).hypot(corners[0].1 - corners[2].1) / n as f32 * 0.7;
        let mut best = self.likeness(frame, corners, version) * sign;
        for pitch in pitches {
            for _ in 0..4 {
                let before = best;
                for i in 0..4 {
                    for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                        let mut moved = corners;
                        moved[i].0 += dx * pitch * module;
                        moved[i].1 += dy * pitch * module;
                        let likeness = self.likeness(frame, moved, version) * sign;
                        if likeness > best {
                            (best, corners) = (likeness, moved);
                        }
                    }
                }
                if best - before < 1e-3 {
                    break;
                }
            }
        }
        Guess { corners, version, likeness: best }
    }

    /// How well finders and alignment patterns agree with the picture; negative in inverted codes.
    fn likeness(&self, frame: &Frame<'_>, corners: [(f32, f32); 4], version: usize) -> f32 {
        let n = layout::side(version);
        let h = Homography::from_corners(corners, n as f32);
        let (mut sum, mut weight) = (0.0, 0.0);
        for at in layout::finder_centres(n, [true; 3]) {
            sum += self.finder.agrees(frame, &h, at);
            weight += 1.0;
        }
        for (x, y) in layout::alignment_centres(version) {
            sum += 0.5 * self.alignment.agrees(frame, &h, (x as f32 + 0.5, y as f32 + 0.5));
            weight += 0.5;
        }
        sum / weight
    }
}

/// The place of a guess whose patterns agree well enough.
fn place(frame: &Frame<'_>, guess: &Guess, sign: f32) -> Option<Located> {
    let Guess { corners, version, likeness } = *guess;
    let n = layout::side(version);
    let homography = Homography::from_corners(corners, n as f32);
    if likeness < LIKELY || !homography.sane(n as f32) {
        return None;
    }
    let contrast = finder_contrast(frame, &homography, n, [true; 3]);
    if contrast * sign < 4.0 {
        return None;
    }
    let agreement = agreement(frame, &homography, version, contrast).max(likeness * 0.5);
    Some(Located { homography, version, contrast, agreement })
}

#[cfg(test)]
mod tests {
    use gatehouse_frames::{Level, Symbol};

    use super::*;
    use crate::outline::Outliner;

    /// A turned code under a blur that is wider than its modules: no finder is left of it, and still its version, its
    /// way up and its place come out.
    #[test]
    fn a_code_whose_finders_are_blurred_away_is_placed_by_its_outline() {
        let symbol =
            Symbol::of("GH1:6BF-ZJ9S2:8WVH/T0Q4G0VD3L+YD CKK9B-7T2:5E7L0", Level::M).expect("it fits");
        let n = symbol.side() as f32;
        let (side, module, turn) = (480, 6.0, 0.2f32);
        let (sin, cos) = turn.sin_cos();
        let half = side as f32 / 2.0;
        let ink = |x: usize, y: usize| {
            let (u, v) = ((x as f32 - half) / module, (y as f32 - half) / module);
            let (u, v) = ((u * cos + v * sin + n / 2.0).floor(), (v * cos - u * sin + n / 2.0).floor());
            if symbol.dark(u as isize, v as isize) { 40.0 } else { 200.0 }
        };
        let sharp: Vec<f32> = (0..side * side).map(|i| ink(i % side, i / side)).collect();
        let mean = |x: usize, y: usize| {
            let line = |c: usize| c.saturating_sub(5)..(c + 6).min(side);
            let (all, count) =
                (line(y).flat_map(|v| line(x).map(move |u| v * side + u)), line(x).len() * line(y).len());
            all.map(|i| sharp[i]).sum::<f32>() / count as f32
        };
        let luma: Vec<u8> = (0..side * side).map(|i| mean(i % side, i / side) as u8).collect();
        let frame = Frame::packed(&luma, side, side).expect("a whole picture");
        let (mut outliner, mut places) = (Outliner::default(), Vec::new());
        outliner.look(&frame);
        assert_eq!(outliner.found.len(), 1);
        Corners::default().guess(&frame, &outliner.found[0], &mut places);
        let right = |place: &Located| {
            let corner =
                |u: f32, v: f32| (half + (u * cos - v * sin) * module, half + (u * sin + v * cos) * module);
            let far = n / 2.0;
            let true_ones = [corner(-far, -far), corner(far, -far), corner(far, far), corner(-far, far)];
            let near = |(a, b): ((f32, f32), (f32, f32))| (a.0 - b.0).hypot(a.1 - b.1) < module * 0.7;
            layout::side(place.version) == symbol.side()
                && place.homography.corners(n).into_iter().zip(true_ones).all(near)
        };
        assert!(places.iter().any(right), "{} places", places.len());
    }
}
