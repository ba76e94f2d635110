//! A picture in black and white, 64 pixels a word: edges of a row fall out of a shift and an
//! exclusive or, so that walking the runs of a row costs by edges and not by pixels.

/// A packed bit picture; a set bit is dark.
#[derive(Default)]
pub(crate) struct Bits {
    pub width: usize,
    pub height: usize,
    words_per_row: usize,
    words: Vec<u64>,
}

impl Bits {
    /// Makes room for a picture of this size; contents are whatever they were.
    pub fn resize(&mut self, width: usize, height: usize) {
        self.width = width;
        self.height = height;
        self.words_per_row = width.div_ceil(64);
        self.words.resize(self.words_per_row * height, 0);
    }

    pub fn row(&self, y: usize) -> &[u64] {
        &self.words[y * self.words_per_row..(y + 1) * self.words_per_row]
    }

    pub fn row_mut(&mut self, y: usize) -> &mut [u64] {
        &mut self.words[y * self.words_per_row..(y + 1) * self.words_per_row]
    }

    /// Whether a pixel is dark. Panics outside the picture.
    pub fn dark(&self, x: usize, y: usize) -> bool {
        self.words[y * self.words_per_row + x / 64] >> (x % 64) & 1 == 1
    }

    /// The same picture with rows and columns exchanged, 64×64 pixels at a time (Warren, "Hacker's Delight", 7-3).
    pub fn transpose(&self, out: &mut Self) {
        out.resize(self.height, self.width);
        for top in (0..self.height).step_by(64) {
            for word in 0..self.words_per_row {
                let mut square = [0u64; 64];
                for (y, line) in square.iter_mut().enumerate().take(self.height - top) {
                    *line = self.words[(top + y) * self.words_per_row + word];
                }
                exchange(&mut square);
                for (x, line) in square.iter().enumerate().take(self.width - word * 64) {
                    out.words[(word * 64 + x) * out.words_per_row + top / 64] = *line;
                }
            }
        }
    }

    /// Fills `edges` with the columns of row `y` where runs of one colour begin, and the row's end; says
    /// whether the row begins dark.
    pub fn edges(&self, y: usize, edges: &mut Vec<u32>) -> bool {
        edges.clear();
        edges.push(0);
        let row = self.row(y);
        let first = row[0] & 1;
        let mut carry = first;
        for (i, &word) in row.iter().enumerate() {
            let mut changes = word ^ (word << 1 | carry);
            carry = word >> 63;
            while changes != 0 {
                let x = i as u32 * 64 + changes.trailing_zeros();
                changes &= changes - 1;
                if x < self.width as u32 {
                    edges.push(x);
                }
            }
        }
        edges.push(self.width as u32);
        first == 1
    }
}

/// Exchanges rows and columns of a square: halves first, then their quarters, down to single pixels.
fn exchange(square: &mut [u64; 64]) {
    let (mut half, mut mask) = (32, 0x0000_0000_ffff_ffff_u64);
    while half > 0 {
        for i in (0..64).filter(|i| i & half == 0) {
            let swap = (square[i] >> half ^ square[i + half]) & mask;
            square[i] ^= swap << half;
            square[i + half] ^= swap;
        }
        half /= 2;
        mask ^= mask << half;
    }
}

/// How many pixels of a line, from `at` on, have the colour `dark`; counts no further than `end`, and not far
/// beyond `most`.
pub(crate) fn ahead(line: &[u64], at: usize, end: usize, dark: bool, most: usize) -> usize {
    let like = if dark { !0 } else { 0 };
    let mut i = at;
    while i < end && i - at <= most {
        let other = (line[i / 64] ^ like) >> (i % 64);
        if other != 0 {
            i += other.trailing_zeros() as usize;
            break;
        }
        i += 64 - i % 64;
    }
    i.min(end) - at
}

/// The same before `at`, backwards.
pub(crate) fn behind(line: &[u64], at: usize, dark: bool, most: usize) -> usize {
    let like = if dark { !0 } else { 0 };
    let mut i = at;
    while i > 0 && at - i <= most {
        let last = i - 1;
        let other = (line[last / 64] ^ like) << (63 - last % 64);
        if other != 0 {
            i -= other.leading_zeros() as usize;
            break;
        }
        i -= last % 64 + 1;
    }
    at - i
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speckled(width: usize, height: usize) -> Bits {
        let mut random = gatehouse_frames::Random::new(5);
        let mut bits = Bits::default();
        bits.resize(width, height);
        for y in 0..height {
            for x in 0..width {
                // Some long runs among the short ones.
                let dark = if y % 3 == 0 { x > 5 && x + 7 < width } else { random.chance(0.2) };
                bits.row_mut(y)[x / 64] |= u64::from(dark) << (x % 64);
            }
        }
        bits
    }

    #[test]
    fn columns_become_rows() {
        for (width, height) in [(64, 64), (200, 130), (7, 300), (65, 63)] {
            let bits = speckled(width, height);
            let mut turned = Bits::default();
            bits.transpose(&mut turned);
            assert!((0..height).all(|y| (0..width).all(|x| bits.dark(x, y) == turned.dark(y, x))));
        }
    }

    #[test]
    fn runs_are_as_long_as_pixel_by_pixel() {
        let (width, height) = (203, 9);
        let bits = speckled(width, height);
        for y in 0..height {
            for x in 0..width {
                for dark in [true, false] {
                    let run = (x..width).take_while(|&x| bits.dark(x, y) == dark).count();
                    assert_eq!(ahead(bits.row(y), x, width, dark, width), run);
                    let run = (0..x).rev().take_while(|&x| bits.dark(x, y) == dark).count();
                    assert_eq!(behind(bits.row(y), x, dark, width), run);
                }
            }
        }
    }
}
