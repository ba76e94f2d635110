//! Grey to black and white, by local mean: a pixel is dark when it is darker than the 5×5 blocks of
//! 8×8 pixels around it (the idea of the hybrid binarizer in `ZXing`). Surroundings without contrast are
//! left white, so that an even wall has no edges to follow. Blocks are compared eight pixels at a
//! time inside one 64-bit word.

use crate::Frame;
use crate::bits::Bits;

const BLOCK: usize = 8;

/// Buffers of the step, kept from frame to frame.
#[derive(Default)]
pub(crate) struct Threshold {
    column_min: Vec<u8>,
    column_max: Vec<u8>,
    column_sum: Vec<u16>,
    mean: Vec<u16>,
    min: Vec<u8>,
    max: Vec<u8>,
    row_sum: Vec<u16>,
    row_min: Vec<u8>,
    row_max: Vec<u8>,
    level: Vec<u8>,
    /// Blocks with about as much contrast as their surroundings.
    busy: Vec<u8>,
}

impl Threshold {
    /// Writes the black and white picture of `frame` to `bits`. Blocks whose surroundings hardly differ
    /// are white; `reach` blocks to each side count as surroundings.
    pub fn run(&mut self, frame: Frame<'_>, reach: usize, bits: &mut Bits) {
        let across = self.levels(frame, reach);
        bits.resize(frame.width, frame.height);
        for y in 0..frame.height {
            let levels = &self.level[y / BLOCK * across..][..across];
            compare(frame.row(y), levels, bits.row_mut(y));
        }
    }

    /// Finds the level of each block; says how many blocks lie in a row.
    fn levels(&mut self, frame: Frame<'_>, reach: usize) -> usize {
        let (across, down) = (frame.width.div_ceil(BLOCK), frame.height.div_ceil(BLOCK));
        self.measure(frame, across, down);
        self.smooth(across, down, self.noise(), reach);
        across
    }

    /// Mean, darkest and lightest of each block.
    fn measure(&mut self, frame: Frame<'_>, across: usize, down: usize) {
        let width = frame.width;
        self.column_min.resize(width, 0);
        self.column_max.resize(width, 0);
        self.column_sum.resize(width, 0);
        for plane in [&mut self.min, &mut self.max, &mut self.level] {
            plane.resize(across * down, 0);
        }
        self.mean.resize(across * down, 0);
        for by in 0..down {
            self.column_min.fill(255);
            self.column_max.fill(0);
            self.column_sum.fill(0);
            let rows = by * BLOCK..((by + 1) * BLOCK).min(frame.height);
            let count = rows.len();
            for y in rows {
                let row = frame.row(y);
                for (low, &v) in self.column_min.iter_mut().zip(row) {
                    *low = (*low).min(v);
                }
                for (high, &v) in self.column_max.iter_mut().zip(row) {
                    *high = (*high).max(v);
                }
                for (sum, &v) in self.column_sum.iter_mut().zip(row) {
                    *sum += u16::from(v);
                }
            }
            for bx in 0..across {
                let columns = bx * BLOCK..((bx + 1) * BLOCK).min(width);
                let pixels = (columns.len() * count) as u32;
                let sum: u32 = self.column_sum[columns.clone()].iter().map(|&v| u32::from(v)).sum();
                let at = by * across + bx;
                self.mean[at] = (sum * 16 / pixels) as u16;
                self.min[at] = self.column_min[columns.clone()].iter().copied().min().unwrap_or(0);
                self.max[at] = self.column_max[columns].iter().copied().max().unwrap_or(0);
            }
        }
    }

    /// Grey levels by which surroundings differ from noise alone: the range within a block, in the
    /// smoothest fifth of the picture, and half as much again for there being more pixels.
    fn noise(&self) -> u8 {
        let mut histogram = [0usize; 256];
        for (low, high) in self.min.iter().zip(&self.max) {
            histogram[usize::from(high - low)] += 1;
        }
        let fifth = self.min.len() / 5;
        let mut seen = 0;
        let range = histogram.iter().position(|&n| {
            seen += n;
            seen > fifth
        });
        (range.unwrap_or(0) * 3 / 2 + 4).clamp(12, 60) as u8
    }

    /// Like `run`, but against the mean of a window of `radius` pixels to each side. A window not much larger than a module's surroundings brings out
    /// rings that blur has nearly closed, and is not fooled by a glare spot beside it.
    pub fn tight(&mut self, frame: Frame<'_>, radius: usize, bits: &mut Bits) {
        let (width, height) = (frame.width, frame.height);
        let across = self.levels(frame, 2);
        let margin = u32::from(self.noise() / 6);
        bits.resize(width, height);
        self.column_sum.clear();
        self.column_sum.resize(width, 0);
        for y in 0..radius.min(height) {
            for (sum, &v) in self.column_sum.iter_mut().zip(frame.row(y)) {
                *sum += u16::from(v);
            }
        }
        for y in 0..height {
            if y + radius < height {
                for (sum, &v) in self.column_sum.iter_mut().zip(frame.row(y + radius)) {
                    *sum += u16::from(v);
                }
            }
            if y > radius {
                for (sum, &v) in self.column_sum.iter_mut().zip(frame.row(y - radius - 1)) {
                    *sum -= u16::from(v);
                }
            }
            let rows = ((y + radius + 1).min(height) - y.saturating_sub(radius)) as u32;
            let out = bits.row_mut(y);
            out.fill(0);
            let row = frame.row(y);
            let levels = &self.level[y / BLOCK * across..][..across];
            let mut sum: u32 = self.column_sum[..radius.min(width)].iter().map(|&v| u32::from(v)).sum();
            for x in 0..width {
                if x + radius < width {
                    sum += u32::from(self.column_sum[x + radius]);
                }
                if x > radius {
                    sum -= u32::from(self.column_sum[x - radius - 1]);
                }
                let columns = ((x + radius + 1).min(width) - x.saturating_sub(radius)) as u32;
                let dark = levels[x / BLOCK] > 0 && (u32::from(row[x]) + margin) * rows * columns <= sum;
                out[x / 64] |= u64::from(dark) << (x % 64);
            }
        }
    }

    /// The level below which a pixel is dark, for each block.
    fn smooth(&mut self, across: usize, down: usize, contrast: u8, reach: usize) {
        // Along the rows first, then along the columns.
        self.row_sum.resize(across * down, 0);
        self.row_min.resize(across * down, 0);
        self.row_max.resize(across * down, 0);
        for by in 0..down {
            for bx in 0..across {
                let span = by * across + bx.saturating_sub(reach)..by * across + (bx + reach + 1).min(across);
                let at = by * across + bx;
                let count = span.len() as u16;
                self.row_sum[at] = self.mean[span.clone()].iter().sum::<u16>() / count;
                self.row_min[at] = self.min[span.clone()].iter().copied().fold(255, u8::min);
                self.row_max[at] = self.max[span].iter().copied().fold(0, u8::max);
            }
        }
        self.busy.resize(across * down, 0);
        for by in 0..down {
            let rows = by.saturating_sub(reach)..(by + reach + 1).min(down);
            for bx in 0..across {
                let (mut sum, mut low, mut high) = (0u32, 255, 0);
                for y in rows.clone() {
                    let at = y * across + bx;
                    sum += u32::from(self.row_sum[at]);
                    low = low.min(self.row_min[at]);
                    high = high.max(self.row_max[at]);
                }
                let mean = sum / rows.len() as u32;
                // The mean leans to whatever there is more of, the middle to the odd pixel: half of each.
                let middle = u32::from(low).midpoint(u32::from(high));
                let at = by * across + bx;
                let own = u16::from(self.max[at] - self.min[at]);
                self.busy[at] = u8::from(high - low >= contrast && own * 2 > u16::from(high - low));
                self.level[at] = if high - low < contrast {
                    0
                } else {
                    mean.midpoint(middle * 16).div_ceil(16).min(255) as u8
                };
            }
        }
    }
}

impl Threshold {
    /// The part of the picture of the last run that has the texture of a code: squares of five by five
    /// blocks of which nearly each has the contrast of the whole square. None in an even picture, or
    /// where there are but single edges. As (left, top, right, bottom), in pixels of that picture.
    pub fn textured(&self, width: usize, height: usize) -> Option<[usize; 4]> {
        const SQUARE: usize = 5;
        let (across, down) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
        let mut bounds: Option<[usize; 4]> = None;
        if self.busy.len() != across * down {
            return None;
        }
        for y in (0..(down + 1).saturating_sub(SQUARE)).step_by(2) {
            for x in (0..(across + 1).saturating_sub(SQUARE)).step_by(2) {
                let row = |r: usize| &self.busy[(y + r) * across + x..][..SQUARE];
                let busy: u8 = (0..SQUARE).flat_map(row).sum();
                if busy >= 19 {
                    let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
                    bounds = Some([left.min(x), top.min(y), right.max(x + SQUARE), bottom.max(y + SQUARE)]);
                }
            }
        }
        // A finder may stand at the edge of the texture.
        bounds.map(|[left, top, right, bottom]| {
            let grown = |v: usize, limit: usize| ((v + 3) * BLOCK).min(limit);
            [
                left.saturating_sub(3) * BLOCK,
                top.saturating_sub(3) * BLOCK,
                grown(right, width),
                grown(bottom, height),
            ]
        })
    }
}

/// One row: eight pixels against their block's level at a time, their verdicts gathered into a byte.
fn compare(row: &[u8], levels: &[u8], out: &mut [u64]) {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    out.fill(0);
    let (eights, rest) = row.as_chunks::<8>();
    for (i, (pixels, &level)) in eights.iter().zip(levels).enumerate() {
        let x = u64::from_le_bytes(*pixels);
        let y = ONES * u64::from(level);
        let low = (x | HIGH) - (y & !HIGH);
        let light = ((x & !y) | (!(x ^ y) & low)) & HIGH;
        let dark = (!light & HIGH) >> 7;
        let byte = dark.wrapping_mul(0x0102_0408_1020_4080) >> 56;
        out[i / 8] |= byte << (i % 8 * 8);
    }
    let done = eights.len() * 8;
    for (i, &v) in rest.iter().enumerate() {
        if v < levels[levels.len() - 1] {
            out[(done + i) / 64] |= 1 << ((done + i) % 64);
        }
    }
}

/// Halves a picture: each pixel is the mean of four, eight pixels of each row at a time.
pub(crate) fn halve(frame: Frame<'_>, out: &mut Vec<u8>) -> (usize, usize) {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let (width, height) = (frame.width / 2, frame.height / 2);
    out.resize(width * height, 0);
    if width == 0 {
        return (width, height);
    }
    for (y, line) in out.chunks_exact_mut(width).enumerate() {
        let (upper, lower) = (frame.row(2 * y), frame.row(2 * y + 1));
        let (fours, rest) = line.as_chunks_mut::<4>();
        for ((four, a), b) in fours.iter_mut().zip(upper.as_chunks::<8>().0).zip(lower.as_chunks::<8>().0) {
            let (a, b) = (u64::from_le_bytes(*a), u64::from_le_bytes(*b));
            let sum = (a & EVEN) + (a >> 8 & EVEN) + (b & EVEN) + (b >> 8 & EVEN);
            let mean = (sum + 0x0002_0002_0002_0002) >> 2 & EVEN;
            let pairs = (mean | mean >> 8) & 0x0000_ffff_0000_ffff;
            *four = ((pairs | pairs >> 16) as u32).to_le_bytes();
        }
        let done = width - rest.len();
        for (i, v) in rest.iter_mut().enumerate() {
            let x = 2 * (done + i);
            let sum = [upper[x], upper[x + 1], lower[x], lower[x + 1]].map(u32::from).iter().sum::<u32>();
            *v = ((sum + 2) / 4) as u8;
        }
    }
    (width, height)
}
