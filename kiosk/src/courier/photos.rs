//! Pictures on their way to the server: each by itself, after its event, never in an event's way.

use std::{sync::Arc, time::Duration};

use gatehouse::{
    sync::{Backoff, Failure},
    time::SECOND,
};
use tokio::{sync::Notify, task, time::sleep};

use crate::{
    courier::{
        News,
        post::{Delivered, Post},
    },
    entropy::SystemEntropy,
    journal::{Journal, JournalError, Waiting},
};

/// A look without being called, in case a word was missed.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What calls for another look.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Events were acknowledged: their pictures may go.
    pub(super) acknowledged: Notify,
    /// The server is heard again, or somebody wants it tried now.
    pub(super) try_now: Notify,
}

/// Sends what waits, one after the other, until it is aborted.
pub(super) async fn deliver(post: Post, journal: Arc<Journal>, calls: Arc<Calls>) {
    let mut backoff = Backoff::default();
    let mut after = 0;
    let mut unknown = false;
    loop {
        let next = on_journal(&journal, move |journal| journal.photo_to_send(after)).await;
        let wait = match next {
            Ok(Some(waiting)) => match send(&post, &journal, &waiting).await {
                Ok(delivered) => {
                    after = waiting.number;
                    unknown |= delivered == Delivered::EventUnknown;
                    if delivered == Delivered::Taken {
                        backoff.succeed();
                    }
                    continue;
                }
                Err(_) => backoff.fail(&mut SystemEntropy),
            },
            // The server does not know the events of some: it may have been restored and learns them anew.
            Ok(None) if unknown => backoff.fail(&mut SystemEntropy),
            Ok(None) => {
                tokio::select! {
                    () = calls.acknowledged.notified() => {}
                    () = sleep(LOOK_EVERY) => {}
                }
                after = 0;
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "pictures that wait cannot be read");
                (post.tell)(News::StoreFailed);
                backoff.fail(&mut SystemEntropy).max(SECOND)
            }
        };
        (after, unknown) = (0, false);
        tokio::select! {
            () = sleep(Duration::from_millis(wait.unsigned_abs())) => {}
            () = calls.try_now.notified() => {}
        }
    }
}

async fn send(post: &Post, journal: &Arc<Journal>, waiting: &Waiting) -> Result<Delivered, Failure> {
    let event = waiting.photo.event;
    let delivered = post.photo(&waiting.photo).await?;
    let at = post.time.mark().0;
    let noted = on_journal(journal, move |journal| match delivered {
        Delivered::Taken => journal.photo_settled(event, at),
        Delivered::Unwanted => journal.forget_photo(event),
        Delivered::EventUnknown => Ok(()),
    });
    noted.await.map_err(|error| {
        tracing::error!(%error, "that a picture was sent cannot be noted");
        (post.tell)(News::StoreFailed);
        Failure::Fault
    })?;
    Ok(delivered)
}

async fn on_journal<T: Send + 'static>(
    journal: &Arc<Journal>,
    work: impl FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
) -> Result<T, JournalError> {
    let journal = Arc::clone(journal);
    match task::spawn_blocking(move || work(&journal)).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Not begun because the program ends: nobody waits for it any more.
            Err(_) => std::future::pending().await,
        },
    }
}
