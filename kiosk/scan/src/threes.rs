//! Which three of the things that are like finders (`likeness`) make a code: those at the corners of a square, much
//! as they may be off for tilt and for not being where they seem, with a quiet zone along all its sides and modules
//! inside. How large their modules are is hardly known; `attempt` finds out.

use crate::likeness::{BESIDE, Mark, deviation};
use crate::pixels::grey;
use crate::{Frame, Point};

/// Threes whose surroundings are looked at.
const MEASURED: usize = 200;
/// Share of a code's own contrast that its quiet zone has at most.
const NOISY: f32 = 0.5;
/// Modules between finders of the largest code that is looked for in this way: no pass is as large.
const LARGEST: f32 = 100.0;

/// Three marks that may be a code's finders.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Three {
    /// Corner, along the code's x, along its y (unless mirrored).
    pub at: [Point; 3],
    /// Distance between centres in modules, roughly.
    pub modules: f32,
    pub dark: bool,
    /// Lower is better.
    cost: f32,
}

/// Fills `threes` with the most likely finders of a code among `marks`, the best first, at most `most`.
pub(crate) fn rank(picture: &Frame<'_>, marks: &[Mark], most: usize, threes: &mut Vec<Three>) {
    threes.clear();
    for (i, a) in marks.iter().enumerate() {
        for (j, b) in marks.iter().enumerate().skip(i + 1) {
            if !apart(a, b) {
                continue;
            }
            for c in marks[j + 1..].iter().filter(|c| apart(a, c) && apart(b, c)) {
                threes.extend([[a, b, c], [b, c, a], [c, a, b]].into_iter().filter_map(Three::of));
            }
        }
    }
    threes.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost));
    threes.truncate(MEASURED);
    threes.retain_mut(|three| {
        let noise = three.noise(picture);
        three.cost += 2.0 * noise;
        noise < NOISY
    });
    threes.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost));
    threes.truncate(most);
}

/// Whether two marks may be finders of one code.
fn apart(a: &Mark, b: &Mark) -> bool {
    let (small, large) = (a.module.min(b.module), a.module.max(b.module));
    a.dark == b.dark && large < 1.7 * small && (a.x - b.x).hypot(a.y - b.y) > 11.0 * small
}

impl Three {
    fn of([o, r, d]: [&Mark; 3]) -> Option<Self> {
        let (u, v) = ((r.x - o.x, r.y - o.y), (d.x - o.x, d.y - o.y));
        let (across, down) = (u.0.hypot(u.1), v.0.hypot(v.1));
        let cosine = (u.0 * v.0 + u.1 * v.1).abs() / (across * down);
        let uneven = (across / down).ln().abs();
        let modules = (across * down).sqrt() / (o.module * r.module * d.module).cbrt();
        if cosine > 0.35 || uneven > 0.35 || modules > LARGEST {
            return None;
        }
        let (r, d) = if u.0 * v.1 - u.1 * v.0 > 0.0 { (r, d) } else { (d, r) };
        let at = [o, r, d].map(|mark| (mark.x, mark.y));
        Some(Self { at, modules, dark: o.dark, cost: cosine + uneven - o.score - r.score - d.score })
    }

    /// How uneven the picture is along the quiet zone, over how uneven it is inside.
    fn noise(&self, picture: &Frame<'_>) -> f32 {
        let ([o, r, d], modules) = (self.at, self.modules);
        // A place along the code's sides, in modules from its first finder.
        let value = |x: f32, y: f32| {
            let (x, y) = (x / modules, y / modules);
            let place = |o: f32, r: f32, d: f32| o + (r - o) * x + (d - o) * y;
            grey(picture, (place(o.0, r.0, d.0), place(o.1, r.1, d.1)))
        };
        let along = |y: f32| deviation::<24>(|t| value(t * modules, y));
        let down = |x: f32| deviation::<24>(|t| value(x, t * modules));
        let (near, far) = (-3.5 - BESIDE, modules + 3.5 + BESIDE);
        let quiet = (along(near) + along(far) + down(near) + down(far)) / 4.0;
        let busy = [0.3, 0.5, 0.7].map(|at| along(at * modules).min(down(at * modules)));
        quiet / busy.into_iter().fold(f32::MAX, f32::min).max(0.5)
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_frames::Random;

    use super::*;
    use crate::likeness::Likeness;

    /// A code of 45 modules, two pixels each, moved by two modules along the diagonal while exposed: no row crosses
    /// its finders in their proportions.
    #[test]
    fn smeared_finders_are_found_by_what_they_are_like() {
        const SIZE: usize = 190;
        let mut random = Random::new(4);
        let data: Vec<bool> = (0..45 * 45).map(|_| random.chance(0.5)).collect();
        let centres = [(3, 3), (41, 3), (3, 41)];
        let dark = |x: usize, y: usize| {
            let ring = |(cx, cy): &(usize, usize)| x.abs_diff(*cx).max(y.abs_diff(*cy));
            let finder = centres.iter().map(ring).min().unwrap_or(9);
            if finder < 5 { finder != 2 && finder != 4 } else { data[y * 45 + x] }
        };
        let at = |x: usize, y: usize| {
            let inside = |v: usize| v.checked_sub(50).map(|v| v / 2).filter(|v| *v < 45);
            if inside(x).zip(inside(y)).is_some_and(|(x, y)| dark(x, y)) { 40u16 } else { 210 }
        };
        let luma: Vec<u8> = (0..SIZE * SIZE)
            .map(|i| (0..5).map(|t| at(i % SIZE + t, i / SIZE + t)).sum::<u16>() / 5)
            .map(|v| v as u8)
            .collect();
        let picture = Frame::packed(&luma, SIZE, SIZE).expect("a whole picture");
        let (mut marks, mut threes) = (Vec::new(), Vec::new());
        Likeness::default().find(&picture, &[1.6, 2.0, 2.5], &mut marks);
        rank(&picture, &marks, 3, &mut threes);
        let near = |three: &Three| {
            // Smeared from where it was to four pixels before.
            let place = |m: usize| 50.0 + 2.0 * (m as f32 + 0.5) - 2.0;
            let off = |(at, c): (&Point, &(usize, usize))| (at.0 - place(c.0)).hypot(at.1 - place(c.1));
            three.dark && three.at.iter().zip(&centres).map(off).all(|off| off < 4.0)
        };
        assert!(threes.iter().any(near), "{marks:?}");
    }
}
