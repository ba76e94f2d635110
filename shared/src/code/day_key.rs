//! Keys of a day, and the root they come from.

use std::fmt;

use hkdf::Hkdf;
use jiff::civil::Date;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::PassSecret;
use crate::{
    entropy::Entropy,
    id::{CommunityId, PassId},
};

const DAY: &[u8] = b"gatehouse/day/1";
const PASS: &[u8] = b"gatehouse/pass/1";

/// The secret of one key epoch, from which every day's key follows. It never leaves the server.
#[derive(Clone)]
pub struct EpochRoot(Zeroizing<[u8; 32]>);

/// The key of one local day: all a kiosk needs for that day's codes and spoken answers.
#[derive(Clone)]
pub struct DayKey(Zeroizing<[u8; 32]>);

/// Fills `out` with HKDF-SHA256 of `key` without salt. `out` is far below HKDF's limit of 8,160 bytes.
pub(crate) fn expand(key: &[u8; 32], info: &[&[u8]], out: &mut [u8]) {
    if let Err(error) = Hkdf::<Sha256>::new(None, key).expand_multi_info(info, out) {
        unreachable!("a length fixed in this crate is too long for HKDF: {error}");
    }
}

impl EpochRoot {
    /// The root of a new epoch.
    pub fn generate(entropy: &mut impl Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        Self(bytes)
    }

    /// A stored root.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The root's bytes, to be stored sealed.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of a local date.
    pub fn day_key(&self, community: CommunityId, date: Date) -> DayKey {
        let mut key = Zeroizing::new([0; 32]);
        expand(&self.0, &[DAY, community.0.as_bytes(), date.to_string().as_bytes()], key.as_mut());
        DayKey(key)
    }
}

impl DayKey {
    /// A stored key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key's bytes, for the feed row that carries it.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What a pass's codes of that day are made from.
    pub fn pass_secret(&self, pass: PassId) -> PassSecret {
        let mut secret = Zeroizing::new([0; 32]);
        expand(&self.0, &[PASS, pass.0.as_bytes()], secret.as_mut());
        PassSecret::new(secret)
    }
}

impl fmt::Debug for EpochRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochRoot(hidden)")
    }
}

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DayKey(hidden)")
    }
}
