//! Reading both databases whole while the gate is at work: what was too much to read before it opened.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rusqlite::InterruptHandle;

use crate::{
    desk::DeskError,
    kiosk::{
        Damage, Gate, Ground, OpenError,
        life::{Happened, Life, State},
        opening::Opening,
    },
};

/// A look at every page. Dropping it ends it.
pub(super) struct Looking {
    end: Option<Sender<()>>,
    reading: Arc<Mutex<Option<InterruptHandle>>>,
    thread: Option<JoinHandle<()>>,
}

/// How long after the databases were begun to be read whole a failing store has them read again: reading them does not
/// make a failing disk better.
const LOOK_AGAIN_MS: i64 = 30_000;

/// How often a reading is told to end, until it has.
const INSIST: Duration = Duration::from_millis(5);

impl Looking {
    /// Begins after `wait`, and gives what was found where a database is bad.
    pub(super) fn start(
        ground: Ground,
        wait: Duration,
        found: impl FnOnce(Damage) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (end, ended) = channel::<()>();
        let reading: Arc<Mutex<Option<InterruptHandle>>> = Arc::default();
        let read = Arc::clone(&reading);
        let thread = thread::Builder::new().name("soundness".into()).spawn(move || {
            if ended.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let damage = Gate::look(&ground, |handle| {
                *read.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
            });
            if damage != Damage::default() {
                found(damage);
            }
        })?;
        Ok(Self { end: Some(end), reading, thread: Some(thread) })
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        drop(self.end.take());
        let Some(thread) = self.thread.take() else { return };
        // A handle may come a moment after it was asked for, and another after that.
        while !thread.is_finished() {
            if let Some(reading) = &*self.reading.lock().unwrap_or_else(PoisonError::into_inner) {
                reading.interrupt();
            }
            thread::park_timeout(INSIST);
        }
        if thread.join().is_err() {
            tracing::error!("the thread that reads the databases whole had failed");
        }
    }
}

impl State {
    pub(super) fn read_whole(&self, ground: &Ground, after: Duration) -> Result<Looking, OpenError> {
        let happened = self.happened.clone();
        // Whoever listened has gone when sending fails: the kiosk is being closed.
        let found = move |damage| drop(happened.send(Happened::Damaged(damage)));
        Ok(Looking::start(ground.clone(), after, found)?)
    }

    /// Does with a database in use what the start does with a damaged one: the gate is opened anew over another.
    pub(super) fn renew_stores(&mut self, damage: Damage) {
        let Life::Open(work) = &self.life else { return };
        tracing::error!(?damage, "a database in use is damaged");
        if damage.journal {
            // What somebody still does on the desk of before must not be recorded where nobody looks for it.
            work.gate.desk.journal().close();
        }
        self.open(Opening::damaged(work.gate.trusted(), damage, work.ladder.clone()));
    }

    /// The desk failed: where a database may be bad, both are read.
    pub(super) fn look_for_damage(&mut self, error: &DeskError) {
        if error.may_be_damage() {
            self.look_now();
        }
    }

    /// A store failed: its database may be bad.
    pub(super) fn look_now(&mut self) {
        let boot = self.time.boot().ms;
        let Life::Open(work) = &self.life else { return };
        let is_looking = work.looking.as_ref().is_some_and(|looking| !looking.is_done());
        if is_looking || work.looked.is_some_and(|looked| boot - looked < LOOK_AGAIN_MS) {
            return;
        }
        let looking = self.read_whole(&work.gate.ground, Duration::ZERO);
        let Life::Open(work) = &mut self.life else { return };
        work.looked = Some(boot);
        match looking {
            Ok(looking) => work.looking = Some(looking),
            Err(error) => tracing::error!(%error, "the databases cannot be read"),
        }
    }
}
