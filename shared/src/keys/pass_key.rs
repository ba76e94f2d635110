//! The community's public keys that passes are verified with.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Kid, PublicKey};
use crate::time::UnixMs;

/// A public key that signs passes, and when it does. Keys are published 14 days before `not_before`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cbor(map)]
pub struct PassKey {
    /// What tokens name it by.
    #[n(0)]
    pub kid: Kid,
    /// The key.
    #[n(1)]
    pub public: PublicKey,
    /// The first instant it may sign at.
    #[n(2)]
    pub not_before: UnixMs,
    /// The instant after which no pass under it is accepted without asking.
    #[n(3)]
    pub not_after: UnixMs,
}

/// Where a key stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cbor(index_only)]
pub enum KeyState {
    /// In use.
    #[n(0)]
    Current,
    /// Published, not in use yet.
    #[n(1)]
    Early,
    /// Out of use.
    #[n(2)]
    Retired,
}

impl PassKey {
    /// A key with its own name.
    pub fn new(public: PublicKey, not_before: UnixMs, not_after: UnixMs) -> Self {
        Self { kid: public.kid(), public, not_before, not_after }
    }

    /// Where the key stands at `at`, an unclear edge counting as in use.
    pub fn state(&self, at: UnixMs, uncertainty_ms: i64) -> KeyState {
        if at.plus(uncertainty_ms) < self.not_before {
            KeyState::Early
        } else if at.plus(-uncertainty_ms) > self.not_after {
            KeyState::Retired
        } else {
            KeyState::Current
        }
    }
}

/// The keys of one community.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct KeySet(#[n(0)] pub Vec<PassKey>);

impl KeySet {
    /// The keys named `kid`: usually one, none when the issuer is unknown. Four bytes may collide, so
    /// a verifier tries each.
    pub fn named(&self, kid: Kid) -> impl Iterator<Item = &PassKey> {
        self.0.iter().filter(move |key| key.kid == kid)
    }
}

impl FromIterator<PassKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = PassKey>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKey;

    #[test]
    fn the_edges_of_a_keys_life_give_way_by_the_uncertainty() {
        let key = PassKey::new(SigningKey::from_seed(&[1; 32]).public(), UnixMs(1_000), UnixMs(2_000));
        assert_eq!(key.state(UnixMs(900), 99), KeyState::Early);
        assert_eq!(key.state(UnixMs(900), 100), KeyState::Current);
        assert_eq!(key.state(UnixMs(2_100), 100), KeyState::Current);
        assert_eq!(key.state(UnixMs(2_100), 99), KeyState::Retired);
    }
}
