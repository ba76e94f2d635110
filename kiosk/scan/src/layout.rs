//! The parts of a QR code that do not depend on what it says, after ISO/IEC 18004: sizes, finder,
//! timing and alignment patterns, where data lies, and how it is cut into blocks.

/// Modules on a side of a version.
pub(crate) const fn side(version: usize) -> usize {
    4 * version + 17
}

/// Coordinates of alignment patterns' centres, along each axis; the first `count` are valid.
pub(crate) fn alignment(version: usize) -> ([usize; 7], usize) {
    let mut at = [0; 7];
    if version < 2 {
        return (at, 0);
    }
    let count = version / 7 + 2;
    let step = (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
    for (i, v) in at[1..count].iter_mut().rev().enumerate() {
        *v = side(version) - 7 - i * step;
    }
    at[0] = 6;
    (at, count)
}

/// Every alignment pattern of a version as (column, row); those under the finders are left out.
pub(crate) fn alignment_centres(version: usize) -> impl Iterator<Item = (usize, usize)> {
    let (at, count) = alignment(version);
    (0..count * count).filter_map(move |i| {
        let (a, b) = (i % count, i / count);
        let last = count - 1;
        let finder = [(0, 0), (last, 0), (0, last)].contains(&(a, b));
        (!finder).then(|| (at[a], at[b]))
    })
}

/// Middles of those of the three finders (corner, along x, along y) that were seen.
pub(crate) fn finder_centres(n: usize, seen: [bool; 3]) -> impl Iterator<Item = (f32, f32)> {
    let far = n as f32 - 3.5;
    let all = [(3.5, 3.5), (far, 3.5), (3.5, far)];
    all.into_iter().zip(seen).filter_map(|(at, seen)| seen.then_some(at))
}

/// What a module is, where that does not depend on the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Module {
    Dark,
    Light,
    /// Format and version information: not known beforehand, and not data.
    Information,
    Data,
}

impl Module {
    /// What it is, 1 dark and −1 light, where that is known beforehand.
    pub(crate) const fn known(self) -> Option<f32> {
        match self {
            Self::Dark => Some(1.0),
            Self::Light => Some(-1.0),
            Self::Information | Self::Data => None,
        }
    }
}

/// Fills `map` with what each module of a version is, row by row.
pub(crate) fn map(version: usize, map: &mut Vec<Module>) {
    let n = side(version);
    map.clear();
    map.resize(n * n, Module::Data);
    let mut set = |x: usize, y: usize, dark: bool| {
        map[y * n + x] = if dark { Module::Dark } else { Module::Light };
    };
    for i in 8..n - 8 {
        set(i, 6, i % 2 == 0);
        set(6, i, i % 2 == 0);
    }
    for (cx, cy) in alignment_centres(version) {
        for dy in 0..5 {
            for dx in 0..5usize {
                set(cx + dx - 2, cy + dy - 2, dx.abs_diff(2).max(dy.abs_diff(2)) != 1);
            }
        }
    }
    for (ox, oy) in [(0, 0), (n - 8, 0), (0, n - 8)] {
        for y in 0..8usize {
            for x in 0..8usize {
                // Centre of the finder inside its 8×8 corner, separator included.
                let (cx, cy) = (if ox == 0 { 3 } else { 4usize }, if oy == 0 { 3 } else { 4usize });
                let ring = x.abs_diff(cx).max(y.abs_diff(cy));
                set(ox + x, oy + y, ring != 2 && ring != 4);
            }
        }
    }
    set(8, n - 8, true);
    for (a, b) in FORMAT {
        map[b * n + a] = Module::Information;
    }
    for i in 0..15 {
        let (x, y) = second_format(n, i);
        map[y * n + x] = Module::Information;
    }
    if version >= 7 {
        for i in 0..18 {
            let (a, b) = (i / 3, n - 11 + i % 3);
            map[b * n + a] = Module::Information;
            map[a * n + b] = Module::Information;
        }
    }
}

/// Where the first copy of the format bits lies, lowest bit first: (column, row).
pub(crate) const FORMAT: [(usize, usize); 15] = [
    (8, 0),
    (8, 1),
    (8, 2),
    (8, 3),
    (8, 4),
    (8, 5),
    (8, 7),
    (8, 8),
    (7, 8),
    (5, 8),
    (4, 8),
    (3, 8),
    (2, 8),
    (1, 8),
    (0, 8),
];

/// Where bit `i` of the second copy lies, lowest bit first: (column, row).
pub(crate) fn second_format(n: usize, i: usize) -> (usize, usize) {
    if i < 8 { (n - 1 - i, 8) } else { (8, n - 15 + i) }
}

/// The mask of a pattern 0 to 7.
pub(crate) fn masked(mask: u16, x: usize, y: usize) -> bool {
    match mask {
        0 => (y + x).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (y + x).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => (y * x) % 2 + (y * x) % 3 == 0,
        6 => ((y * x) % 2 + (y * x) % 3).is_multiple_of(2),
        _ => ((y * x) % 3 + (y + x) % 2).is_multiple_of(2),
    }
}

/// Calls `visit(x, y)` for every data module in the order its bits are placed.
pub(crate) fn walk(n: usize, map: &[Module], mut visit: impl FnMut(usize, usize)) {
    let mut right = n - 1;
    let mut upward = true;
    loop {
        for i in 0..n {
            let y = if upward { n - 1 - i } else { i };
            for x in [right, right - 1] {
                if map[y * n + x] == Module::Data {
                    visit(x, y);
                }
            }
        }
        upward = !upward;
        if right < 2 {
            return;
        }
        right -= 2;
        // The column of the timing line holds no data.
        if right == 6 {
            right = 5;
        }
    }
}

/// How a version's codewords are cut into blocks at a level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blocks {
    /// Codewords in all.
    pub total: usize,
    /// Number of blocks.
    pub count: usize,
    /// Error correction codewords of each block.
    pub parity: usize,
}

impl Blocks {
    /// Blocks of a version; `level` as it stands in the format bits (0 M, 1 L, 2 H, 3 Q).
    pub fn of(version: usize, level: usize) -> Self {
        let row = [1, 0, 3, 2][level];
        let total = {
            let bits = (16 * version + 128) * version + 64;
            let count = version / 7 + 2;
            let alignment = if version >= 2 { (25 * count - 10) * count - 55 } else { 0 };
            let information = if version >= 7 { 36 } else { 0 };
            (bits - alignment - information) / 8
        };
        Self { total, count: BLOCKS[row][version - 1].into(), parity: PARITY[row][version - 1].into() }
    }

    /// Data codewords of a short block; long ones have one more.
    pub fn short_data(&self) -> usize {
        self.total / self.count - self.parity
    }

    /// How many blocks are short.
    pub fn short_count(&self) -> usize {
        self.count - self.total % self.count
    }

    /// Where codeword `i` of block `block` lies in the interleaved stream.
    pub fn position(&self, block: usize, i: usize) -> usize {
        let data = self.short_data();
        let long = self.count - self.short_count();
        let is_long = block >= self.short_count();
        if i < data {
            i * self.count + block
        } else if is_long && i == data {
            data * self.count + block - self.short_count()
        } else {
            let parity = i - data - usize::from(is_long);
            data * self.count + long + parity * self.count + block
        }
    }

    /// Codewords of a block, data and parity.
    pub fn len(&self, block: usize) -> usize {
        self.short_data() + self.parity + usize::from(block >= self.short_count())
    }
}

/// Parity codewords of a block by level (L, M, Q, H) and version.
const PARITY: [[u8; 40]; 4] = [
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26,
        28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30,
        28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
];

/// Number of blocks by level (L, M, Q, H) and version.
const BLOCKS: [[u8; 40]; 4] = [
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16,
        17, 18, 19, 19, 20, 21, 22, 24, 25,
    ],
    [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28,
        29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35,
        38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42,
        45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
];
