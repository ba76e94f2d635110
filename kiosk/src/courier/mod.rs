//! What moves journal and feed between this kiosk and its server. The desk does not know it; it hears of
//! every event from the journal itself and tells what it sees by [`News`].
//!
//! The protocol is [`gatehouse::sync::kiosk`]: this room only carries out what it says, over the kiosk's
//! stores and one connection.

mod drive;
mod events;
mod photos;
mod post;
mod stores;
mod token;

use std::sync::Arc;

use gatehouse::{
    api::sync::OrderAnswer,
    clock::Anchoring,
    id::{CommunityId, KioskId},
    keys::{PublicKey, SigningKey},
    sync::{Contact, kiosk::Input},
    time::UnixMs,
};
use tokio::{runtime::Handle, sync::mpsc, task::JoinHandle};

use crate::{
    cache::Cache,
    courier::{photos::Calls, post::Post},
    journal::{Journal, Stamp},
    net::Client,
    time::Timekeeper,
};

/// Who this kiosk is to its server.
#[derive(Clone)]
pub struct Identity {
    /// Its id.
    pub kiosk: KioskId,
    /// Its community.
    pub community: CommunityId,
    /// The key that it signs in with.
    pub key: SigningKey,
    /// The key that the server signs its time with.
    pub anchor_key: PublicKey,
}

/// What the courier works on.
#[derive(Clone)]
pub struct Parts {
    /// Who this kiosk is.
    pub identity: Identity,
    /// The connection.
    pub client: Client,
    /// What is sent.
    pub journal: Arc<Journal>,
    /// What is fetched.
    pub cache: Arc<Cache>,
    /// Trusted time.
    pub time: Arc<Timekeeper>,
    /// Time and place for what the courier itself must record.
    pub stamp: Arc<dyn Fn() -> Stamp + Send + Sync>,
}

/// What the courier has to tell.
#[derive(Clone, Debug)]
pub enum News {
    /// How the kiosk stands with its server has changed.
    Contact(Contact),
    /// The copy of the feed has changed.
    Copy,
    /// Trusted time was stepped.
    Stepped {
        /// What it was.
        from: UnixMs,
        /// What it is.
        to: UnixMs,
    },
    /// The server says that this kiosk is revoked: look for an order.
    Revoked,
    /// A store failed; the courier tries again.
    StoreFailed,
    /// The trust file that was asked for, unchecked; nothing where it did not come.
    Trust(Option<Vec<u8>>),
    /// The order that was asked for, unchecked.
    Order(OrderAnswer),
}

impl News {
    fn of(anchoring: Anchoring) -> Option<Self> {
        match anchoring {
            Anchoring::Stepped { from, to } => Some(Self::Stepped { from, to }),
            _ => None,
        }
    }
}

/// A courier at work. Dropping it ends it; what it had not finished, the next one finishes.
pub struct Courier {
    inbox: mpsc::UnboundedSender<Input>,
    work: [JoinHandle<()>; 2],
    calls: Arc<Calls>,
    post: Post,
    runtime: Handle,
    /// Last: when they have ended, nothing of this courier is at work any more.
    _workers: [stores::Worker; 2],
}

impl Courier {
    /// Sets one to work on `runtime`. News come as they happen.
    pub fn start(runtime: &Handle, parts: Parts, news: mpsc::UnboundedSender<News>) -> std::io::Result<Self> {
        let (inbox, inputs) = mpsc::unbounded_channel();
        let calls = Arc::<Calls>::default();
        let journal = Arc::clone(&parts.journal);
        let recorded = inbox.clone();
        // Nobody takes it any more when this courier has ended.
        journal.tell_of_writes(move || drop(recorded.send(Input::Recorded)));
        let (driver, workers) = drive::Driver::new(parts, news, inbox.clone(), Arc::clone(&calls))?;
        let post = driver.post();
        let work = [
            runtime.spawn(driver.run(inputs)),
            runtime.spawn(photos::deliver(post.clone(), journal, Arc::clone(&calls))),
        ];
        Ok(Self { inbox, work, calls, post, runtime: runtime.clone(), _workers: workers })
    }

    /// Asks for the trust file as it stands now; [`News::Trust`] brings it, or says that it did not come.
    pub fn ask_trust(&self) {
        let post = self.post.clone();
        self.runtime.spawn(async move {
            let trust = post.trust().await.ok();
            (post.tell)(News::Trust(trust));
        });
    }

    /// Asks for an order that ends this kiosk; [`News::Order`] brings it, if there is one.
    pub fn ask_order(&self) {
        let post = self.post.clone();
        self.runtime.spawn(async move {
            if let Ok(order) = post.order().await {
                (post.tell)(News::Order(order));
            }
        });
    }

    /// The desk may have let go of what it held back: that is no write, and the journal does not tell of it.
    pub fn recorded(&self) {
        self.tell(Input::Recorded);
    }

    /// Somebody wants it tried now.
    pub fn try_now(&self) {
        self.tell(Input::TryNow);
        self.calls.try_now.notify_one();
    }

    fn tell(&self, input: Input) {
        if self.inbox.send(input).is_err() {
            tracing::error!("the courier has stopped");
        }
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.work.iter().for_each(JoinHandle::abort);
    }
}

#[cfg(test)]
mod simulation;
