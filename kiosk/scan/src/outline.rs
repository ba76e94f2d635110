//! Where a code may lie of which no finder is seen, because blur has closed them all: a patch of texture with an even
//! margin around it. The picture is shrunk, places with much going on are gathered into patches (a flood fill), and
//! the smallest rectangle around a patch is moved, side by side, to where the picture steps most from what is mixed
//! to what is even. What lies in the four sides is for `corners` to say.

use crate::pixels::grey;
use crate::threshold::halve;
use crate::{Frame, Point};

/// Pixels of the frame for one of the shrunk picture, along each axis.
const SHRUNK: usize = 4;
/// Pixels of the shrunk picture to each side that are looked at together.
const AROUND: usize = 2;
/// Differences of neighbours, both axes together, that are more than noise.
const LEAST: u16 = 8;
/// Sides of a rectangle, in pixels of the frame, that may hold a code.
const SMALLEST: f32 = 60.0;
/// Patches that are worth a look.
const MOST: usize = 2;
/// Directions in which a patch is measured, over a half turn.
const DIRECTIONS: usize = 60;
/// Places along a side, and distances across it, at which the picture is read.
const ALONG: usize = 48;
const ACROSS: usize = 57;
/// Distances across a side, as a share of it.
const PITCH: f32 = 1.0 / 200.0;
/// Distances from a side at which its two faces are compared.
const FACE: usize = 3;
/// Furthest that an end of a side is moved, in distances.
const REACH: usize = (ACROSS - 1) / 2 - 2 * FACE;

/// Four corners, one after the other around it, and whether what lies around is light.
pub(crate) struct Outline {
    pub corners: [Point; 4],
    pub light: bool,
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Outliner {
    half: Vec<u8>,
    quarter: Vec<u8>,
    /// How much goes on around each pixel of the shrunk picture.
    busy: Vec<u16>,
    /// The same without the patches that were taken out.
    left: Vec<u16>,
    columns: Vec<u16>,
    patch: Vec<(usize, usize)>,
    pub found: Vec<Outline>,
}

/// A rectangle's corners, and its area.
#[derive(Clone, Copy)]
struct Rectangle {
    corners: [Point; 4],
    area: f32,
}

impl Outliner {
    /// Fills `found` with what may be codes, the largest first.
    pub fn look(&mut self, frame: &Frame<'_>) {
        self.found.clear();
        if frame.width < 16 * SHRUNK || frame.height < 16 * SHRUNK {
            return;
        }
        let (width, height) = halve(*frame, &mut self.half);
        let half = Frame { luma: &self.half, width, height, stride: width };
        let (width, height) = halve(half, &mut self.quarter);
        self.measure(width, height);
        let mut best: [Option<Rectangle>; MOST] = [None; MOST];
        for least in self.levels() {
            self.left.clone_from(&self.busy);
            for at in 0..width * height {
                if self.left[at] < least {
                    continue;
                }
                self.flood(at, (width, height), least);
                let Some(rectangle) = rectangle(&self.patch) else { continue };
                let larger = |slot: &Option<Rectangle>| slot.is_none_or(|other| other.area < rectangle.area);
                if let Some(slot) = best.iter().position(larger) {
                    best[slot..].rotate_right(1);
                    best[slot] = Some(rectangle);
                }
            }
            if best[0].is_some() {
                break;
            }
        }
        self.found
            .extend(best.into_iter().flatten().filter_map(|rectangle| settle(frame, rectangle.corners)));
    }

    /// Levels from which a place belongs to a patch: what is much where much goes on, and less.
    fn levels(&self) -> [u16; 2] {
        let mut levels = [0usize; 512];
        for &v in &self.busy {
            levels[usize::from(v.min(511))] += 1;
        }
        let above = |part: usize| {
            let mut seen = 0;
            let level = levels.iter().rposition(|count| {
                seen += count;
                seen * part > self.busy.len()
            });
            level.unwrap_or(0) as u16
        };
        // A code fills more than a fiftieth of the picture and less than half of it.
        let (much, usual) = (above(50), above(2));
        [9, 4].map(|of_twenty| (much * of_twenty / 20).max(usual * 8 / 5).max(LEAST))
    }

    /// Fills `busy`.
    fn measure(&mut self, width: usize, height: usize) {
        const SPAN: usize = 2 * AROUND + 1;
        self.busy.clear();
        self.busy.resize(width * height, 0);
        let change = |x: usize, y: usize| {
            let at = y * width + x;
            let apart = |a: usize, b: usize| u16::from(self.quarter[a].abs_diff(self.quarter[b]));
            apart(at - 1, at + 1) + apart(at - width, at + width)
        };
        let inner = 1 + AROUND..height - 1 - AROUND;
        for y in inner {
            self.columns.clear();
            self.columns.resize(width, 0);
            for x in 1..width - 1 {
                self.columns[x] = (y - AROUND..=y + AROUND).map(|y| change(x, y)).sum();
            }
            for (x, five) in self.columns.array_windows::<SPAN>().enumerate() {
                self.busy[y * width + x + AROUND] = five.iter().sum::<u16>() / (SPAN * SPAN) as u16;
            }
        }
    }

    /// Takes the patch around a place out of `left`, into `patch`.
    fn flood(&mut self, at: usize, (width, height): (usize, usize), least: u16) {
        self.patch.clear();
        self.left[at] = 0;
        self.patch.push((at % width, at / width));
        let mut next = 0;
        while let Some(&(x, y)) = self.patch.get(next) {
            next += 1;
            let sides = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
            for (x, y) in sides {
                if x < width && y < height && self.left[y * width + x] >= least {
                    self.left[y * width + x] = 0;
                    self.patch.push((x, y));
                }
            }
        }
    }
}

/// The smallest rectangle around a patch, in pixels of the frame; none when the patch does not fill it as a code would.
fn rectangle(patch: &[(usize, usize)]) -> Option<Rectangle> {
    const QUARTER: usize = DIRECTIONS / 2;
    let cell = SHRUNK as f32;
    if (patch.len() as f32) < (SMALLEST / cell).powi(2) * 0.5 {
        return None;
    }
    let mut extents = [(f32::MAX, f32::MIN); DIRECTIONS];
    let turn = |i: usize| (i as f32 * std::f32::consts::PI / DIRECTIONS as f32).sin_cos();
    for (i, extent) in extents.iter_mut().enumerate() {
        let (sin, cos) = turn(i);
        for &(x, y) in patch {
            let along = x as f32 * cos + y as f32 * sin;
            *extent = (extent.0.min(along), extent.1.max(along));
        }
    }
    let size = |i: usize| extents[i].1 - extents[i].0 + 1.0;
    let area = |i: usize| size(i) * size(i + QUARTER);
    let i = (0..QUARTER).min_by(|&a, &b| area(a).total_cmp(&area(b)))?;
    let (across, down) = (size(i), size(i + QUARTER));
    let fair = across.min(down) * cell > SMALLEST && across.max(down) < 2.2 * across.min(down);
    if !fair || (patch.len() as f32) < 0.6 * across * down {
        return None;
    }
    let (sin, cos) = turn(i);
    let place = |u: f32, v: f32| ((u * cos - v * sin + 0.5) * cell, (u * sin + v * cos + 0.5) * cell);
    let ((left, right), (top, bottom)) = (extents[i], extents[i + QUARTER]);
    let corners = [place(left, top), place(right, top), place(right, bottom), place(left, bottom)];
    Some(Rectangle { corners, area: area(i) * cell * cell })
}

/// Moves the sides to where the picture steps most; none when the rectangle's sides do not all step the same way.
fn settle(frame: &Frame<'_>, corners: [Point; 4]) -> Option<Outline> {
    let sides: [[(f32, Line); 2]; 4] = std::array::from_fn(|i| side(frame, corners[i], corners[(i + 1) % 4]));
    let total = |light: usize| sides.iter().map(|side| side[light].0).sum::<f32>();
    let light = usize::from(total(1) > total(0));
    let lines = sides.map(|side| side[light].1);
    let mut settled = [(0.0, 0.0); 4];
    for (i, corner) in settled.iter_mut().enumerate() {
        *corner = crossing(lines[(i + 3) % 4], lines[i])?;
    }
    Some(Outline { corners: settled, light: light == 1 })
}

type Line = (Point, Point);

/// The line near a side at which the picture steps most: how much, for dark and for light outside.
fn side(frame: &Frame<'_>, a: Point, b: Point) -> [(f32, Line); 2] {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    // Corners follow each other clockwise in the picture, whose y points down: outside is to the left of the way.
    let out = (dy * PITCH, -dx * PITCH);
    let middle = (ACROSS / 2) as f32;
    let place = |along: f32, across: f32| {
        let off = across - middle;
        (a.0 + dx * along + out.0 * off, a.1 + dy * along + out.1 * off)
    };
    let mut read = [[0.0f32; ALONG]; ACROSS];
    for (across, line) in read.iter_mut().enumerate() {
        for (along, v) in line.iter_mut().enumerate() {
            *v = grey(frame, place((along as f32 + 0.5) / ALONG as f32, across as f32));
        }
    }
    let mut best = [(f32::MIN, (a, b)); 2];
    for from in ACROSS / 2 - REACH..=ACROSS / 2 + REACH {
        for to in ACROSS / 2 - REACH..=ACROSS / 2 + REACH {
            let (mut inside, mut outside, mut squares) = (0.0, 0.0, 0.0);
            let across = |along: usize| (from * (ALONG - 1 - along) + to * along) / (ALONG - 1);
            for (along, across) in (0..ALONG).map(across).enumerate() {
                let v = read[across + FACE][along];
                inside += read[across - FACE][along];
                outside += v;
                squares += v * v;
            }
            let count = ALONG as f32;
            let (inside, outside) = (inside / count, outside / count);
            let uneven = (squares / count - outside * outside).max(0.0).sqrt();
            for (best, sign) in best.iter_mut().zip([-1.0, 1.0]) {
                let step = (outside - inside) * sign - 0.7 * uneven;
                if step > best.0 {
                    *best = (step, (place(0.0, from as f32), place(1.0, to as f32)));
                }
            }
        }
    }
    best
}

fn crossing((a, b): Line, (c, d): Line) -> Option<Point> {
    let (u, v) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
    let turn = u.0 * v.1 - u.1 * v.0;
    if turn.abs() < 1.0 {
        return None;
    }
    let t = ((c.0 - a.0) * v.1 - (c.1 - a.1) * v.0) / turn;
    Some((a.0 + u.0 * t, a.1 + u.1 * t))
}
