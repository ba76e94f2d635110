//! One event that was taken in before.

use gatehouse::{
    id::{CommunityId, EventId},
    journal::Recorded,
    time::UnixMs,
};

use super::store::events;
use crate::store::{StoreError, Tx};

/// What is known of an event.
#[derive(Debug)]
pub enum Known {
    /// What it says, and when that happened, as far as its kiosk's word can be believed.
    Here(Box<Recorded>, UnixMs),
    /// What it says of persons was ordered to be forgotten.
    Erased,
}

/// The event of that id; nothing while it is not here, or cannot be read.
pub async fn known_event(
    tx: &mut Tx,
    community: CommunityId,
    event: EventId,
) -> Result<Option<Known>, StoreError> {
    if !events::erased(tx, community, &[event]).await?.is_empty() {
        return Ok(Some(Known::Erased));
    }
    let found = events::of_ids(tx, community, &[event]).await?;
    let Some(recorded) = found.into_iter().find_map(events::StoredEvent::recorded) else { return Ok(None) };
    let receipt = events::receipt(tx, community, event).await?;
    let at = receipt.map(|receipt| recorded.event.happened(receipt.enrolled_at, receipt.received_at));
    Ok(at.map(|at| Known::Here(Box::new(recorded), at)))
}
