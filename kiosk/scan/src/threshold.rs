//! Grey to black and white, by local mean: a pixel is dark when it is darker than the 5×5 blocks of
//! 8×8 pixels around it (the idea of ZXing's hybrid binarizer). Surroundings without contrast are
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
    level: Vec<u8>,
}

impl Threshold {
    /// Writes the black and white picture of `frame` to `bits`. Blocks whose surroundings differ by
    /// fewer than `contrast` grey levels are white; `reach` blocks to each side count as surroundings.
    pub fn run(&mut self, frame: Frame<'_>, contrast: u8, reach: usize, bits: &mut Bits) {
        let (across, down) = (frame.width.div_ceil(BLOCK), frame.height.div_ceil(BLOCK));
        self.measure(frame, across, down);
        self.smooth(across, down, contrast, reach);
        bits.resize(frame.width, frame.height);
        for y in 0..frame.height {
            let levels = &self.level[y / BLOCK * across..][..across];
            compare(frame.row(y), levels, bits.row_mut(y));
        }
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

    /// The level below which a pixel is dark, for each block.
    fn smooth(&mut self, across: usize, down: usize, contrast: u8, reach: usize) {
        for by in 0..down {
            let rows = by.saturating_sub(reach)..(by + reach + 1).min(down);
            for bx in 0..across {
                let columns = bx.saturating_sub(reach)..(bx + reach + 1).min(across);
                let (mut sum, mut low, mut high) = (0u32, 255, 0);
                for y in rows.clone() {
                    let span = y * across + columns.start..y * across + columns.end;
                    sum += self.mean[span.clone()].iter().map(|&v| u32::from(v)).sum::<u32>();
                    low = self.min[span.clone()].iter().copied().fold(low, u8::min);
                    high = self.max[span].iter().copied().fold(high, u8::max);
                }
                let mean = sum / (rows.len() * columns.len()) as u32;
                self.level[by * across + bx] =
                    if high - low < contrast { 0 } else { mean.div_ceil(16).min(255) as u8 };
            }
        }
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

/// Halves a picture: each pixel is the mean of four.
pub(crate) fn halve(frame: Frame<'_>, out: &mut Vec<u8>) -> (usize, usize) {
    let (width, height) = (frame.width / 2, frame.height / 2);
    out.resize(width * height, 0);
    for (y, line) in out.chunks_exact_mut(width.max(1)).enumerate().take(height) {
        let (upper, lower) = (frame.row(2 * y).as_chunks::<2>().0, frame.row(2 * y + 1).as_chunks::<2>().0);
        for ((v, a), b) in line.iter_mut().zip(upper).zip(lower) {
            let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
            *v = ((sum + 2) / 4) as u8;
        }
    }
    (width, height)
}
