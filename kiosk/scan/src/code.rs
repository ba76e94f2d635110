//! What a look at a frame gives: the codes that were read, and a hint for who holds them.

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
}
