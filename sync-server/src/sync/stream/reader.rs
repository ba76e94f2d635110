//! The one reader of a community's feed: looks at the counter each second, sooner when woken.

use std::{collections::HashSet, sync::Arc, time::Duration};

use gatehouse::{
    feed::Cursor,
    id::{CommunityId, KioskId},
};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, timeout},
};

use super::{
    hub::{Hub, Look, Signal, Voice},
    sender, store,
};
use crate::{http::causes, store::StoreError, sync::feed};

/// How often the counter is looked at when nothing wakes the reader.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads until nobody listens.
pub(super) async fn read(hub: &Hub, community: CommunityId, voice: Voice) {
    let mut wakes = hub.store().wakes();
    let mut seen = Seen::default();
    while !hub.is_over(community, &voice) {
        let at = Instant::now();
        match look(hub, community, &voice.signals, &mut seen).await {
            Ok(head) => drop(voice.looks.send_replace(Some(Look { head, at }))),
            Err(error) => {
                tracing::warn!(%community, error = causes(&error), "a community's feed cannot be read for its streams");
            }
        }
        woken(&mut wakes, community).await;
    }
}

/// What the reader has told its streams.
#[derive(Default)]
struct Seen {
    cursor: Option<Cursor>,
    revoked: Arc<HashSet<KioskId>>,
}

/// Waits until a transaction of this process wrote to the feed, a second at most.
async fn woken(wakes: &mut broadcast::Receiver<CommunityId>, community: CommunityId) {
    let heard = async {
        loop {
            match wakes.recv().await {
                Ok(woken) if woken != community => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    };
    // Not being woken is as good: then it is time to look.
    drop(timeout(LOOK_EVERY, heard).await);
}

/// Tells of what changed since; answers where the feed's head is.
async fn look(
    hub: &Hub,
    community: CommunityId,
    sender: &broadcast::Sender<Signal>,
    seen: &mut Seen,
) -> Result<Cursor, StoreError> {
    let mut tx = hub.store().read().await?;
    let head = feed::head(&mut tx, community).await?;
    let revoked = store::revoked(&mut tx, community).await?;
    if *seen.revoked != revoked {
        seen.revoked = Arc::new(revoked);
        // Before any page: what is new may be the very keys that those who were revoked are not to have.
        drop(sender.send(Signal::Revoked(Arc::clone(&seen.revoked))));
    }
    if seen.cursor.is_none() {
        // A stream may have caught up before the head that is seen first: what lies between is its own to read.
        drop(sender.send(Signal::Renewed));
    }
    let mut cursor = seen.cursor.unwrap_or(head);
    while cursor != head {
        let Ok(page) = feed::pull(&mut tx, community, cursor).await? else {
            // Nobody listening is no failure, here as below.
            drop(sender.send(Signal::Renewed));
            cursor = head;
            break;
        };
        cursor = page.to;
        let event = sender::page(&page);
        drop(sender.send(Signal::Page { from: page.from, to: page.to, event }));
    }
    seen.cursor = Some(cursor);
    Ok(head)
}
