//! The loop that gives the core its inputs and carries out what it says.

use std::{collections::HashMap, sync::Arc, time::Duration};

use gatehouse::sync::kiosk::{CacheOp, Input, JournalOp, Kiosk, Output, RequestId, StreamId};
use tokio::{sync::mpsc, task::AbortHandle, time::sleep};

use crate::{
    cache::{Cache, CacheError},
    courier::{
        News, Parts, events,
        photos::Calls,
        post::Post,
        stores::{self, Desk, Out, Worker},
        token::Tokens,
    },
    entropy::SystemEntropy,
    time::Timekeeper,
};

/// The timer stops in suspend, the boot clock does not: it is looked at again after so long at the most.
const LONGEST_SLEEP: i64 = 60_000;

pub(super) struct Driver {
    core: Kiosk,
    post: Post,
    journal: Desk<JournalOp>,
    cache: Desk<CacheOp>,
    copy: Arc<Cache>,
    time: Arc<Timekeeper>,
    out: Out,
    calls: Arc<Calls>,
    requests: HashMap<RequestId, AbortHandle>,
    streams: HashMap<StreamId, AbortHandle>,
    wake_at: Option<i64>,
}

impl Driver {
    pub(super) fn new(
        parts: Parts,
        news: mpsc::UnboundedSender<News>,
        inbox: mpsc::UnboundedSender<Input>,
        calls: Arc<Calls>,
    ) -> std::io::Result<(Self, [Worker; 2])> {
        let out = Out { inbox, news };
        let telling = out.clone();
        let post = Post {
            client: parts.client.clone(),
            identity: parts.identity.clone(),
            time: Arc::clone(&parts.time),
            tokens: Arc::new(Tokens::default()),
            tell: Arc::new(move |news| telling.tell(news)),
        };
        let (journal, for_journal) = stores::journal(&parts, out.clone(), Arc::clone(&calls))?;
        let (cache, for_cache) = stores::cache(&parts, out.clone())?;
        let driver = Self {
            core: Kiosk::new(parts.identity.kiosk, env!("CARGO_PKG_VERSION")),
            post,
            journal,
            cache,
            copy: parts.cache,
            time: parts.time,
            out,
            calls,
            requests: HashMap::new(),
            streams: HashMap::new(),
            wake_at: None,
        };
        Ok((driver, [for_journal, for_cache]))
    }

    /// What sends its requests.
    pub(super) fn post(&self) -> Post {
        self.post.clone()
    }

    pub(super) async fn run(mut self, mut inputs: mpsc::UnboundedReceiver<Input>) {
        self.step(Input::Tick);
        loop {
            let nap =
                self.wake_at.map_or(LONGEST_SLEEP, |at| at - self.time.boot().ms).clamp(0, LONGEST_SLEEP);
            let nap = Duration::from_millis(nap.unsigned_abs());
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(input) => self.step(input),
                    None => return,
                },
                () = sleep(nap) => self.step(Input::Tick),
            }
        }
    }

    fn step(&mut self, input: Input) {
        match &input {
            Input::Answered(id, _) => drop(self.requests.remove(id)),
            Input::Tick => self.wake_at = None,
            _ => {}
        }
        for output in self.core.step(self.time.boot().ms, &mut SystemEntropy, input) {
            self.carry_out(output);
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Journal(op) => {
                if self.journal.send(Some(op)).is_err() {
                    self.out.give(Input::JournalFailed);
                }
            }
            Output::Cache(op) => {
                if self.cache.send(Some(op)).is_err() {
                    self.out.give(Input::CacheFailed);
                }
            }
            Output::Send(id, request) => {
                let (post, out) = (self.post.clone(), self.out.clone());
                let task =
                    tokio::spawn(async move { out.give(Input::Answered(id, post.send(request).await)) });
                self.requests.insert(id, task.abort_handle());
            }
            Output::Cancel(id) => self.requests.remove(&id).into_iter().for_each(|task| task.abort()),
            Output::OpenStream(id, cursor) => {
                let (post, out) = (self.post.clone(), self.out.clone());
                let task = tokio::spawn(async move {
                    events::stream(&post, cursor, |item| out.give(Input::Streamed(id, item))).await;
                });
                self.streams.insert(id, task.abort_handle());
            }
            Output::CloseStream(id) => self.streams.remove(&id).into_iter().for_each(|task| task.abort()),
            Output::Whole => match self.copy.set_whole_at(self.time.mark().0) {
                Ok(()) => {}
                // It was forgotten while the core thought of it as whole, which looks at it again.
                Err(CacheError::NoCopy) => self.out.give(Input::CacheFailed),
                Err(error) => {
                    tracing::error!(%error, "how fresh the copy is cannot be noted");
                    self.out.tell(News::StoreFailed);
                }
            },
            Output::Contact(contact) => {
                if contact.online {
                    self.calls.try_now.notify_one();
                }
                self.out.tell(News::Contact(contact));
            }
            Output::WakeAt(at) => self.wake_at = Some(at),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.requests.values().chain(self.streams.values()).for_each(AbortHandle::abort);
    }
}
