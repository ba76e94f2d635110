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
