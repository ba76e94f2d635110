//! Telling residents that somebody waits at the gate.
//!
//! What is to be told is written in the transaction that made it so, and sent by a worker afterwards: at least once, the
//! same id each time, until it arrived or is worth nothing any more. The one channel so far is a web hook.

mod outbox;
mod store;
mod webhook;

use gatehouse::{
    id::{CommunityId, VisitorId},
    presence::WAITS_MS,
    time::UnixMs,
};

pub use outbox::{deliver, round};
pub use store::forget_over;
pub use webhook::{Webhook, WebhookError};

use crate::store::{StoreError, Tx};

/// Writes down that the households of these visits are to be told, each asked at its instant. One that was written down
/// before, or has lapsed, is passed over.
pub async fn visitors_pending(
    tx: &mut Tx,
    community: CommunityId,
    asked: &[(VisitorId, UnixMs)],
    now: UnixMs,
) -> Result<(), StoreError> {
    let worth: Vec<store::Waiting> = asked
        .iter()
        .map(|(visitor, at)| store::Waiting { visitor: *visitor, at: *at, expires_at: at.plus(WAITS_MS) })
        .filter(|waiting| now < waiting.expires_at)
        .collect();
    if worth.is_empty() { Ok(()) } else { store::insert(tx, community, &worth, now).await }
}
