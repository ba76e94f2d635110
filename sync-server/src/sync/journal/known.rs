//! What is held of the journal an upload belongs to.

use ed25519_dalek::VerifyingKey;
use gatehouse::{
    hash::Hash,
    id::CommunityId,
    journal::{
        Head, genesis,
        ingest::{self, Known},
    },
    sync::Upload,
    time::UnixMs,
};

use super::store::events;
use crate::store::{StoreError, Tx};

/// What an upload is weighed against.
pub(super) struct Found {
    pub(super) known: Known,
    /// How many events are held beside the chain.
    pub(super) beside: u64,
    /// Which of the events in its reach wait to be understood.
    pub(super) parked: Vec<u64>,
}

/// What changes whenever what an upload is weighed against does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) seq: u64,
    pub(super) beside: u64,
    pub(super) superseded_at: Option<UnixMs>,
}

impl Extent {
    /// That of a journal with so many events beside its chain.
    pub(super) const fn of(known: &Known, beside: u64) -> Self {
        Self { seq: known.head.seq, beside, superseded_at: known.superseded_at }
    }
}

/// Looks up what is held. `key` is that of the upload's kiosk.
pub(super) async fn find(
    tx: &mut Tx,
    community: CommunityId,
    key: VerifyingKey,
    upload: &Upload,
) -> Result<Found, StoreError> {
    let incarnation = upload.after.incarnation;
    let Some(journal) = events::journal(tx, community, upload.kiosk, incarnation).await? else {
        let head = Head { incarnation, seq: 0, hash: genesis(community, upload.kiosk, incarnation) };
        let known = Known { community, key, head, held: Vec::new(), superseded_at: None };
        return Ok(Found { known, beside: 0, parked: Vec::new() });
    };
    let head = Head { incarnation, seq: journal.seq, hash: Hash(journal.hash) };
    // Right behind the chain's end, with nothing beside it, nothing can be held.
    let (held, parked) = if upload.after == head && journal.beside == 0 {
        (Vec::new(), Vec::new())
    } else {
        events::held(tx, community, upload.kiosk, incarnation, &ingest::reach(upload)).await?
    };
    let known = Known { community, key, head, held, superseded_at: journal.superseded_at };
    Ok(Found { known, beside: journal.beside, parked })
}
