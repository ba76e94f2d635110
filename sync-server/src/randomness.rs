//! The one place of this program that asks the machine for randomness.

use gatehouse::entropy::Entropy;

/// The operating system's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Keys made of anything else would be worse than none.
            panic!("the operating system gives no random bytes: {error}");
        }
    }
}
