//! Signatures that were found good: a token comes with every request of its ten minutes, and is proven by the first.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use gatehouse::hash::Hash;

/// The most that are kept: then it begins anew.
const MOST: usize = 16_384;

/// Digests of what was proven: of signed texts as they came, their signatures included.
#[derive(Debug, Default)]
pub(super) struct Proven(Mutex<HashSet<Hash>>);

impl Proven {
    /// Nothing if `text` was proven before or is now, by `prove`.
    pub(super) fn check<E>(&self, text: &str, prove: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let digest = Hash::of(&[text.as_bytes()]);
        if self.lock().contains(&digest) {
            return Ok(());
        }
        prove()?;
        let mut proven = self.lock();
        if proven.len() >= MOST {
            proven.clear();
        }
        proven.insert(digest);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Hash>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proven_is_not_proven_again_and_what_failed_is() {
        let proven = Proven::default();
        assert_eq!(proven.check("a", || Err("wrong")), Err("wrong"));
        assert_eq!(proven.check("a", || Ok::<(), &str>(())), Ok(()));
        assert_eq!(proven.check("a", || Err("asked again")), Ok(()));
        assert_eq!(proven.check("b", || Err("wrong")), Err("wrong"));
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let proven = Proven::default();
        for number in 0..=MOST {
            proven.check(&number.to_string(), || Ok::<(), ()>(())).unwrap();
        }
        assert_eq!(proven.lock().len(), 1);
    }
}
