//! Two finders of a code whose third is not to be seen: a glare spot, a thumb or the picture's border lies on
//! it. Only finders that are plainly there are paired. Where the third was, and which of the three it is, is
//! tried out in `attempt`: the edges of two finders pin the plane nearly as well as those of three, and only
//! where the third is right do both timing lines agree with the picture.

use crate::Point;
use crate::bits::Bits;
use crate::finders::Finder;
use crate::triples::{alike, module_along};

/// Two finders that may belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    /// Indices of the finders.
    pub members: [usize; 2],
    /// Centres, in pixels of the picture they were found in.
    pub at: [Point; 2],
    /// Distance between centres, in modules if they are neighbours along a side, estimated.
    pub modules: f32,
    /// How different their modules are, and how far they are off their proportions.
    cost: f32,
}

/// Fills `pairs` with plausible ones among `few`, the best first, at most `most`.
pub(crate) fn rank(bits: &Bits, few: &[Finder], most: usize, pairs: &mut Vec<Pair>) {
    pairs.clear();
    for (i, a) in few.iter().enumerate() {
        for (j, b) in few.iter().enumerate().skip(i + 1) {
            if a.dark != b.dark || !alike(a, b) {
                continue;
            }
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let length = dx.hypot(dy);
            let along = |f: &Finder| module_along(bits, f, (dx / length, dy / length));
            let (here, there) = (along(a), along(b));
            let modules = length / (here * there).sqrt();
            let uneven = (here / there).ln().abs();
            if !(12.0..185.0).contains(&modules) || uneven > 0.4 {
                continue;
            }
            let cost = uneven + 0.1 * (a.error + b.error);
            pairs.push(Pair { members: [i, j], at: [(a.x, a.y), (b.x, b.y)], modules, cost });
        }
    }
    pairs.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost));
    pairs.truncate(most);
}

impl Pair {
    /// The finders of a code (corner, along its x, along its y) with the third put in where it can have been,
    /// and which of them were seen: the third along either side from either finder, or at the corner to both
    /// sides.
    pub fn completed(at: [Point; 2]) -> [([Point; 3], [bool; 3]); 6] {
        let from = |a: Point, b: Point| {
            // A quarter turn from x to y.
            let turn = (a.1 - b.1, b.0 - a.0);
            let middle = (f32::midpoint(a.0, b.0), f32::midpoint(a.1, b.1));
            [
                ([a, b, (a.0 + turn.0, a.1 + turn.1)], [true, true, false]),
                ([a, (a.0 - turn.0, a.1 - turn.1), b], [true, false, true]),
                ([(middle.0 + turn.0 / 2.0, middle.1 + turn.1 / 2.0), a, b], [false, true, true]),
            ]
        };
        let ([a, b, c], [d, e, f]) = (from(at[0], at[1]), from(at[1], at[0]));
        [a, b, c, d, e, f]
    }
}
