//! Finder patterns: the three squares in a code's corners. Any straight line through the centre of
//! one crosses dark, light, dark, light, dark in the proportions 1:1:3:1:1, whatever the rotation
//! and tilt (ISO/IEC 18004, reference decoding). Rows are walked from edge to edge; what looks right
//! along the row must look right along the column too, in either polarity.

use crate::bits::{Bits, ahead, behind};

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

    /// How likely it is one, at most 1: crossed by as many rows as its centre is high, of which every
    /// `step`th was looked at, and in proportion.
    pub fn mark(&self, step: usize) -> f32 {
        let rows = self.rows as f32 * step as f32;
        (rows / self.down / 0.4).min(1.0) - self.error * 0.1
    }

    fn holds(&self, x: f32, y: f32, dark: bool) -> bool {
        self.dark == dark && (self.x - x).abs() < self.across * 0.2 && (self.y - y).abs() < self.down * 0.2
    }
}

/// Which finder was found last around a place, so that the next row that crosses it is known at once.
#[derive(Default)]
pub(crate) struct Near {
    across: usize,
    cells: Vec<u16>,
}

impl Near {
    const CELL: f32 = 4.0;

    fn clear(&mut self, bits: &Bits) {
        self.across = bits.width / 4 + 1;
        self.cells.clear();
        self.cells.resize(self.across * (bits.height / 4 + 1), u16::MAX);
    }

    fn at(&self, x: f32, y: f32) -> Option<usize> {
        let cell = (y / Self::CELL) as usize * self.across + (x / Self::CELL) as usize;
        self.cells.get(cell).map(|&i| usize::from(i))
    }

    fn mark(&mut self, f: &Finder, index: usize) {
        let cell = |v: f32| (v.max(0.0) / Self::CELL) as usize;
        for y in cell(f.y - f.down * 0.2)..=cell(f.y + f.down * 0.2) {
            for x in cell(f.x - f.across * 0.2)..=cell(f.x + f.across * 0.2).min(self.across - 1) {
                if let Some(c) = self.cells.get_mut(y * self.across + x) {
                    *c = index as u16;
                }
            }
        }
    }
}

/// How true to its proportions a pattern must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// 1:1:3:1:1.
    Sharp,
    /// Symmetric, in whatever proportions blur and a tight window left it.
    Blurred,
}

/// More than a picture of many codes has; noise beyond it is not worth the time.
const MOST: usize = 1000;

/// Where to look: the picture, and the same with rows and columns exchanged.
#[derive(Clone, Copy)]
pub(crate) struct Sides<'a> {
    pub rows: &'a Bits,
    pub columns: &'a Bits,
}

/// Looks at every `step`th row for patterns whose module is at least `least` eighths of a pixel wide; `edges` is
/// a buffer, `found` is filled with the candidates.
pub(crate) fn find(
    sides: Sides<'_>,
    (least, shape): (u32, Shape),
    step: usize,
    edges: &mut Vec<u32>,
    near: &mut Near,
    found: &mut Vec<Finder>,
) {
    found.clear();
    let bits = sides.rows;
    near.clear(bits);
    for y in (step / 2..bits.height).step_by(step) {
        let first = bits.edges(y, edges);
        for (i, ends) in edges.array_windows::<6>().enumerate() {
            let [o, a, b, c, d, e] = *ends;
            if proportioned([a - o, b - a, c - b, d - c, e - d], least, shape) {
                let centre = (b + c) as f32 / 2.0;
                add(sides, (centre, y), e - o, first == (i % 2 == 0), (least, shape), near, found);
                if found.len() >= MOST {
                    return;
                }
            }
        }
    }
}

/// Whether five runs are 1:1:3:1:1. Blur and a threshold set too high or too low make one colour's
/// runs longer and the other's shorter, but leave the distance between edges of the same kind alone:
/// sums of neighbouring runs are judged tightly (2:4:4:2), single runs loosely.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "branches on a coin's toss are dearer than what they save")]
fn proportioned(runs: [u32; 5], least: u32, shape: Shape) -> bool {
    let [a, b, c, d, e] = runs;
    if shape == Shape::Blurred {
        let total = a + b + c + d + e;
        let even = |x: u32, y: u32| x.abs_diff(y) * 2 <= x + y;
        let share = |x: u32, least: u32, most: u32| (100 * x >= least * total) & (100 * x <= most * total);
        return (total >= 10)
            & even(a, e)
            & even(b, d)
            & share(a + e, 18, 60)
            & share(b + d, 12, 48)
            & (2 * c >= b + d)
            & share(c, 14, 56);
    }
    let eight = b + 2 * c + d;
    // All of it in eighths of a module, so that whole numbers do.
    let near =
        |sum: u32, modules: u32, slack: u32| (8 * sum).abs_diff(modules * eight) <= slack * eight / 8 + 9;
    (eight >= least)
        & (c >= b)
        & (c >= d)
        & near(b + c, 4, 6)
        & near(c + d, 4, 6)
        & near(a + b, 2, 7)
        & near(d + e, 2, 7)
        & near(c, 3, 10)
        & (24 * b.max(d) >= eight)
        & (20 * b.min(d) + 10 >= eight)
}

fn add(
    sides: Sides<'_>,
    (x, y): (f32, usize),
    across: u32,
    dark: bool,
    (least, shape): (u32, Shape),
    near: &mut Near,
    found: &mut Vec<Finder>,
) {
    if let Some(known) = near.at(x, y as f32).and_then(|i| found.get_mut(i))
        && known.holds(x, y as f32, dark)
    {
        known.rows += 1;
        return;
    }
    let Some((cy, down, _)) = cross(sides, x as usize, y, true, dark, across, (least, shape)) else { return };
    let Some((cx, across, error)) = cross(sides, x as usize, cy as usize, false, dark, down, (least, shape))
    else {
        return;
    };
    let Some((cy, down, error_down)) =
        cross(sides, cx as usize, cy as usize, true, dark, across, (least, shape))
    else {
        return;
    };
    if let Some(known) = near.at(cx, cy).and_then(|i| found.get_mut(i))
        && known.holds(cx, cy, dark)
    {
        known.rows += 1;
        return;
    }
    let mut finder = Finder {
        x: cx,
        y: cy,
        across: across as f32,
        down: down as f32,
        dark,
        rows: 1,
        error: error + error_down,
    };
    let askew = skewed(sides.rows, &finder, shape);
    if askew > 2 {
        return;
    }
    finder.error += askew as f32;
    near.mark(&finder, found.len());
    found.push(finder);
}

/// Walks from a point along the column or the row, both ways through centre, ring and border.
/// Gives the centre along that line, the length of the pattern, and how far its runs are off.
fn cross(
    sides: Sides<'_>,
    x: usize,
    y: usize,
    column: bool,
    dark: bool,
    like: u32,
    (least, shape): (u32, Shape),
) -> Option<(f32, u32, f32)> {
    let (picture, line, at) = if column { (sides.columns, x, y) } else { (sides.rows, y, x) };
    if line >= picture.height {
        return None;
    }
    along(picture.row(line), (at, picture.width), dark, like, (least, shape))
}

/// The same along one line of pixels that ends at `end`, from `at`.
fn along(
    line: &[u64],
    (at, end): (usize, usize),
    dark: bool,
    like: u32,
    (least, shape): (u32, Shape),
) -> Option<(f32, u32, f32)> {
    if at >= end || ahead(line, at, end, dark, 0) == 0 {
        return None;
    }
    // Tilt makes one direction three times as long as the other at most; a bar is longer.
    let longest = [like * 4 / 3 + 1, like * 2 / 3 + 1, like + 1];
    let walk = |backwards: bool| {
        let mut runs = [0u32; 3];
        let mut i = if backwards { at + 1 } else { at };
        for (part, run) in runs.iter_mut().enumerate() {
            let (own, most) = (dark == (part != 1), longest[part]);
            let length = if backwards {
                behind(line, i, own, most as usize)
            } else {
                ahead(line, i, end, own, most as usize)
            };
            *run = length as u32;
            i = if backwards { i - length } else { i + length };
            let border = if backwards { i == 0 } else { i == end };
            if *run > most || border && part < 2 {
                return None;
            }
        }
        Some(runs)
    };
    let (back, front) = (walk(true)?, walk(false)?);
    let runs = [back[2], back[1], back[0] + front[0] - 1, front[1], front[2]];
    let total = runs.iter().sum::<u32>();
    if total * 3 < like || total > like * 3 || !proportioned(runs, least, shape) {
        return None;
    }
    let start = at as f32 + 1.0 - back[0] as f32;
    let centre = start + runs[2] as f32 / 2.0;
    let module = total as f32 / 7.0;
    let off = |run: u32, n: f32| (run as f32 / module - n).abs();
    let error =
        off(runs[0], 1.0) + off(runs[1], 1.0) + off(runs[2], 3.0) + off(runs[3], 1.0) + off(runs[4], 1.0);
    Some((centre, total, error))
}

/// How many of the four diagonal rays from the centre do not cross centre, ring and border in their
/// proportions of 1.5:1:1. A letter or a window frame may pass row and column; few pass these.
fn skewed(bits: &Bits, f: &Finder, shape: Shape) -> usize {
    let (dx, dy) = (f.across / 7.0, f.down / 7.0);
    let slack = if shape == Shape::Sharp { 0.6 } else { 0.85 };
    let bad = |(sx, sy): (f32, f32)| {
        let mut lengths = [0u32; 3];
        let mut part = 0;
        // Four steps a module, out to where a square's corner lies at most.
        for i in 0..32 {
            let t = i as f32 / 4.0;
            let (x, y) = (f.x + sx * dx * t, f.y + sy * dy * t);
            if x < 0.0 || y < 0.0 || x >= bits.width as f32 || y >= bits.height as f32 {
                break;
            }
            let own = (bits.dark(x as usize, y as usize) == f.dark) == (part != 1);
            if !own {
                part += 1;
                if part == 3 {
                    break;
                }
            }
            lengths[part] += 1;
        }
        let total = lengths.iter().sum::<u32>() as f32;
        let near = |length: u32, share: f32| {
            let expected = total * share;
            (length as f32 - expected).abs() <= expected * slack + 1.0
        };
        part < 2
            || !(near(lengths[0], 3.0 / 7.0) && near(lengths[1], 2.0 / 7.0) && near(lengths[2], 2.0 / 7.0))
    };
    [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)].into_iter().filter(|&d| bad(d)).count()
}
