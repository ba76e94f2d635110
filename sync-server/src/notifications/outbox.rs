//! The worker that empties the outbox.

use std::time::Duration;

use gatehouse::{
    api::notifications::Notification,
    time::{SECOND, UnixMs},
    words::VisitorStatus,
};
use tokio::{task::JoinSet, time};

use super::{
    store::{self, Due},
    webhook::Webhook,
};
use crate::{
    app::App,
    http::{Answer, causes},
    visitors::store as visitors,
};

/// How often the outbox is looked at when nothing was published meanwhile.
const ROUND: Duration = Duration::from_secs(1);
/// How many are sent at once.
const AT_ONCE: i64 = 16;
/// How long a try may last before another worker takes it, in milliseconds: longer than a request may.
const LEASE: i64 = 30 * SECOND;
/// How long is waited between tries at the most, in milliseconds.
const LONGEST_WAIT: i64 = 60 * SECOND;

/// Empties the outbox for as long as the server serves.
pub async fn deliver(app: App, webhook: Webhook) {
    let mut wakes = app.store.wakes();
    loop {
        match round(&app, &webhook).await {
            Ok(0) => {
                // Woken or not, the outbox is looked at: a wake-up only makes it sooner.
                drop(time::timeout(ROUND, wakes.recv()).await);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = causes(&error), "the outbox cannot be read; it is tried again");
                time::sleep(ROUND).await;
            }
        }
    }
}

/// Sends what is due; answers how many were tried.
pub async fn round(app: &App, webhook: &Webhook) -> Answer<usize> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    let due = store::take(&mut tx, now, now.plus(LEASE), AT_ONCE).await?;
    tx.commit().await?;
    let tried = due.len();
    let mut sending = JoinSet::new();
    for due in due {
        let (app, webhook) = (app.clone(), webhook.clone());
        sending.spawn(async move {
            if let Err(error) = send(&app, &webhook, &due).await {
                let community = due.community;
                tracing::warn!(%community, error = causes(&error), "a notification could not be sent; it is tried again");
            }
        });
    }
    while sending.join_next().await.is_some() {}
    Ok(tried)
}

async fn send(app: &App, webhook: &Webhook, due: &Due) -> Answer<()> {
    let mut tx = app.store.read().await?;
    let notification = notification(&mut tx, due).await?;
    drop(tx);
    let arrived = match &notification {
        // Answered, or taken back: no phone is to ring for it.
        None => true,
        Some(notification) => match webhook.send(notification, app.now()).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(
                    error = causes(&error),
                    attempt = due.attempts,
                    "the web hook did not take a notification"
                );
                false
            }
        },
    };
    let now = app.now();
    let mut tx = app.store.write().await?;
    if arrived {
        store::done(&mut tx, due, now).await?;
    } else {
        store::put_off(&mut tx, due, next(due.attempts, now)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// When the try after the one of number `attempts` is made: after a second, two, four, to a minute.
fn next(attempts: u32, now: UnixMs) -> UnixMs {
    let wait = SECOND.checked_shl(attempts.saturating_sub(1).min(10)).unwrap_or(LONGEST_WAIT);
    now.plus(wait.min(LONGEST_WAIT))
}

async fn notification(tx: &mut crate::store::Tx, due: &Due) -> Answer<Option<Notification>> {
    let found = visitors::visitor(tx, due.community, due.visitor).await?;
    let Some(visitor) = found.filter(|visitor| visitor.status == VisitorStatus::Pending) else {
        return Ok(None);
    };
    let unit_ids = visitors::units_of(tx, due.community, due.visitor).await?;
    let resident_ids = store::residents(tx, due.community, &unit_ids).await?;
    Ok(Some(Notification {
        id: due.visitor.0,
        kind: Notification::VISITOR_PENDING.to_owned(),
        at: due.at,
        expires_at: due.expires_at,
        community_id: due.community,
        visitor_id: due.visitor,
        visitor_type: visitor.visitor_type,
        gate_id: visitor.gate,
        unit_ids,
        resident_ids,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_slower_to_a_minute_apart() {
        let waits: Vec<_> = (1..=9).map(|attempt| next(attempt, UnixMs(0)).0 / SECOND).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(next(u32::MAX, UnixMs(0)).0, LONGEST_WAIT);
    }
}
