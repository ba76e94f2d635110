//! Chance from a seed, so that a failing run can be run again.

/// A small generator (SplitMix64): enough to spread moments, no good for keys.
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// Chance from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// `GATE_TESTS_SEED`, else one of this moment. Printed, and shown when the test fails.
    pub fn seed() -> u64 {
        let told = std::env::var("GATE_TESTS_SEED").ok().and_then(|text| text.parse().ok());
        let seed = told.unwrap_or_else(|| {
            let now = std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970");
            u64::from(now.subsec_nanos()) ^ now.as_secs()
        });
        println!("GATE_TESTS_SEED={seed}");
        seed
    }

    /// A number from 0 to `end`, exclusive.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}
