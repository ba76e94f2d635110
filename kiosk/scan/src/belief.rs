//! Whether a corrected block is to be believed. Any eight modules are some codeword, and with as many erasures as
//! parity any block is corrected to something; what tells a reading from an accident is how unlikely the accident
//! is. Two things speak for a correction, and both are counted in bits, as the logarithm of the chance that a block
//! without any meaning would show as much:
//!
//! - The parity that was not needed to find it: a codeword of parity that was not spent on an erasure holds by chance
//!   once in 256 times, and each error that was found may be of 255 values, at any place.
//! - The modules of what was changed and erased. Their readings were too doubtful to be decided by, but what the
//!   correction makes of them must be like them: an accident is like them in half, and the chance that it is much
//!   more alike falls as in a random walk (Hoeffding, "Probability inequalities for sums of bounded random
//!   variables", 1963). It is the idea of Forney's condition on a correction's distance to soft readings
//!   ("Generalized minimum distance decoding", 1966), without its need that reliabilities be of a known scale.
//!
//! What the readings are worth does not matter for it: an accident knows nothing of them.

/// What speaks for a correction of a block of `len` codewords by its `parity`, of which `erased` codewords were
/// erased and `errors` others found wrong. `likeness` and `weight` are sums over the modules of all these: of the
/// readings, positive where the correction is like them, and of their squares.
pub(crate) fn bits(
    (len, parity): (usize, usize),
    (erased, errors): (usize, usize),
    (likeness, weight): (f32, f32),
) -> f32 {
    let unspent = 8.0 * (parity as f32 - erased as f32 - errors as f32);
    let places: f32 = (0..errors).map(|i| ((len - erased - i) as f32 / (i + 1) as f32).log2()).sum();
    let alike = likeness.max(0.0).powi(2) / (2.0 * weight.max(1e-6)) * std::f32::consts::LOG2_E;
    unspent - places + alike
}
