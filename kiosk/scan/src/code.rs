//! What a look at a frame gives: the codes that were read, and a hint for who holds them.

use crate::Frame;

/// A point in the frame, in pixels; the centre of the first pixel is (0.5, 0.5).
pub type Point = (f32, f32);

/// A QR code that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// The text. Bytes that are no UTF-8 are taken for Shift JIS or Latin-1.
    pub text: String,
    /// Corners of the code in the frame: its own top left, top right, bottom right, bottom left.
    pub corners: [Point; 4],
    /// 1 to 40.
    pub version: u8,
    /// How well it could be read.
    pub quality: Quality,
}

impl Code {
    /// Whether a place in the frame lies on the code.
    pub fn covers(&self, p: Point) -> bool {
        let side = |i: usize| {
            let (a, b) = (self.corners[i], self.corners[(i + 1) % 4]);
            (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0) > 0.0
        };
        let first = side(0);
        (1..4).all(|i| side(i) == first)
    }
}

/// The part of a picture around a code, in which it will be found again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    from: Point,
    to: Point,
}

impl Region {
    /// The code's surroundings: half its size to each side.
    pub fn around(code: &Code) -> Self {
        let low = |pick: fn(&Point) -> f32| code.corners.iter().map(pick).fold(f32::MAX, f32::min);
        let high = |pick: fn(&Point) -> f32| code.corners.iter().map(pick).fold(f32::MIN, f32::max);
        let (left, right, top, bottom) = (low(|p| p.0), high(|p| p.0), low(|p| p.1), high(|p| p.1));
        let reach = (right - left).max(bottom - top) * 0.5;
        Self { from: (left - reach, top - reach), to: (right + reach, bottom + reach) }
    }

    /// The region of a frame as a frame of its own, and where it begins; `None` when hardly any is inside.
    pub fn cut<'a>(&self, frame: &Frame<'a>) -> Option<(Frame<'a>, Point)> {
        let inside = |v: f32, size: usize| (v.max(0.0) as usize).min(size);
        let (x, y) = (inside(self.from.0, frame.width), inside(self.from.1, frame.height));
        let (width, height) = (inside(self.to.0, frame.width) - x, inside(self.to.1, frame.height) - y);
        if width < 64 || height < 64 {
            return None;
        }
        let part = Frame { luma: &frame.luma[y * frame.stride + x..], width, height, stride: frame.stride };
        Some((part.checked()?, (x as f32, y as f32)))
    }
}

/// How well a code could be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Share of the error correction that was not needed: 1 is a flawless reading, 0 a narrow escape.
    pub margin: f32,
    /// Pixels a module.
    pub module: f32,
    /// White on black, as phones show it in dark mode.
    pub inverted: bool,
    /// Seen in a mirror or from behind.
    pub mirrored: bool,
    /// Frames whose evidence was combined; 1 when one sufficed.
    pub frames: u8,
}

/// What would help, told to the person who holds the code up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guidance {
    /// Modules are too few pixels wide.
    Nearer,
    /// The code does not fit into the picture.
    Farther,
    /// Smeared by motion, or not in focus yet.
    HoldStill,
    /// Part of the code is blown out.
    LessGlare,
    /// Too dark to tell modules from noise; the screen's own brightness can serve as light.
    MoreLight,
}

/// One look at a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// Every code that was read, best reading first.
    pub codes: Vec<Code>,
    /// A hint, when something like a code is in view and none was read.
    pub guidance: Option<Guidance>,
    /// Microseconds spent, by the budget's time source; 0 without one.
    pub elapsed_us: u64,
    /// What was done, on any machine the same: counted as if all of it were reading pixels.
    pub work: u64,
}
