//! Events that are held as they came, their effects still to come.

use gatehouse::{
    hash::Hash,
    id::{CommunityId, EventId, PassId, VisitorId},
    journal::{Event, Recorded},
};
use uuid::Uuid;

use super::events::StoredEvent;
use crate::{
    execute, fetch_all, record,
    store::{StoreError, Tx},
};

record! {
    struct ParkedRecord {
        received_at: i64,
        seq: u64,
        id: EventId,
        visit: Option<VisitorId>,
        pass: Option<PassId>,
        bytes: Vec<u8>,
        hash: [u8; 32],
        signature: [u8; 64],
        details: Option<Vec<u8>>,
    }
}

/// An event's place among those that are parked, the oldest first.
#[derive(Clone, Copy, Debug)]
pub struct ParkedAt {
    received_at: i64,
    seq: u64,
    id: Uuid,
}

/// The oldest parked events behind `after`, each with its place among them. What a kiosk tells of after it was stolen is
/// none of them, nor is what has the id of another event: that is kept, and never applied. What is too large to be read is
/// left where it lies.
pub(in super::super) async fn oldest(
    tx: &mut Tx,
    community: CommunityId,
    after: Option<ParkedAt>,
    limit: u32,
) -> Result<Vec<(ParkedAt, StoredEvent)>, StoreError> {
    let after = after.unwrap_or(ParkedAt { received_at: i64::MIN, seq: 0, id: Uuid::nil() });
    let found = fetch_all!(
        tx,
        ParkedRecord,
        "select received_at, seq, id, visit, pass, bytes, hash, signature, details from journal_events e
         where community = $1 and parked and (received_at, seq, id) > ($2, $3, $4)
             and length(bytes) <= 2 * $6 and coalesce(length(details), 0) <= $6
             and not exists (select 1 from kiosks k where k.community = e.community and k.id = e.kiosk
                 and k.state = 'STOLEN' and k.revoked_at < e.at)
             and not exists (select 1 from journal_events o where o.community = e.community and o.id = e.id
                 and (not o.parked or o.received_at < e.received_at))
         order by received_at, seq, id limit $5",
        community,
        after.received_at,
        after.seq,
        after.id,
        limit,
        Recorded::MOST_BYTES as u64
    )?;
    let placed = found.into_iter().map(|record| {
        let ParkedRecord { received_at, seq, id, visit, pass, bytes, hash, signature, details } = record;
        let at = ParkedAt { received_at, seq, id: id.0 };
        (at, StoredEvent { id, visit, pass, bytes, hash, signature, details })
    });
    Ok(placed.collect())
}

/// Takes an event out of its parking place.
pub(in super::super) async fn release(
    tx: &mut Tx,
    community: CommunityId,
    event: &Event,
    hash: Hash,
    visit: Option<VisitorId>,
    pass: Option<PassId>,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update journal_events set parked = $6, visit = $7, pass = $8
         where community = $1 and kiosk = $2 and incarnation = $3 and seq = $4 and hash = $5",
        community,
        event.kiosk,
        event.incarnation,
        event.seq,
        hash.0,
        false,
        visit,
        pass
    )?;
    Ok(())
}
