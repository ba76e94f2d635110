//! What is held of the journal an upload belongs to.

use ed25519_dalek::VerifyingKey;
use gatehouse::{
    hash::Hash,
    id::CommunityId,
    journal::{
        Head, genesis,
        ingest::{self, Known},
    },
    keys::PublicKey,
    sync::Upload,
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
    /// The community's turn by then, where anything of the journal is held.
    pub(super) turn: Option<u64>,
}

/// Looks up what is held. `public` is the key of the upload's kiosk.
pub(super) async fn find(
    tx: &mut Tx,
    community: CommunityId,
    public: PublicKey,
    upload: &Upload,
) -> Result<Found, StoreError> {
    let key = VerifyingKey::from_bytes(&public.0)
        .map_err(|_| StoreError::Decode("an enrolled kiosk's key is no key".into()))?;
    let incarnation = upload.after.incarnation;
    let Some(journal) = events::journal(tx, community, upload.kiosk, incarnation).await? else {
        let head = Head { incarnation, seq: 0, hash: genesis(community, upload.kiosk, incarnation) };
        let known = Known { community, key, head, held: Vec::new(), superseded_at: None };
        return Ok(Found { known, beside: 0, parked: Vec::new(), turn: None });
    };
    let head = Head { incarnation, seq: journal.seq, hash: Hash(journal.hash) };
    // Right behind the chain's end, with nothing beside it, nothing can be held.
    let (held, parked) = if upload.after == head && journal.beside == 0 {
        (Vec::new(), Vec::new())
    } else {
        events::held(tx, community, upload.kiosk, incarnation, &ingest::reach(upload)).await?
    };
    let known = Known { community, key, head, held, superseded_at: journal.superseded_at };
    Ok(Found { known, beside: journal.beside, parked, turn: journal.turn })
}
