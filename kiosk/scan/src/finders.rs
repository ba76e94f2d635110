//! Finder patterns: the three squares in a code's corners. Any straight line through the centre of
//! one crosses dark, light, dark, light, dark in the proportions 1:1:3:1:1, whatever the rotation
//! and tilt (ISO/IEC 18004, reference decoding). Rows are walked from edge to edge; what looks right
//! along the row must look right along the column too, in either polarity.

use crate::bits::Bits;

/// A likely finder pattern, in pixels of the picture it was found in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder {
    pub x: f32,
    pub y: f32,
    /// Seven modules along the row and along the column.
    pub across: f32,
    pub down: f32,
    /// Dark centre, as usual; false in inverted codes.
    pub dark: bool,
    /// Rows that crossed it.
    pub rows: u32,
    /// How far its runs are off their proportions; 0 is perfect.
    pub error: f32,
}

impl Finder {
    /// Side of the whole pattern if it stood upright.
    pub fn size(&self) -> f32 {
        (self.across * self.down).sqrt()
    }

    fn holds(&self, x: f32, y: f32, dark: bool) -> bool {
        self.dark == dark && (self.x - x).abs() < self.across * 0.2 && (self.y - y).abs() < self.down * 0.2
    }
}

/// More than a picture of many codes has; noise beyond it is not worth the time.
const MOST: usize = 400;

/// Looks at every `step`th row; `edges` is a buffer, `found` is filled with the candidates.
pub(crate) fn find(bits: &Bits, step: usize, edges: &mut Vec<u32>, found: &mut Vec<Finder>) {
    found.clear();
    for y in (step / 2..bits.height).step_by(step) {
        let mut dark = bits.edges(y, edges);
        // The first run begins at the picture's border: `edges` holds only where runs end.
        let mut start = 0;
        for i in 0..edges.len().saturating_sub(4) {
            let ends = &edges[i..i + 5];
            let runs =
                [ends[0] - start, ends[1] - ends[0], ends[2] - ends[1], ends[3] - ends[2], ends[4] - ends[3]];
            if proportioned(runs) {
                let centre = (ends[1] + ends[2]) as f32 / 2.0;
                add(bits, centre, y, runs.iter().sum(), dark, found);
                if found.len() >= MOST {
                    return;
                }
            }
            start = ends[0];
            dark = !dark;
        }
    }
}

/// Whether five runs are 1:1:3:1:1, with room for blur (which eats one colour) and for whole pixels.
fn proportioned(runs: [u32; 5]) -> bool {
    let total = runs.iter().sum::<u32>();
    if total < 7 || runs[2] * 5 < total || runs[2] * 3 > total * 2 {
        return false;
    }
    let module = total as f32 / 7.0;
    let slack = module * 0.55 + 0.7;
    let side = |run: u32| (run as f32 - module).abs() <= slack;
    side(runs[0])
        && side(runs[1])
        && side(runs[3])
        && side(runs[4])
        && (runs[2] as f32 - 3.0 * module).abs() <= 1.5 * slack
        // What blur takes from one colour's bars it takes on both sides.
        && runs[1].abs_diff(runs[3]) as f32 <= slack
        && runs[0].abs_diff(runs[4]) as f32 <= slack * 1.3
}

fn add(bits: &Bits, x: f32, y: usize, across: u32, dark: bool, found: &mut Vec<Finder>) {
    if let Some(known) = found.iter_mut().rev().find(|f| f.holds(x, y as f32, dark)) {
        known.rows += 1;
        return;
    }
    let Some((cy, down, _)) = cross(bits, x as usize, y, true, dark, across) else { return };
    let Some((cx, across, error)) = cross(bits, x as usize, cy as usize, false, dark, down) else { return };
    let Some((cy, down, error_down)) = cross(bits, cx as usize, cy as usize, true, dark, across) else { return };
    if let Some(known) = found.iter_mut().rev().find(|f| f.holds(cx, cy, dark)) {
        known.rows += 1;
        return;
    }
    found.push(Finder {
        x: cx,
        y: cy,
        across: across as f32,
        down: down as f32,
        dark,
        rows: 1,
        error: error + error_down,
    });
}

/// Walks from a point along the column or the row, both ways through centre, ring and border.
/// Gives the centre along that line, the length of the pattern, and how far its runs are off.
fn cross(bits: &Bits, x: usize, y: usize, column: bool, dark: bool, like: u32) -> Option<(f32, u32, f32)> {
    let (at, end) = if column { (y, bits.height) } else { (x, bits.width) };
    let colour = |i: usize| (if column { bits.dark(x, i) } else { bits.dark(i, y) }) == dark;
    if at >= end || !colour(at) {
        return None;
    }
    let longest = like * 2;
    let mut walk = |mut i: usize, sign: isize| {
        let mut runs = [0u32; 3];
        for (part, run) in runs.iter_mut().enumerate() {
            while colour(i) == (part != 1) {
                *run += 1;
                if *run > longest {
                    return None;
                }
                match i.checked_add_signed(sign) {
                    Some(next) if next < end => i = next,
                    _ if part == 2 => break,
                    _ => return None,
                }
            }
        }
        Some(runs)
    };
    let (back, ahead) = (walk(at, -1)?, walk(at, 1)?);
    let runs = [back[2], back[1], back[0] + ahead[0] - 1, ahead[1], ahead[2]];
    let total = runs.iter().sum::<u32>();
    if total * 3 < like || total > like * 3 || !proportioned(runs) {
        return None;
    }
    let start = at as f32 + 1.0 - back[0] as f32;
    let centre = start + runs[2] as f32 / 2.0;
    let module = total as f32 / 7.0;
    let off = |run: u32, n: f32| (run as f32 / module - n).abs();
    let error = off(runs[0], 1.0) + off(runs[1], 1.0) + off(runs[2], 3.0) + off(runs[3], 1.0) + off(runs[4], 1.0);
    Some((centre, total, error))
}
