//! A slot for one picture: the newest always wins.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::camera::Picture;

/// Holds the newest picture. Putting one in replaces what nobody took.
#[derive(Debug, Default)]
pub struct Newest {
    picture: Mutex<Picture>,
    arrived: Condvar,
}

impl Newest {
    fn lock(&self) -> MutexGuard<'_, Picture> {
        // A picture is whole at every moment at which its lock can be lost.
        self.picture.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts `picture` in and gives back the old one's buffers.
    pub fn put(&self, picture: &mut Picture) {
        let mut held = self.lock();
        let number = held.number + 1;
        std::mem::swap(&mut *held, picture);
        held.number = number;
        self.arrived.notify_all();
    }

    /// Waits, at most for `patience`, for a picture after the one numbered `seen` and copies it into
    /// `into`. False when none came.
    pub fn after(&self, seen: u64, patience: Duration, into: &mut Picture) -> bool {
        let held = self.lock();
        let waited = self.arrived.wait_timeout_while(held, patience, |picture| picture.number <= seen);
        let (held, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return false;
        }
        into.luma.clone_from(&held.luma);
        into.jpeg.clone_from(&held.jpeg);
        (into.width, into.height, into.number) = (held.width, held.height, held.number);
        true
    }

    /// Waits, at most for `patience`, for a picture after the one numbered `seen`. False when none came.
    pub fn wait(&self, seen: u64, patience: Duration) -> bool {
        let waited = self.arrived.wait_timeout_while(self.lock(), patience, |picture| picture.number <= seen);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Number of the newest picture; 0 before the first.
    pub fn number(&self) -> u64 {
        self.lock().number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(shade: u8) -> Picture {
        Picture { luma: vec![shade; 4], width: 2, height: 2, ..Picture::default() }
    }

    #[test]
    fn only_the_newest_is_seen_and_only_once() {
        let newest = Newest::default();
        newest.put(&mut picture(1));
        newest.put(&mut picture(2));
        let mut seen = Picture::default();
        assert!(newest.after(0, Duration::ZERO, &mut seen));
        assert_eq!((seen.luma[0], seen.number), (2, 2));
        assert!(!newest.after(seen.number, Duration::ZERO, &mut seen));
    }
}
