//! Reed–Solomon over GF(256) as QR codes use it, with erasures: a codeword known to be doubtful costs
//! one parity codeword instead of two (Berlekamp–Massey started from the erasure locator, Chien
//! search, Forney's formula; see Blahut, "Algebraic Codes for Data Transmission", ch. 7).

const MOST: usize = 31;

const TABLES: ([u8; 512], [u8; 256]) = tables();

const fn tables() -> ([u8; 512], [u8; 256]) {
    let (mut exp, mut log) = ([0; 512], [0; 256]);
    let (mut i, mut x) = (0, 1u16);
    while i < 255 {
        exp[i] = x as u8;
        exp[i + 255] = x as u8;
        log[x as usize] = i as u8;
        x <<= 1;
        if x & 0x100 != 0 {
            x ^= 0x11d;
        }
        i += 1;
    }
    (exp, log)
}

fn power(i: usize) -> u8 {
    TABLES.0[i % 255]
}

fn times(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    TABLES.0[usize::from(TABLES.1[usize::from(a)]) + usize::from(TABLES.1[usize::from(b)])]
}

fn over(a: u8, b: u8) -> u8 {
    if a == 0 {
        return 0;
    }
    TABLES.0[usize::from(TABLES.1[usize::from(a)]) + 255 - usize::from(TABLES.1[usize::from(b)])]
}

fn evaluate(polynomial: &[u8], x: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, &c| times(sum, x) ^ c)
}

/// What is to be added to which codewords of a block.
pub(crate) struct Fixes {
    fixes: [(usize, u8); MOST],
    count: usize,
}

impl Fixes {
    const NONE: Self = Self { fixes: [(0, 0); MOST], count: 0 };

    /// Codewords that were wrong, or were thought to be, and what is to be added to each.
    pub fn all(&self) -> &[(usize, u8)] {
        &self.fixes[..self.count]
    }
}

/// What the parity of a block says, whatever is to be erased of it.
pub(crate) struct Syndromes {
    s: [u8; MOST],
    parity: usize,
    len: usize,
    /// Whether the block is flawless.
    clean: bool,
}

impl Syndromes {
    /// All of them together, a codeword at a time, so that none waits for another.
    pub fn of(block: &[u8], parity: usize) -> Self {
        let mut s = [0; MOST];
        let s_used = &mut s[..parity];
        for &c in block {
            for (root, s) in s_used.iter_mut().enumerate() {
                *s = if *s == 0 { c } else { TABLES.0[usize::from(TABLES.1[usize::from(*s)]) + root] ^ c };
            }
        }
        Self { s, parity, len: block.len(), clean: s.iter().all(|&v| v == 0) }
    }

    /// What corrects the block if nothing but the codewords at `erased` and as many others as the rest of the
    /// parity can find are wrong; `None` when there are too many.
    pub fn correct(&self, erased: &[usize]) -> Option<Fixes> {
        if self.clean {
            return Some(Fixes::NONE);
        }
        if erased.len() > self.parity {
            return None;
        }
        let (locator, degree) = self.locator(erased)?;
        let locator = &locator[..=degree];
        let mut evaluator = [0u8; MOST];
        for (i, e) in evaluator.iter_mut().enumerate().take(self.parity) {
            for (&l, &s) in locator.iter().zip(self.s[..=i].iter().rev()) {
                *e ^= times(l, s);
            }
        }
        let mut found = Fixes::NONE;
        let last = self.len - 1;
        for at in 0..self.len {
            let inverse = power(255 - (last - at) % 255);
            if evaluate(locator, inverse) != 0 {
                continue;
            }
            // The formal derivative keeps the odd terms.
            let mut slope = 0;
            for i in (1..=degree).step_by(2) {
                slope ^= times(locator[i], power((255 - (last - at) % 255) * (i - 1)));
            }
            if slope == 0 || found.count == degree {
                return None;
            }
            let value = times(over(evaluate(&evaluator[..self.parity], inverse), slope), power(last - at));
            found.fixes[found.count] = (at, value);
            found.count += 1;
        }
        (found.count == degree && self.met_by(&found)).then_some(found)
    }

    /// The polynomial whose roots tell which codewords are wrong, and its degree.
    fn locator(&self, erased: &[usize]) -> Option<([u8; MOST + 1], usize)> {
        let last = self.len - 1;
        let mut locator = [0u8; MOST + 1];
        locator[0] = 1;
        for (count, &at) in erased.iter().enumerate() {
            let root = power(last - at);
            for i in (1..=count + 1).rev() {
                locator[i] ^= times(locator[i - 1], root);
            }
        }
        let mut previous = locator;
        let mut length = erased.len();
        for r in erased.len()..self.parity {
            let mut discrepancy = 0;
            for (&l, &s) in locator.iter().zip(self.s[..=r].iter().rev()) {
                discrepancy ^= times(l, s);
            }
            previous.copy_within(0..MOST, 1);
            previous[0] = 0;
            if discrepancy == 0 {
                continue;
            }
            let before = locator;
            for (l, &p) in locator.iter_mut().zip(&previous) {
                *l ^= times(discrepancy, p);
            }
            if 2 * length <= r + erased.len() {
                length = r + 1 + erased.len() - length;
                for (p, &l) in previous.iter_mut().zip(&before) {
                    *p = over(l, discrepancy);
                }
            }
        }
        let degree = locator.iter().rposition(|&c| c != 0)?;
        let errors = degree.saturating_sub(erased.len());
        (degree == length && 2 * errors + erased.len() <= self.parity).then_some((locator, degree))
    }

    /// Whether the fixes account for all that the parity says.
    fn met_by(&self, fixes: &Fixes) -> bool {
        let mut left = self.s;
        for &(at, value) in fixes.all() {
            let mut term = value;
            let step = power(self.len - 1 - at);
            for s in &mut left[..self.parity] {
                *s ^= term;
                term = times(term, step);
            }
        }
        left.iter().all(|&s| s == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(data: &[u8], parity: usize) -> Vec<u8> {
        let mut generator = vec![1u8];
        for i in 0..parity {
            let mut next = vec![0; generator.len() + 1];
            for (k, &c) in generator.iter().enumerate() {
                next[k] ^= c;
                next[k + 1] ^= times(c, power(i));
            }
            generator = next;
        }
        let mut rest = data.to_vec();
        rest.resize(data.len() + parity, 0);
        for i in 0..data.len() {
            let lead = rest[i];
            for (k, &g) in generator.iter().enumerate() {
                rest[i + k] ^= times(g, lead);
            }
        }
        let mut block = data.to_vec();
        block.extend_from_slice(&rest[data.len()..]);
        block
    }

    #[test]
    fn errors_and_erasures_up_to_the_parity_are_corrected_and_no_more() {
        let mut seed = 1u32;
        let mut next = |n: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize % n
        };
        for parity in [7, 10, 16, 22, 30] {
            let data: Vec<u8> = (0..40).map(|_| next(256) as u8).collect();
            let block = encode(&data, parity);
            for erasures in 0..=parity {
                let errors = (parity - erasures) / 2;
                let mut places: Vec<usize> = (0..block.len()).collect();
                for i in 0..places.len() {
                    let k = next(places.len());
                    places.swap(i, k);
                }
                let mut damaged = block.clone();
                for &at in &places[..erasures + errors] {
                    damaged[at] ^= next(255) as u8 + 1;
                }
                let fixes =
                    Syndromes::of(&damaged, parity).correct(&places[..erasures]).expect("not too many");
                for &(at, value) in fixes.all() {
                    damaged[at] ^= value;
                }
                assert_eq!(damaged, block, "parity {parity}, {erasures} erasures");
                assert!(fixes.all().len() <= erasures + errors);
            }
        }
    }
}
