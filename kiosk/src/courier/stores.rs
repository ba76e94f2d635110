//! The journal's and the cache's share of the work, each on a thread of its own, one operation after the other.

use std::{
    sync::{Arc, mpsc as std_mpsc},
    thread,
};

use gatehouse::sync::kiosk::{CacheOp, Input, JournalOp};
use tokio::sync::mpsc;

use crate::{
    courier::{News, Parts, photos::Calls},
    journal::{Journal, JournalError, Stamp},
    time::Timekeeper,
};

/// Takes operations for one store; nothing ends it.
pub(super) type Desk<T> = std_mpsc::Sender<Option<T>>;

/// Who works for a store.
pub(super) struct Worker {
    end: Box<dyn Fn() + Send + Sync>,
    thread: Option<thread::JoinHandle<()>>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.thread.fmt(f)
    }
}

impl Drop for Worker {
    /// Waits for the operation at hand: a process must not end while a database is at work in it.
    fn drop(&mut self) {
        (self.end)();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a store's thread had failed");
        }
    }
}

/// Where results and news go.
#[derive(Clone)]
pub(super) struct Out {
    pub(super) inbox: mpsc::UnboundedSender<Input>,
    pub(super) news: mpsc::UnboundedSender<News>,
}

impl Out {
    /// Both ends outlive their senders unless the courier is being dropped.
    pub(super) fn give(&self, input: Input) {
        drop(self.inbox.send(input));
    }

    pub(super) fn tell(&self, news: News) {
        drop(self.news.send(news));
    }
}

/// Begins to work for the journal.
pub(super) fn journal(
    parts: &Parts,
    out: Out,
    calls: Arc<Calls>,
) -> std::io::Result<(Desk<JournalOp>, Worker)> {
    let (journal, time, stamp) =
        (Arc::clone(&parts.journal), Arc::clone(&parts.time), Arc::clone(&parts.stamp));
    worker("courier journal", move |op| {
        let acknowledges = matches!(op, JournalOp::Acknowledge(_));
        match on_journal(&journal, &time, &*stamp, op) {
            Ok(input) => out.give(input),
            Err(error) => {
                tracing::error!(%error, "the journal does not do what the courier needs");
                out.tell(News::StoreFailed);
                out.give(Input::JournalFailed);
            }
        }
        if acknowledges {
            calls.acknowledged.notify_one();
        }
    })
}

/// Begins to work for the cache.
pub(super) fn cache(parts: &Parts, out: Out) -> std::io::Result<(Desk<CacheOp>, Worker)> {
    let cache = Arc::clone(&parts.cache);
    worker("courier cache", move |op| {
        let reads = matches!(op, CacheOp::Read);
        match cache.execute(&op) {
            Ok(copy) => {
                out.give(Input::Copy(copy));
                if !reads {
                    out.tell(News::Copy);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the cache does not do what the courier needs");
                out.tell(News::StoreFailed);
                out.give(Input::CacheFailed);
            }
        }
    })
}

fn worker<T: Send + 'static>(
    name: &str,
    mut work: impl FnMut(T) + Send + 'static,
) -> std::io::Result<(Desk<T>, Worker)> {
    let (desk, orders) = std_mpsc::channel::<Option<T>>();
    let thread = thread::Builder::new().name(name.into()).spawn(move || {
        while let Ok(Some(op)) = orders.recv() {
            work(op);
        }
    })?;
    let last = desk.clone();
    // It has ended by itself where nobody takes this any more.
    let end = Box::new(move || drop(last.send(None)));
    Ok((desk, Worker { end, thread: Some(thread) }))
}

fn on_journal(
    journal: &Journal,
    time: &Timekeeper,
    stamp: &(dyn Fn() -> Stamp + Send + Sync),
    op: JournalOp,
) -> Result<Input, JournalError> {
    match op {
        JournalOp::Batch { incarnation, after, limit } => {
            return match journal.batch(incarnation, after, limit) {
                Ok(batch) => Ok(Input::Batch(Some(batch))),
                Err(JournalError::NotOurs) => Ok(Input::Batch(None)),
                Err(error) => Err(error),
            };
        }
        JournalOp::Read => {}
        JournalOp::Acknowledge(word) => journal.acknowledge(&word, time.mark().0)?,
        JournalOp::GoBack(back) => journal.go_back(&back)?,
        JournalOp::End(end) => journal.end(&end, &stamp())?,
    }
    journal.outbox().map(Input::Outbox)
}
