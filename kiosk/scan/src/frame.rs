//! What a camera hands over: a picture in grey, and the time there is to look at it.

/// A grey picture, borrowed from whoever captured it.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// Grey bytes, row after row; 0 is black.
    pub luma: &'a [u8],
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes from one row's start to the next's; at least `width`.
    pub stride: usize,
}

impl<'a> Frame<'a> {
    /// A frame whose rows follow each other without a gap; `None` when `luma` is too short for it.
    pub fn packed(luma: &'a [u8], width: usize, height: usize) -> Option<Self> {
        Frame { luma, width, height, stride: width }.checked()
    }

    /// The frame, if its sizes agree with its bytes.
    pub fn checked(self) -> Option<Self> {
        let last = self.height.checked_sub(1)?.checked_mul(self.stride)?.checked_add(self.width)?;
        (self.width > 0 && self.stride >= self.width && self.luma.len() >= last).then_some(self)
    }

    /// The part from (`left`, `top`) to (`right`, `bottom`), which must lie inside.
    pub(crate) fn part(&self, [left, top, right, bottom]: [usize; 4]) -> Self {
        let luma = &self.luma[top * self.stride + left..];
        Frame { luma, width: right - left, height: bottom - top, stride: self.stride }
    }

    /// Whether a place lies in the picture.
    pub(crate) fn holds(&self, (x, y): (f32, f32)) -> bool {
        x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32
    }

    /// One row of the picture.
    pub fn row(&self, y: usize) -> &'a [u8] {
        &self.luma[y * self.stride..y * self.stride + self.width]
    }
}

/// How long a frame may be looked at. The time source is an argument: this crate never asks a clock.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    now: Option<&'a dyn Fn() -> u64>,
    began: u64,
    limit_us: u64,
}

impl<'a> Budget<'a> {
    /// Time from now until `limit_us` microseconds later, by a source of monotonic microseconds.
    pub fn new(now: &'a dyn Fn() -> u64, limit_us: u64) -> Self {
        Self { now: Some(now), began: now(), limit_us }
    }

    /// All the time in the world, and no elapsed time to report.
    pub const fn unlimited() -> Budget<'static> {
        Budget { now: None, began: 0, limit_us: u64::MAX }
    }

    /// Microseconds since the budget was made; 0 when there is no time source.
    pub fn elapsed_us(&self) -> u64 {
        self.now.map_or(0, |now| now().saturating_sub(self.began))
    }

    /// Whether the time is up. Asked between steps, never inside of one.
    pub fn spent(&self) -> bool {
        self.elapsed_us() >= self.limit_us
    }
}
