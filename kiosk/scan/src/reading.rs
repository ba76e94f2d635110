//! From soft modules to text: format bits, codewords, error correction; the corrected bits are laid
//! back into a grid, `rqrr` reads that out, and `segments` makes a text of it.

use crate::correction::Block;
use crate::layout::{self, Blocks, Module};
use crate::segments::Segments;

/// The largest version whose bits `rqrr` reads: in version 21 its table misplaces an alignment pattern. Larger
/// codes are read in our own order, which the error correction has borne out.
const BY_RQRR: usize = 20;

/// Texts kept for their buffers: more than are in view at once.
const SPARE: usize = 16;

/// A text and how hard it was to get.
pub(crate) struct Reading {
    pub text: String,
    /// Share of the error correction that was not needed.
    pub margin: f32,
}

/// Buffers of the step.
#[derive(Default)]
pub(crate) struct Reader {
    /// Which module each bit of the stream is, by `version` of the code read last.
    order: Vec<u32>,
    version: usize,
    map: Vec<Module>,
    words: Vec<u8>,
    /// What the readings say of the bits of each codeword.
    said: Vec<[f32; 8]>,
    bits: Vec<bool>,
    /// Data codewords in the order in which they are read.
    data: Vec<u8>,
    segments: Segments,
    spare: Vec<String>,
    /// Whether more of the parity stays out of the correction, because many readings are tried.
    pub cautious: bool,
}

impl Reader {
    /// What each module of a version is.
    pub fn map(&mut self, version: usize) -> &[Module] {
        if self.version != version {
            self.version = version;
            layout::map(version, &mut self.map);
            self.order.clear();
            let n = layout::side(version);
            let (map, order) = (&self.map, &mut self.order);
            layout::walk(n, map, |x, y| order.push((y * n + x) as u32));
        }
        &self.map
    }

    /// Reads a grid of soft modules; `None` when it says nothing that can be believed.
    pub fn read(&mut self, version: usize, soft: &[f32]) -> Option<Reading> {
        self.map(version);
        let n = layout::side(version);
        formats(soft, n).into_iter().flatten().find_map(|format| self.read_as(version, soft, format))
    }

    fn read_as(&mut self, version: usize, soft: &[f32], format: u16) -> Option<Reading> {
        let n = layout::side(version);
        let (level, mask) = (usize::from(format >> 3), format & 7);
        let blocks = Blocks::of(version, level);
        self.gather(n, soft, mask, blocks.total);
        let mut used = 0.0f32;
        for b in 0..blocks.count {
            let mut block = Block::new(blocks.len(b), blocks.parity);
            for i in 0..block.len {
                block.said[i] = self.said[blocks.position(b, i)];
                block.words[i] = decided(&block.said[i]);
            }
            used = used.max(block.correct(self.cautious)?);
            for (i, &v) in block.words[..block.len].iter().enumerate() {
                self.words[blocks.position(b, i)] = v;
            }
        }
        self.lay_back(n, soft, format, mask, blocks.total);
        let text = self.text(version, &blocks)?;
        Some(Reading { text, margin: 1.0 - used })
    }

    /// What the readings say of each codeword's bits.
    fn gather(&mut self, n: usize, soft: &[f32], mask: u16, total: usize) {
        self.said.clear();
        self.said.extend(self.order[..total * 8].as_chunks::<8>().0.iter().map(|eight| {
            eight.map(|at| {
                let v = soft[at as usize].clamp(-1.0, 1.0);
                if layout::masked(mask, at as usize % n, at as usize / n) { -v } else { v }
            })
        }));
        self.words.clear();
        self.words.resize(total, 0);
    }

    /// The grid as it would be printed: corrected data, format information and patterns.
    fn lay_back(&mut self, n: usize, soft: &[f32], format: u16, mask: u16, total: usize) {
        self.bits.clear();
        self.bits.extend(self.map.iter().zip(soft).map(|(m, &v)| match m {
            Module::Dark => true,
            Module::Light => false,
            _ => v > 0.0,
        }));
        for (i, &at) in self.order[..total * 8].iter().enumerate() {
            let (x, y) = (at as usize % n, at as usize / n);
            let bit = self.words[i / 8] >> (7 - i % 8) & 1 == 1;
            self.bits[at as usize] = bit != layout::masked(mask, x, y);
        }
        let word = format_word(format);
        for i in 0..15 {
            let bit = word >> i & 1 == 1;
            let (x, y) = layout::FORMAT[i];
            self.bits[y * n + x] = bit;
            let (x, y) = layout::second_format(n, i);
            self.bits[y * n + x] = bit;
        }
    }

    /// `rqrr` reads the corrected grid: format, mask and the order of its bits. What it would do next, a
    /// second error correction, takes longer than all other steps together and has nothing left to correct.
    fn text(&mut self, version: usize, blocks: &Blocks) -> Option<String> {
        if version <= BY_RQRR {
            let n = layout::side(version);
            let (meta, raw) = rqrr::Grid::new(Laid { bits: &self.bits, n }).get_raw_data().ok()?;
            for (word, (i, eight)) in self.words.iter_mut().zip(self.order.chunks_exact(8).enumerate()) {
                *word = raw.data[i] ^ mask_of(eight, meta.mask, n);
            }
        }
        self.data.clear();
        for b in 0..blocks.count {
            let data = blocks.len(b) - blocks.parity;
            self.data.extend((0..data).map(|i| self.words[blocks.position(b, i)]));
        }
        let mut text = self.spare.pop().unwrap_or_default();
        text.clear();
        if self.segments.read(&self.data, version, &mut text).is_some() && !text.is_empty() {
            return Some(text);
        }
        self.spare.push(text);
        None
    }

    /// Takes back a text that is not needed any more, for its buffer.
    pub fn reuse(&mut self, text: String) {
        if self.spare.len() < SPARE {
            self.spare.push(text);
        }
    }
}

/// The codeword as it stands.
fn decided(said: &[f32; 8]) -> u8 {
    said.iter().fold(0, |word, &v| word << 1 | u8::from(v > 0.0))
}

/// What the mask does to the eight modules of a codeword.
fn mask_of(eight: &[u32], mask: u16, n: usize) -> u8 {
    eight
        .iter()
        .fold(0, |word, &at| word << 1 | u8::from(layout::masked(mask, at as usize % n, at as usize / n)))
}

/// The corrected grid, as `rqrr` wants to see it.
struct Laid<'a> {
    bits: &'a [bool],
    n: usize,
}

impl rqrr::BitGrid for Laid<'_> {
    fn size(&self) -> usize {
        self.n
    }

    fn bit(&self, y: usize, x: usize) -> bool {
        self.bits[y * self.n + x]
    }
}

/// The 15 bits of a format: five of data, ten of BCH parity, masked.
fn format_word(data: u16) -> u16 {
    let mut rest = data << 10;
    for i in (10..15).rev() {
        if rest >> i & 1 == 1 {
            rest ^= 0x537 << (i - 10);
        }
    }
    (data << 10 | rest) ^ 0x5412
}

/// The formats that agree best with both copies together, the best first; those that hardly agree are left out.
fn formats(soft: &[f32], n: usize) -> [Option<u16>; 2] {
    let mut sums = [0.0f32; 15];
    for (i, sum) in sums.iter_mut().enumerate() {
        let (x, y) = layout::FORMAT[i];
        let (u, v) = layout::second_format(n, i);
        *sum = soft[y * n + x].clamp(-1.0, 1.0) + soft[v * n + u].clamp(-1.0, 1.0);
    }
    let most: f32 = sums.iter().map(|s| s.abs()).sum();
    let mut best = [(f32::MIN, 0u16); 2];
    for format in 0..32 {
        let word = format_word(format);
        let agreement: f32 =
            sums.iter().enumerate().map(|(i, s)| if word >> i & 1 == 1 { *s } else { -s }).sum();
        if agreement > best[0].0 {
            best = [(agreement, format), best[0]];
        } else if agreement > best[1].0 {
            best[1] = (agreement, format);
        }
    }
    best.map(|(agreement, format)| (agreement > 0.35 * most).then_some(format))
}

#[cfg(test)]
mod tests {
    use gatehouse_frames::{Level, Random, Symbol};

    use super::*;

    /// Codewords are wrong far beyond what can be corrected, and look certain: whatever was tried and rejected
    /// on the way must not be taken for a reading.
    #[test]
    fn a_code_spoilt_beyond_correction_says_nothing_else() {
        let text = "MECARD:N:Someone;TEL:+12125658770;EMAIL:someone@example.org;;";
        let symbol = Symbol::of_version(text, Level::L, 4).expect("the text fits");
        let side = symbol.side();
        let (mut random, mut reader) = (Random::new(1), Reader::default());
        for _ in 0..400 {
            let mut soft: Vec<f32> = (0..side * side)
                .map(|at| symbol.dark((at % side).cast_signed(), (at / side).cast_signed()))
                .map(|dark| if dark { 1.0 } else { -1.0 } * random.between(0.2, 1.0))
                .collect();
            reader.map(4);
            let words = 6 + random.below(16);
            for _ in 0..words {
                let word = random.below(100);
                for &at in &reader.order[word * 8..][..8] {
                    soft[at as usize] = random.between(-1.0, 1.0);
                }
            }
            let read = reader.read(4, &soft);
            assert!(read.as_ref().is_none_or(|reading| reading.text == text), "{:?}", read.map(|r| r.text));
        }
    }

    /// Whatever formats a meaningless grid is like, with certain readings and doubtful ones, and with one half torn
    /// out: no blocks are made up for it. A code under another mask is meaningless, too.
    #[test]
    fn grids_without_meaning_say_nothing() {
        let (mut random, mut reader) = (Random::new(2), Reader::default());
        for round in 0..1500 {
            let version = 1 + round % 8;
            let n = layout::side(version);
            let certain = [1.0, 0.4, 0.1][round % 3];
            let torn = round % 2 == 0;
            let soft: Vec<f32> = (0..n * n)
                .map(|i| if torn && i % n > n / 2 { 0.0 } else { random.between(-certain, certain) })
                .collect();
            assert!(reader.read(version, &soft).is_none(), "{round}");
        }
        let symbol = Symbol::of_version("GH1:ANOTHER MASK", Level::Q, 3).expect("the text fits");
        let n = symbol.side();
        for format in 0..32 {
            let soft: Vec<f32> = (0..n * n)
                .map(|at| symbol.dark((at % n).cast_signed(), (at / n).cast_signed()))
                .map(|dark| if dark { 1.0 } else { -1.0 } * random.between(0.1, 1.0))
                .collect();
            reader.map(3);
            let read = reader.read_as(3, &soft, format);
            assert!(read.is_none_or(|reading| reading.text == "GH1:ANOTHER MASK"), "{format}");
        }
    }
}
