//! What is held of the journal an upload belongs to.

use ed25519_dalek::VerifyingKey;
use gatehouse::{
    id::CommunityId,
    journal::{
        Head, genesis,
        ingest::{self, Known},
    },
    sync::Upload,
};

use super::store::events;
use crate::{
    store::{StoreError, Tx},
    sync::kiosk,
};

/// What an upload is weighed against; nothing when its kiosk is not of this community.
pub(super) async fn known(
    tx: &mut Tx,
    community: CommunityId,
    upload: &Upload,
) -> Result<Option<(Known, Vec<u64>)>, StoreError> {
    let Some(kiosk) = kiosk::enrolled(tx, upload.kiosk).await?.filter(|kiosk| kiosk.community == community)
    else {
        return Ok(None);
    };
    let key = VerifyingKey::from_bytes(&kiosk.public.0)
        .map_err(|_| StoreError::Decode("an enrolled kiosk's key is no key".into()))?;
    let incarnation = upload.after.incarnation;
    let journal = events::journal(tx, community, upload.kiosk, incarnation).await?;
    let Some((seq, hash)) = journal else {
        let hash = genesis(community, upload.kiosk, incarnation);
        let head = Head { incarnation, seq: 0, hash };
        return Ok(Some((Known { community, key, head, held: Vec::new(), superseded_at: None }, Vec::new())));
    };
    let reach = ingest::reach(upload);
    let (held, parked) = events::held(tx, community, upload.kiosk, incarnation, &reach).await?;
    let superseded_at = events::superseded_at(tx, community, upload.kiosk, incarnation).await?;
    let head = Head { incarnation, seq, hash };
    Ok(Some((Known { community, key, head, held, superseded_at }, parked)))
}
