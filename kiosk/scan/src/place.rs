//! A place where a code lies, and what speaks for it: contrast at the finders, and how well the timing lines
//! agree with the picture.

use crate::homography::Homography;
use crate::layout;
use crate::pixels::grey;
use crate::{Frame, Point};

/// A place where a code lies.
#[derive(Clone, Copy)]
pub(crate) struct Located {
    pub homography: Homography,
    pub version: usize,
    /// Light minus dark at the finders; negative in inverted codes.
    pub contrast: f32,
    /// How well timing and alignment patterns agree: 1 perfect, 0 not at all.
    pub agreement: f32,
}

impl Located {
    /// The code's middle in the frame.
    pub fn middle(&self) -> Point {
        let half = layout::side(self.version) as f32 / 2.0;
        self.homography.project(half, half)
    }

    /// Whether another place is the same, but for a small part of a module.
    pub fn same(&self, other: &Self) -> bool {
        let n = layout::side(self.version) as f32;
        let (a, b) = (self.homography.corners(n), other.homography.corners(n));
        let module = (a[0].0 - a[2].0).hypot(a[0].1 - a[2].1) / n * 0.7;
        self.version == other.version
            && (self.contrast < 0.0) == (other.contrast < 0.0)
            && a.iter().zip(b).all(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1) < module * NEARLY)
    }

    /// Whether another place is that of the same code, moved by a hand.
    pub fn is_near(&self, other: &Self) -> bool {
        let (centre, before) = (self.middle(), other.middle());
        let corner: Point = other.homography.project(0.0, 0.0);
        let reach = (corner.0 - before.0).hypot(corner.1 - before.1);
        self.version == other.version
            && (self.contrast < 0.0) == (other.contrast < 0.0)
            && (centre.0 - before.0).hypot(centre.1 - before.1) < reach
    }

    /// How many modules it has.
    pub fn modules(&self) -> u64 {
        (layout::side(self.version) * layout::side(self.version)) as u64
    }
}

/// Part of a module by which two places of the same code may differ.
const NEARLY: f32 = 0.25;

/// Where a part of the pyramid lies in the frame: its scale, and its top left corner.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    /// Pixels of the frame for one of the part.
    pub scale: f32,
    /// In pixels of the frame.
    pub corner: Point,
}

impl Origin {
    /// How often the frame was halved.
    pub fn stage(&self) -> usize {
        self.scale as usize / 2
    }

    /// Where a part of this picture lies that begins at a pixel of it.
    pub fn part(&self, [left, top, ..]: [usize; 4]) -> Self {
        Self { corner: self.project((left as f32, top as f32)), ..*self }
    }

    /// From pixels of the part to those of the frame.
    pub fn project(&self, (x, y): Point) -> Point {
        (x * self.scale + self.corner.0, y * self.scale + self.corner.1)
    }
}

/// Light minus dark at the finders that were seen.
pub(crate) fn finder_contrast(frame: &Frame<'_>, h: &Homography, n: usize, seen: [bool; 3]) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (x, y) in layout::finder_centres(n, seen) {
        let dark = grey(frame, h.project(x, y));
        let ring = [(2.0, 0.0), (-2.0, 0.0), (0.0, 2.0), (0.0, -2.0)];
        let light: f32 = ring.iter().map(|(u, v)| grey(frame, h.project(x + u, y + v))).sum();
        sum += light / 4.0 - dark;
        count += 1.0;
    }
    sum / count
}

/// How well the timing lines and the last alignment pattern agree with the picture.
pub(crate) fn agreement(frame: &Frame<'_>, h: &Homography, version: usize, contrast: f32) -> f32 {
    let n = layout::side(version);
    let (mut sum, mut all) = (0.0f32, 0.0f32);
    for line in 0..2 {
        let read = |i: usize| {
            let (a, b) = (i as f32 + 0.5, 6.5);
            grey(frame, if line == 0 { h.project(a, b) } else { h.project(b, a) })
        };
        let (mut before, mut here) = (read(7), read(8));
        for i in 8..n - 8 {
            let after = read(i + 1);
            let darker = (f32::midpoint(before, after) - here) * contrast.signum();
            let expected = if i % 2 == 0 { 1.0 } else { -1.0 };
            sum += darker * expected;
            all += darker.abs();
            before = here;
            here = after;
        }
    }
    if all > 0.0 { sum / all } else { 0.0 }
}
