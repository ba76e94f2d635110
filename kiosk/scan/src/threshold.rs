//! Grey to black and white, by local mean: a pixel is dark when it is darker than the 5×5 blocks of
//! 8×8 pixels around it (the idea of the hybrid binarizer in `ZXing`). Surroundings without contrast are
//! left white, so that an even wall has no edges to follow. Blocks are compared eight pixels at a
//! time inside one 64-bit word.

use std::ops::Range;

use crate::bits::Bits;
use crate::{Frame, Point};

/// Pixels of a block along each axis.
pub(crate) const BLOCK: usize = 8;
/// Blocks to each side that count as surroundings, and blocks across all of them.
const REACH: usize = 2;
const SPAN: usize = 2 * REACH + 1;

/// A picture's blocks, and buffers of the step; kept from frame to frame.
#[derive(Default)]
pub(crate) struct Threshold {
    across: usize,
    down: usize,
    /// Of each block: sixteen times the mean, the darkest and the lightest pixel.
    blocks: Planes,
    /// The same of a block with its neighbours in the row, and buffers for what comes before and after.
    rows: Planes,
    line: Planes,
    level: Vec<u8>,
    /// Blocks with about as much contrast as their surroundings.
    busy: Vec<u8>,
    /// Sum of a window's rows in each column.
    column_sum: Vec<u16>,
    /// Sums of `column_sum` from the left; they wrap, for only the difference over a window is wanted.
    sums: Vec<u16>,
}

/// What makes a texture: of squares of `square` blocks a side, at least `least` have as much contrast as their
/// surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Texture {
    pub square: usize,
    pub least: u8,
}

/// Mean, darkest and lightest of many places.
#[derive(Default)]
struct Planes {
    mean: Vec<u16>,
    low: Vec<u8>,
    high: Vec<u8>,
}

impl Planes {
    fn resize(&mut self, len: usize) {
        self.mean.resize(len, 0);
        self.low.resize(len, 0);
        self.high.resize(len, 0);
    }
}

impl Threshold {
    /// Measures the blocks of a picture; whatever is made black and white next is a part of it.
    pub fn measure(&mut self, frame: Frame<'_>) {
        (self.across, self.down) = (frame.width.div_ceil(BLOCK), frame.height.div_ceil(BLOCK));
        self.blocks.resize(self.across * self.down);
        self.line.resize(frame.width);
        for by in 0..self.down {
            let rows = std::array::from_fn(|y| frame.row((by * BLOCK + y).min(frame.height - 1)));
            columns(rows, &mut self.line);
            let at = by * self.across..(by + 1) * self.across;
            blocks(&self.line, at, &mut self.blocks);
        }
        self.smooth(self.noise());
    }

    /// Writes the black and white picture of `frame` to `bits`, which is what was measured last. Blocks whose
    /// surroundings hardly differ are white.
    pub fn run(&mut self, frame: Frame<'_>, bits: &mut Bits) {
        bits.resize(frame.width, frame.height);
        for y in 0..frame.height {
            let levels = &self.level[y / BLOCK * self.across..][..self.across];
            compare(frame.row(y), levels, bits.row_mut(y));
        }
    }

    /// Grey levels by which surroundings differ from noise alone: the range within a block, in the
    /// smoothest fifth of the picture, and half as much again for there being more pixels.
    fn noise(&self) -> u8 {
        let mut histogram = [0usize; 256];
        for (low, high) in self.blocks.low.iter().zip(&self.blocks.high) {
            histogram[usize::from(high - low)] += 1;
        }
        let fifth = self.blocks.low.len() / 5;
        let mut seen = 0;
        let range = histogram.iter().position(|&n| {
            seen += n;
            seen > fifth
        });
        (range.unwrap_or(0) * 3 / 2 + 4).clamp(12, 60) as u8
    }

    /// Like `run`, but against the mean of a window of `radius` pixels to each side, at most seven (so that sums fit
    /// in 16 bits). A window not much larger than a module's surroundings brings out rings that blur has nearly
    /// closed, and is not fooled by a glare spot beside it.
    /// `frame` is the part of the measured picture that begins at block (`left`, `top`).
    pub fn tight(&mut self, frame: Frame<'_>, (left, top): (usize, usize), radius: usize, bits: &mut Bits) {
        let (width, height) = (frame.width, frame.height);
        let margin = u16::from(self.noise() / 6);
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
            let rows = ((y + radius + 1).min(height) - y.saturating_sub(radius)) as u16;
            let mut sum = 0u16;
            self.sums.clear();
            self.sums.push(0);
            self.sums.extend(self.column_sum.iter().map(|&v| {
                sum = sum.wrapping_add(v);
                sum
            }));
            let levels = &self.level[(top + y / BLOCK) * self.across + left..][..width.div_ceil(BLOCK)];
            below(frame.row(y), (margin, rows, radius), &self.sums, levels, bits.row_mut(y));
        }
    }

    /// The level below which a pixel is dark, for each block. What lies beyond the picture is taken to be as it
    /// is at its border.
    fn smooth(&mut self, contrast: u8) {
        let (across, down) = (self.across, self.down);
        self.rows.resize(across * down);
        for by in 0..down {
            let at = by * across..(by + 1) * across;
            let (blocks, rows, line) = (&self.blocks, &mut self.rows, &mut self.line);
            let mean = |five: [u16; SPAN]| five.iter().sum::<u16>() / SPAN as u16;
            along(&blocks.mean[at.clone()], &mut line.mean, &mut rows.mean[at.clone()], mean);
            let low = |five: [u8; SPAN]| five.into_iter().fold(255, u8::min);
            along(&blocks.low[at.clone()], &mut line.low, &mut rows.low[at.clone()], low);
            let high = |five: [u8; SPAN]| five.into_iter().fold(0, u8::max);
            along(&blocks.high[at.clone()], &mut line.high, &mut rows.high[at], high);
        }
        self.level.resize(across * down, 0);
        self.busy.resize(across * down, 0);
        for by in 0..down {
            let row = |i: usize| {
                let y = (by + i).saturating_sub(REACH).min(down - 1);
                y * across..(y + 1) * across
            };
            let means: [&[u16]; SPAN] = std::array::from_fn(|i| &self.rows.mean[row(i)]);
            let lows: [&[u8]; SPAN] = std::array::from_fn(|i| &self.rows.low[row(i)]);
            let highs: [&[u8]; SPAN] = std::array::from_fn(|i| &self.rows.high[row(i)]);
            let (own_low, own_high) = (&self.blocks.low[row(REACH)], &self.blocks.high[row(REACH)]);
            let (level, busy) = (&mut self.level[row(REACH)], &mut self.busy[row(REACH)]);
            for x in 0..across {
                let low = lows[0][x].min(lows[1][x]).min(lows[2][x]).min(lows[3][x]).min(lows[4][x]);
                let high = highs[0][x].max(highs[1][x]).max(highs[2][x]).max(highs[3][x]).max(highs[4][x]);
                let sum = means[0][x] + means[1][x] + means[2][x] + means[3][x] + means[4][x];
                // The mean leans to whatever there is more of, the middle to the odd pixel: half of each.
                let middle = (u16::from(low) + u16::from(high)) * 8;
                let half = (sum / SPAN as u16 + middle + 30) / 32;
                let range = high - low;
                let own = u16::from(own_high[x] - own_low[x]);
                level[x] = if range < contrast { 0 } else { half.min(255) as u8 };
                busy[x] = u8::from(range >= contrast && own * 2 > u16::from(range));
            }
        }
    }

    /// Takes blocks for even that change along one axis only: bars, lines of writing and edges. `frame` is what was
    /// measured last.
    pub fn without_stripes(&mut self, frame: Frame<'_>) {
        for by in 0..frame.height / BLOCK {
            for bx in 0..frame.width / BLOCK {
                let busy = &mut self.busy[by * self.across + bx];
                if *busy == 0 {
                    continue;
                }
                let (mut along, mut down) = (0u32, 0u32);
                for y in by * BLOCK..(by + 1) * BLOCK - 1 {
                    let at = bx * BLOCK..(bx + 1) * BLOCK;
                    let (row, next) = (&frame.row(y)[at.clone()], &frame.row(y + 1)[at]);
                    along += row.array_windows::<2>().map(|[a, b]| u32::from(a.abs_diff(*b))).sum::<u32>();
                    down += row.iter().zip(next).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
                }
                *busy = u8::from(5 * along.min(down) > 2 * along.max(down));
            }
        }
    }

    /// The part of the measured picture that has the texture of a code. None in an even picture, or where there
    /// are but single edges. Squares of which `read` knows the middle, in pixels, are left out. As (left, top,
    /// right, bottom), in pixels of that picture.
    pub fn textured(
        &self,
        like: Texture,
        frame: Frame<'_>,
        read: impl Fn(Point) -> bool,
    ) -> Option<[usize; 4]> {
        let Texture { square, least } = like;
        let mut bounds: Option<[usize; 4]> = None;
        if (self.across, self.down) != (frame.width.div_ceil(BLOCK), frame.height.div_ceil(BLOCK)) {
            return None;
        }
        for y in (0..(self.down + 1).saturating_sub(square)).step_by(square / 2) {
            for x in (0..(self.across + 1).saturating_sub(square)).step_by(square / 2) {
                let row = |r: usize| &self.busy[(y + r) * self.across + x..][..square];
                let busy: u8 = (0..square).flat_map(row).sum();
                let middle = |v: usize| ((2 * v + square) * BLOCK / 2) as f32;
                if busy >= least && !read((middle(x), middle(y))) {
                    let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
                    bounds = Some([left.min(x), top.min(y), right.max(x + square), bottom.max(y + square)]);
                }
            }
        }
        // A finder may stand at the edge of the texture.
        bounds.map(|[left, top, right, bottom]| {
            let grown = |v: usize, limit: usize| ((v + 3) * BLOCK).min(limit);
            [
                left.saturating_sub(3) * BLOCK,
                top.saturating_sub(3) * BLOCK,
                grown(right, frame.width),
                grown(bottom, frame.height),
            ]
        })
    }
}

/// Eight rows of pixels, column by column: sum, darkest and lightest.
fn columns(rows: [&[u8]; BLOCK], out: &mut Planes) {
    let n = rows[0].len();
    let [a, b, c, d, e, f, g, h] = rows.map(|row| &row[..n]);
    let (sum, low, high) = (&mut out.mean[..n], &mut out.low[..n], &mut out.high[..n]);
    let wide = u16::from;
    for x in 0..n {
        low[x] = a[x].min(b[x]).min(c[x]).min(d[x]).min(e[x]).min(f[x]).min(g[x]).min(h[x]);
        high[x] = a[x].max(b[x]).max(c[x]).max(d[x]).max(e[x]).max(f[x]).max(g[x]).max(h[x]);
        let (upper, lower) = (wide(a[x]) + wide(b[x]) + wide(c[x]) + wide(d[x]), wide(e[x]) + wide(f[x]));
        sum[x] = upper + lower + wide(g[x]) + wide(h[x]);
    }
}

/// From columns to blocks, which are a row of `out` that lies at `at`.
fn blocks(line: &Planes, at: Range<usize>, out: &mut Planes) {
    let (mean, low, high) = (&mut out.mean[at.clone()], &mut out.low[at.clone()], &mut out.high[at]);
    let (sums, rest) = line.mean.as_chunks::<BLOCK>();
    for (mean, sums) in mean.iter_mut().zip(sums) {
        *mean = sums.iter().sum::<u16>() / (BLOCK * BLOCK / 16) as u16;
    }
    let (lows, rest_low) = line.low.as_chunks::<BLOCK>();
    for (low, lows) in low.iter_mut().zip(lows) {
        *low = lows.iter().copied().fold(255, u8::min);
    }
    let (highs, rest_high) = line.high.as_chunks::<BLOCK>();
    for (high, highs) in high.iter_mut().zip(highs) {
        *high = highs.iter().copied().fold(0, u8::max);
    }
    if !rest.is_empty() {
        mean[sums.len()] = rest.iter().sum::<u16>() * (16 / BLOCK) as u16 / rest.len() as u16;
        low[sums.len()] = rest_low.iter().copied().fold(255, u8::min);
        high[sums.len()] = rest_high.iter().copied().fold(0, u8::max);
    }
}

/// Folds each place of a line with its neighbours; `padded` is a buffer.
fn along<T: Copy>(line: &[T], padded: &mut Vec<T>, out: &mut [T], fold: impl Fn([T; SPAN]) -> T) {
    let (Some(&first), Some(&last)) = (line.first(), line.last()) else { return };
    padded.clear();
    padded.extend([first; REACH]);
    padded.extend_from_slice(line);
    padded.extend([last; REACH]);
    for (out, five) in out.iter_mut().zip(padded.array_windows::<SPAN>()) {
        *out = fold(*five);
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
        out[i / 8] |= gather(dark) << (i % 8 * 8);
    }
    let done = eights.len() * 8;
    for (i, &v) in rest.iter().enumerate() {
        if v < levels[levels.len() - 1] {
            out[(done + i) / 64] |= 1 << ((done + i) % 64);
        }
    }
}

/// One row against the mean of the window around each pixel: of `rows` rows and of `radius` pixels to each
/// side, whose `sums` run from the left. A pixel is dark when it is `margin` below that, and its block's
/// surroundings have contrast.
fn below(
    row: &[u8],
    (margin, rows, radius): (u16, u16, usize),
    sums: &[u16],
    levels: &[u8],
    out: &mut [u64],
) {
    out.fill(0);
    let width = row.len();
    let mut verdicts = [0u8; 64];
    for (i, (word, pixels)) in out.iter_mut().zip(row.chunks(64)).enumerate() {
        let (x, count) = (i * 64, pixels.len());
        if levels[x / BLOCK..(x + count).div_ceil(BLOCK)].iter().all(|&level| level == 0) {
            continue;
        }
        if x >= radius && x + 64 + radius < width {
            let area = rows * (2 * radius as u16 + 1);
            let (left, right) = (&sums[x - radius..][..64], &sums[x + radius + 1..][..64]);
            for (((verdict, &v), &l), &r) in verdicts.iter_mut().zip(pixels).zip(left).zip(right) {
                *verdict = u8::from((u16::from(v) + margin) * area <= r.wrapping_sub(l));
            }
        } else {
            for (i, (verdict, &v)) in verdicts.iter_mut().zip(pixels).enumerate() {
                let (left, right) = ((x + i).saturating_sub(radius), (x + i + radius + 1).min(width));
                let area = rows * (right - left) as u16;
                *verdict = u8::from((u16::from(v) + margin) * area <= sums[right].wrapping_sub(sums[left]));
            }
            verdicts[count..].fill(0);
        }
        for (i, (eight, &level)) in verdicts.as_chunks::<8>().0.iter().zip(&levels[x / BLOCK..]).enumerate() {
            if level > 0 {
                *word |= gather(u64::from_le_bytes(*eight)) << (i * 8);
            }
        }
    }
}

/// The lowest bits of eight bytes, as a byte.
fn gather(eight: u64) -> u64 {
    eight.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Halves a picture: each pixel is the mean of four. A pair of neighbours is read as one number of 16 bits,
/// whose bytes are added.
pub(crate) fn halve(frame: Frame<'_>, out: &mut Vec<u8>) -> (usize, usize) {
    let (width, height) = (frame.width / 2, frame.height / 2);
    out.resize(width * height, 0);
    if width == 0 {
        return (width, height);
    }
    for (y, line) in out.chunks_exact_mut(width).enumerate() {
        let (upper, lower) = (frame.row(2 * y).as_chunks::<2>().0, frame.row(2 * y + 1).as_chunks::<2>().0);
        for ((mean, a), b) in line.iter_mut().zip(upper).zip(lower) {
            let (a, b) = (u16::from_le_bytes(*a), u16::from_le_bytes(*b));
            *mean = (((a & 0xff) + (a >> 8) + (b & 0xff) + (b >> 8) + 2) >> 2) as u8;
        }
    }
    (width, height)
}
