//! Nonces that need no memory until they are used: the time they were given out at, sealed.

use gatehouse::{
    entropy::Entropy,
    sync::TokenNonce,
    time::{MINUTE, UnixMs},
};
use uuid::Uuid;

use crate::secrets::{Place, Sealer};

/// How long a nonce is good for, in milliseconds.
pub(super) const LIFE: i64 = MINUTE;

const PLACE: Place<'static> =
    Place { table: "used_nonces", column: "nonce", community: Uuid::nil(), row: b"" };

/// A nonce given out at `now`.
pub(super) fn give(sealer: &Sealer, now: UnixMs, entropy: &mut impl Entropy) -> TokenNonce {
    match sealer.seal(&PLACE, &now.0.to_be_bytes(), entropy).try_into() {
        Ok(sealed) => TokenNonce(sealed),
        Err(_) => unreachable!("eight bytes sealed are a nonce of 24, themselves and a tag of 16"),
    }
}

/// When a nonce ends, if it is ours and not over at `now`.
pub(super) fn ends_at(sealer: &Sealer, nonce: &TokenNonce, now: UnixMs) -> Option<UnixMs> {
    let given = sealer.open(&PLACE, &nonce.0).ok()?;
    let given = UnixMs(i64::from_be_bytes(given.as_slice().try_into().ok()?));
    let end = given.plus(LIFE);
    (now < end).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OsEntropy, secrets::MasterKey};

    #[test]
    fn only_a_nonce_given_out_here_a_minute_ago_at_most_is_taken() {
        let sealer = Sealer::new(&MasterKey::new([1; 32]));
        let given = UnixMs(1_000_000);
        let nonce = give(&sealer, given, &mut OsEntropy);
        assert_eq!(ends_at(&sealer, &nonce, given), Some(given.plus(LIFE)));
        assert_eq!(ends_at(&sealer, &nonce, given.plus(LIFE)), None);
        assert_eq!(ends_at(&sealer, &TokenNonce([7; 48]), given), None);
        let other = Sealer::new(&MasterKey::new([2; 32]));
        assert_eq!(ends_at(&other, &nonce, given), None);
    }
}
