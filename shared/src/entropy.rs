//! Randomness as an argument, so that a test can replay it.

/// A source of random bytes. Programs give the operating system's, tests a seeded one.
pub trait Entropy {
    /// Fills `bytes` with random bytes fit for keys.
    fn fill(&mut self, bytes: &mut [u8]);

    /// `N` random bytes.
    fn bytes<const N: usize>(&mut self) -> [u8; N]
    where
        Self: Sized,
    {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }
}

impl<E: Entropy + ?Sized> Entropy for &mut E {
    fn fill(&mut self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}
