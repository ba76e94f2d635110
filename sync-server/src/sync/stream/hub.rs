//! Who reads which community's feed for whom.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Bytes;
use gatehouse::{
    feed::Cursor,
    id::{CommunityId, KioskId},
};
use tokio::sync::broadcast;

use super::reader;
use crate::store::Store;

/// How many signals a slow stream may lag behind before it reads for itself.
const BACKLOG: usize = 256;

/// What a community's reader tells its streams.
#[derive(Clone, Debug)]
pub(super) enum Signal {
    /// Something changed: the page, ready to be sent.
    Page {
        /// Where it begins.
        from: Cursor,
        /// Where it ends.
        to: Cursor,
        /// The event, as it goes over the wire.
        event: Bytes,
    },
    /// The feed began a new life.
    Renewed,
    /// These kiosks are not active.
    Revoked(Arc<HashSet<KioskId>>),
}

/// One reader for each community of which streams are open.
#[derive(Debug)]
pub struct Hub {
    store: Store,
    readers: Mutex<HashMap<CommunityId, broadcast::Sender<Signal>>>,
}

impl Hub {
    /// Nobody listens, nobody reads.
    pub fn over(store: Store) -> Self {
        Self { store, readers: Mutex::default() }
    }

    /// Listens to a community's changes from now on.
    pub(super) fn listen(self: &Arc<Self>, community: CommunityId) -> broadcast::Receiver<Signal> {
        let mut readers = self.lock();
        if let Some(sender) = readers.get(&community) {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(BACKLOG);
        readers.insert(community, sender.clone());
        drop(readers);
        let hub = Arc::clone(self);
        tokio::spawn(async move { reader::read(&hub, community, sender).await });
        receiver
    }

    /// Ends a community's reader if nobody listens any more.
    pub(super) fn is_over(&self, community: CommunityId, sender: &broadcast::Sender<Signal>) -> bool {
        let mut readers = self.lock();
        // Under the lock: nobody can begin to listen between the look and the removal.
        let over = sender.receiver_count() == 0;
        if over {
            readers.remove(&community);
        }
        over
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<CommunityId, broadcast::Sender<Signal>>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
