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

use super::gate::{Damage, Gate, Ground};

/// A look at every page. Dropping it ends it.
pub(super) struct Looking {
    end: Option<Sender<()>>,
    reading: Arc<Mutex<Option<InterruptHandle>>>,
    thread: Option<JoinHandle<()>>,
}

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
