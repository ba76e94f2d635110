//! Which three finder patterns make a code. Between two finders of one code lie as many modules as the
//! distance over the geometric mean of the module's size at both ends (exact under any tilt, for a
//! projective map stretches a segment by the mean of its ends' stretches), so both legs of a true
//! triple count the same number of modules, one that a version has. The best of all triples come first.

use crate::Point;
use crate::bits::Bits;
use crate::finders::Finder;

/// Three finders that may belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Triple {
    /// Indices of the finders: corner, along the code's x, along its y (unless mirrored).
    pub members: [usize; 3],
    /// Centres, in pixels of the picture they were found in.
    pub at: [Point; 3],
    /// Distance between centres in modules, estimated.
    pub modules: f32,
    /// Size of the module at the second and third finder over that at the first.
    pub shrink: [f32; 2],
    /// Lower is better.
    pub cost: f32,
}

impl Triple {
    /// Three places that are thought to be finders, of which nothing else is known.
    pub fn roughly(at: [Point; 3], modules: f32) -> Self {
        Self { members: [0; 3], at, modules, shrink: [1.0; 2], cost: 0.0 }
    }
}

/// Above this, three marks are together by chance: codes, tilted and curved ones too, stay below 1.1.
const MOST_COST: f32 = 1.25;

/// Fills `triples` with plausible ones among `few`, the best first, at most `most`.
pub(crate) fn rank(bits: &Bits, few: &[Finder], most: usize, triples: &mut Vec<Triple>) {
    triples.clear();
    for (i, a) in few.iter().enumerate() {
        for (j, b) in few.iter().enumerate().skip(i + 1) {
            if a.dark != b.dark || !alike(a, b) {
                continue;
            }
            for (k, c) in few.iter().enumerate().skip(j + 1) {
                if c.dark == a.dark && alike(a, c) && alike(b, c) {
                    consider(bits, few, [i, j, k], triples);
                }
            }
        }
    }
    triples.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost));
    triples.truncate(most);
}

pub(crate) fn alike(a: &Finder, b: &Finder) -> bool {
    let (small, large) = if a.size() < b.size() { (a, b) } else { (b, a) };
    large.size() < small.size() * 2.2 && {
        let distance = (a.x - b.x).hypot(a.y - b.y);
        // Finder centres are 14 to 240 modules apart, the two across a version 40; a finder is 7 wide.
        distance > small.size() * 1.2 && distance < large.size() * 36.0
    }
}

fn consider(bits: &Bits, finders: &[Finder], members: [usize; 3], triples: &mut Vec<Triple>) {
    // Tilt makes any of the three angles the rightest: which one is the corner, the finder there tells by its own shape.
    let mut best: Option<(f32, Triple)> = None;
    for turn in 0..3 {
        let [o, r, d] = [members[turn], members[(turn + 1) % 3], members[(turn + 2) % 3]];
        let [fo, fr, fd] = [&finders[o], &finders[r], &finders[d]];
        let (ux, uy) = (fr.x - fo.x, fr.y - fo.y);
        let (vx, vy) = (fd.x - fo.x, fd.y - fo.y);
        let (lu, lv) = (ux.hypot(uy), vx.hypot(vy));
        let cosine = (ux * vx + uy * vy) / (lu * lv);
        if cosine.abs() > 0.87 || lu > lv * 3.5 || lv > lu * 3.5 {
            continue;
        }
        // What is known without walking the picture already tells most chance triples apart.
        let rows = |f: &Finder| 0.25 / f.rows as f32 + f.error * 0.04;
        let shape = 0.5 * cosine.abs() + 0.6 * (lu / lv).ln().abs() + rows(fo) + rows(fr) + rows(fd);
        if shape > best.as_ref().map_or(MOST_COST, |b| b.0) {
            continue;
        }
        // What rows and columns said of the modules' sizes must not contradict it.
        let rough = |f: &Finder| guess(f, (ux / lu, uy / lu));
        let rough_down = |f: &Finder| guess(f, (vx / lv, vy / lv));
        let ratio = (lu / (rough(fo) * rough(fr)).sqrt()) / (lv / (rough_down(fo) * rough_down(fd)).sqrt());
        if !(0.5..2.0).contains(&ratio) {
            continue;
        }
        // Turned so that x to y is clockwise on the screen, as in a code that is not mirrored.
        let (r, d, u, v) = if ux * vy - uy * vx > 0.0 {
            (r, d, (ux / lu, uy / lu, lu), (vx / lv, vy / lv, lv))
        } else {
            (d, r, (vx / lv, vy / lv, lv), (ux / lu, uy / lu, lu))
        };
        let (fr, fd) = (&finders[r], &finders[d]);
        let along = |f: &Finder, (x, y, _): (f32, f32, f32)| module_along(bits, f, (x, y));
        let (ou, ov, ru, dv) = (along(fo, u), along(fo, v), along(fr, u), along(fd, v));
        let (nu, nv) = (u.2 / (ou * ru).sqrt(), v.2 / (ov * dv).sqrt());
        let modules = (nu * nv).sqrt();
        if !(12.0..185.0).contains(&modules) {
            continue;
        }
        let uneven = (nu / nv).ln().abs();
        if uneven > 0.5 {
            continue;
        }
        let cost = shape + 2.0 * uneven + 0.2 * ((ru / ou).ln().abs() + (dv / ov).ln().abs());
        if cost > MOST_COST {
            continue;
        }
        let choice = cost + sheared(bits, fo, (u.0 * ou, u.1 * ou), (v.0 * ov, v.1 * ov));
        if best.as_ref().is_none_or(|b| choice < b.0) {
            let triple = Triple {
                members: [o, r, d],
                at: [(fo.x, fo.y), (fr.x, fr.y), (fd.x, fd.y)],
                modules,
                shrink: [(ru / ou).clamp(0.5, 2.0), (dv / ov).clamp(0.5, 2.0)],
                cost,
            };
            best = Some((choice, triple));
        }
    }
    triples.extend(best.map(|b| b.1));
}

/// How far a finder is from a square whose sides lie along `u` and `v`, the steps of a module: the diagonals of a square
/// end at its corners. Where one of the two is a diagonal itself, one of theirs ends half as far out, which makes 0.7.
fn sheared(bits: &Bits, f: &Finder, u: Point, v: Point) -> f32 {
    let reach = |x: f32, y: f32| {
        let long = x.hypot(y);
        Some(half_across(bits, f, (x / long, y / long))? / long)
    };
    let diagonals = reach(u.0 + v.0, u.1 + v.1).zip(reach(u.0 - v.0, u.1 - v.1));
    diagonals.map_or(UNSEEN, |(one, other)| (one / other).ln().abs())
}

/// What a finder's shape counts for where it cannot be told.
const UNSEEN: f32 = 0.35;

/// Pixels a module at a finder along a direction: from border to border through its centre.
pub(crate) fn module_along(bits: &Bits, f: &Finder, (dx, dy): Point) -> f32 {
    half_across(bits, f, (dx, dy)).map_or_else(|| guess(f, (dx, dy)), |half| half / 3.5)
}

/// Pixels from a finder's centre to its border along a direction, the mean of both ways where both are seen.
fn half_across(bits: &Bits, f: &Finder, (dx, dy): Point) -> Option<f32> {
    match (border(bits, f, dx, dy), border(bits, f, -dx, -dy)) {
        (Some(a), Some(b)) => Some(f32::midpoint(a, b)),
        (one, other) => one.or(other),
    }
}

/// Pixels a module along a direction, by what the row and the column said.
fn guess(f: &Finder, (dx, dy): Point) -> f32 {
    let (a, b) = (dx.abs() / f.across, dy.abs() / f.down);
    1.0 / (7.0 * (a.max(b) + 0.3 * a.min(b)))
}

/// Pixels from a finder's centre to the outer side of its border along a direction.
fn border(bits: &Bits, f: &Finder, dx: f32, dy: f32) -> Option<f32> {
    let limit = f.across.max(f.down) * 1.1;
    let mut changes = 0;
    let mut own = true;
    let mut t = 0.0;
    while t < limit {
        let (x, y) = (f.x + dx * t, f.y + dy * t);
        if x < 0.0 || y < 0.0 || x >= bits.width as f32 || y >= bits.height as f32 {
            return (changes == 2).then_some(t);
        }
        let same = bits.dark(x as usize, y as usize) == f.dark;
        if same != own {
            own = same;
            changes += 1;
            if changes == 3 {
                return Some(t - 0.25);
            }
        }
        t += 0.5;
    }
    None
}
