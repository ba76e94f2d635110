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
use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};

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

/// A look at the feed that succeeded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// The feed's head then.
    pub(super) head: Cursor,
    /// When it began.
    pub(super) at: Instant,
}

/// What a reader tells by.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) signals: broadcast::Sender<Signal>,
    /// The last look that succeeded; none before the first.
    pub(super) looks: watch::Sender<Option<Look>>,
}

/// What a stream hears of its community's reader. Its signals are closed once that reader ends, in whatever way.
#[derive(Debug)]
pub(super) struct Hearing {
    pub(super) signals: broadcast::Receiver<Signal>,
    pub(super) looks: watch::Receiver<Option<Look>>,
}

/// A reader, as long as it lives: nothing here keeps its channels open.
#[derive(Debug)]
struct Reader {
    signals: broadcast::WeakSender<Signal>,
    looks: watch::Receiver<Option<Look>>,
}

/// One reader for each community of which streams are open.
#[derive(Debug)]
pub struct Hub {
    store: Store,
    readers: Mutex<HashMap<CommunityId, Reader>>,
}

impl Hub {
    /// Nobody listens, nobody reads.
    pub fn over(store: Store) -> Self {
        Self { store, readers: Mutex::default() }
    }

    /// Listens to a community's changes from now on.
    pub(super) fn listen(self: &Arc<Self>, community: CommunityId) -> Hearing {
        let (hearing, voice) = self.join(community);
        if let Some(voice) = voice {
            let hub = Arc::clone(self);
            tokio::spawn(async move { reader::read(&hub, community, voice).await });
        }
        hearing
    }

    /// Listens; where no reader lives, the voice of the one that is to begin comes with it.
    fn join(&self, community: CommunityId) -> (Hearing, Option<Voice>) {
        let mut readers = self.lock();
        if let Some(reader) = readers.get(&community)
            && let Some(sender) = reader.signals.upgrade()
        {
            return (Hearing { signals: sender.subscribe(), looks: reader.looks.clone() }, None);
        }
        let (signals, receiver) = broadcast::channel(BACKLOG);
        let (looks, seen) = watch::channel(None);
        readers.insert(community, Reader { signals: signals.downgrade(), looks: seen.clone() });
        (Hearing { signals: receiver, looks: seen }, Some(Voice { signals, looks }))
    }

    /// Ends a community's reader if nobody listens any more.
    pub(super) fn is_over(&self, community: CommunityId, voice: &Voice) -> bool {
        let mut readers = self.lock();
        // Under the lock: nobody can begin to listen between the look and the removal.
        let over = voice.signals.receiver_count() == 0;
        if over {
            readers.remove(&community);
        }
        over
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<CommunityId, Reader>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use broadcast::error::TryRecvError;

    use super::*;

    #[tokio::test]
    async fn a_reader_that_died_closes_its_streams_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let hub = Hub::over(Store::open_sqlite(&folder.path().join("test.db")).await.unwrap());
        let community = CommunityId(uuid::Uuid::nil());
        let (mut first, voice) = hub.join(community);
        let voice = voice.unwrap();
        let (second, none) = hub.join(community);
        assert!(none.is_none() && second.signals.same_channel(&first.signals), "one reader for all");
        assert_eq!(first.signals.try_recv().unwrap_err(), TryRecvError::Empty);

        // As when it panics: it says nothing to the hub.
        drop(voice);
        assert_eq!(first.signals.try_recv().unwrap_err(), TryRecvError::Closed);
        assert!(hub.join(community).1.is_some(), "another one reads");
    }
}
