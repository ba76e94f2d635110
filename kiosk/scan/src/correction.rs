//! One block of codewords, corrected by its parity: first as it stands, then with more and more of its most doubtful
//! codewords erased (Forney, "Generalized minimum distance decoding", 1966). Whatever comes out is a reading only
//! if there is reason to believe it (`belief`).

use crate::belief;
use crate::solomon::{Fixes, Syndromes};

/// Evidence in bits from which a correction is believed: a meaningless block passes once in a thousand million.
const BELIEVED: f32 = 30.0;
/// And where very many readings of the same code are tried.
const BELIEVED_OF_MANY: f32 = 40.0;
/// Codewords of the longest block.
pub(crate) const LONGEST: usize = 256;

/// A block as it was read.
pub(crate) struct Block {
    pub len: usize,
    pub parity: usize,
    pub words: [u8; LONGEST],
    /// What the readings say of each codeword's bits, most significant first: +1 plainly a one, −1 plainly a zero.
    pub said: [[f32; 8]; LONGEST],
}

impl Block {
    /// A block of which nothing was read yet.
    pub fn new(len: usize, parity: usize) -> Self {
        Self { len, parity, words: [0; LONGEST], said: [[0.0; 8]; LONGEST] }
    }

    /// Corrects the codewords and gives the share of the parity that it took; `None`, and the codewords as they
    /// were, when nothing comes out that is to be believed.
    pub fn correct(&mut self, cautious: bool) -> Option<f32> {
        self.correct_by(if cautious { BELIEVED_OF_MANY } else { BELIEVED })
    }

    /// The same, with evidence of `least` bits.
    fn correct_by(&mut self, least: f32) -> Option<f32> {
        let syndromes = Syndromes::of(&self.words[..self.len], self.parity);
        let mut order = [0; LONGEST];
        let order = &mut order[..self.len];
        let mut sorted = false;
        // An erasure that leaves an odd codeword of parity finds no more errors than with one more erased.
        for erased in std::iter::once(0).chain((2 - self.parity % 2..=self.parity).step_by(2)) {
            if erased > 0 && !sorted {
                self.by_doubt(order);
                sorted = true;
            }
            let Some(fixes) = syndromes.correct(&order[..erased]) else { continue };
            let (errors, evidence) = self.weigh(&order[..erased], &fixes);
            if evidence >= least {
                for &(at, value) in fixes.all() {
                    self.words[at] ^= value;
                }
                return Some((2 * errors + erased) as f32 / self.parity as f32);
            }
        }
        None
    }

    /// The codewords, the most doubtful first: those of which some bit is.
    fn by_doubt(&self, order: &mut [usize]) {
        let mut certain = [0.0f32; LONGEST];
        for (i, (certain, said)) in certain.iter_mut().zip(&self.said[..self.len]).enumerate() {
            *certain = said.iter().fold(2.0, |least, v| least.min(v.abs()));
            order[i] = i;
        }
        order.sort_unstable_by(|&a, &b| certain[a].total_cmp(&certain[b]));
    }

    /// How many codewords a correction found wrong beyond the erased ones, and what speaks for it, in bits.
    fn weigh(&self, erased: &[usize], fixes: &Fixes) -> (usize, f32) {
        let fix = |at: usize| fixes.all().iter().find(|fix| fix.0 == at).map_or(0, |fix| fix.1);
        let found = || fixes.all().iter().filter(|fix| !erased.contains(&fix.0)).map(|fix| fix.0);
        let (mut likeness, mut weight) = (0.0, 0.0);
        for at in erased.iter().copied().chain(found()) {
            let word = self.words[at] ^ fix(at);
            for (i, said) in self.said[at].iter().enumerate() {
                likeness += if word >> (7 - i) & 1 == 1 { *said } else { -said };
                weight += said * said;
            }
        }
        let errors = found().count();
        let bits = belief::bits((self.len, self.parity), (erased.len(), errors), (likeness, weight));
        (errors, bits)
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_frames::Random;

    use super::*;

    /// A block whose every bit is a coin's toss, and which readings are certain, too.
    fn meaningless(random: &mut Random, len: usize, parity: usize, certain: f32) -> Block {
        let mut block = Block::new(len, parity);
        for (word, said) in block.words.iter_mut().zip(&mut block.said).take(len) {
            for v in said {
                *v = random.between(-1.0, 1.0).clamp(-certain, certain);
                *word = *word << 1 | u8::from(*v > 0.0);
            }
        }
        block
    }

    /// Blocks as small and as large as codes have them, with little and much parity.
    const SIZES: [(usize, usize); 6] = [(26, 7), (26, 17), (44, 16), (70, 26), (100, 20), (43, 28)];

    #[test]
    fn of_meaningless_blocks_none_is_read() {
        let mut random = Random::new(11);
        let mut read = 0;
        for round in 0..18_000 {
            let (len, parity) = SIZES[round % SIZES.len()];
            let certain = [1.0, 0.3, 0.05][round / SIZES.len() % 3];
            read += usize::from(meaningless(&mut random, len, parity, certain).correct(false).is_some());
        }
        assert_eq!(read, 0);
    }

    /// What is called evidence of so many bits is met by chance no more often than once in two to the so many, for
    /// each number of erasures that is tried: shown where so little is asked that chance does meet it.
    #[test]
    fn chance_meets_the_evidence_no_more_often_than_it_says() {
        const ROUNDS: usize = 2_000;
        let mut random = Random::new(12);
        for (len, parity) in SIZES {
            for least in [4.0f32, 7.0] {
                let mut read = 0;
                for _ in 0..ROUNDS {
                    let mut block = meaningless(&mut random, len, parity, 1.0);
                    read += usize::from(block.correct_by(least).is_some());
                }
                let most = ROUNDS as f32 * (parity / 2 + 2) as f32 / least.exp2();
                assert!(
                    (read as f32) < most,
                    "{len}, {parity}: {read} at {least} bits, expected below {most}"
                );
            }
        }
    }

    /// All parity is spent on erasures, and the block is read all the same, for the erased readings are mostly right.
    #[test]
    fn doubtful_readings_that_are_mostly_right_are_evidence() {
        let mut random = Random::new(13);
        let (len, parity) = (44, 26);
        let mut read = 0;
        for _ in 0..100 {
            // The block of zeros is a codeword.
            let mut block = Block::new(len, parity);
            for at in 0..len {
                let doubtful = at % 2 == 0;
                block.said[at] = std::array::from_fn(|_| {
                    let v = if doubtful { random.between(0.0, 0.3) } else { random.between(0.4, 1.0) };
                    if doubtful && random.chance(0.12) { v } else { -v }
                });
                block.words[at] = block.said[at].iter().fold(0, |word, v| word << 1 | u8::from(*v > 0.0));
            }
            if block.correct(false).is_some() {
                assert_eq!(block.words[..len], [0; 44]);
                read += 1;
            }
        }
        assert!(read > 95, "{read}");
    }
}
