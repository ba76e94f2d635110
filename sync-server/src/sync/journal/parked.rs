//! Events whose effects waited for a version of the server that knows them.

use std::collections::HashSet;

use gatehouse::{entropy::Entropy, hash::Hash, id::CommunityId, journal::Recorded};

use super::{
    Setting,
    before::Before,
    effects::{self, Work, pass_of},
    store::{events, parked as parked_store},
};
use crate::{
    feed,
    store::{StoreError, Tx},
};

pub use super::store::parked::ParkedAt;

/// How many are tried at a time.
const TRIED: u32 = 500;

/// What became of one look or try.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    /// How many are to be parked no more.
    pub readable: usize,
    /// The last one looked at; nothing when no more stand behind it.
    pub last: Option<ParkedAt>,
}

/// Looks whether any of the next parked events behind `after` can be read by now; from the oldest of all without. `tx` may
/// be one that only reads.
pub async fn look(tx: &mut Tx, community: CommunityId, after: Option<ParkedAt>) -> Result<Tried, StoreError> {
    let found = Found::behind(tx, community, after).await?;
    Ok(Tried { readable: found.readable.len(), last: found.last })
}

/// Tries the events again that [`look`] looks at. What cannot be read yet does not keep what stands behind it waiting. The
/// caller commits.
pub async fn retry(
    tx: &mut Tx,
    setting: Setting<'_>,
    after: Option<ParkedAt>,
    entropy: &mut impl Entropy,
) -> Result<Tried, StoreError> {
    let Setting { community, sealer, now } = setting;
    events::take_turn(tx, community).await?;
    let Found { readable, before, last } = Found::behind(tx, community, after).await?;
    let mut room = before.room();
    for (recorded, hash) in &readable {
        let pass = pass_of(&recorded.act).filter(|pass| room.for_pass(*pass));
        parked_store::release(tx, community, &recorded.event, *hash, recorded.visit(), pass).await?;
    }
    let readable: Vec<Recorded> = readable.into_iter().map(|(recorded, _)| recorded).collect();
    if !readable.is_empty() {
        let work = Work { community, sealer, now };
        let changes = effects::apply(tx, &work, &readable, &before, entropy).await?;
        feed::publish(tx, community, &changes, now, entropy).await?;
    }
    Ok(Tried { readable: readable.len(), last })
}

/// The next parked events, as far as they can be read.
struct Found {
    /// Those that are to be applied, with their hashes.
    readable: Vec<(Recorded, Hash)>,
    /// What they come upon.
    before: Before,
    last: Option<ParkedAt>,
}

impl Found {
    async fn behind(
        tx: &mut Tx,
        community: CommunityId,
        after: Option<ParkedAt>,
    ) -> Result<Self, StoreError> {
        let parked = parked_store::oldest(tx, community, after, TRIED).await?;
        let last = parked.last().map(|(at, _)| *at).filter(|_| parked.len() == TRIED as usize);
        let mut readable = Vec::new();
        let mut ids = HashSet::new();
        for (_, stored) in parked {
            let (signed, details) = stored.signed();
            let Ok(event) = signed.event() else { continue };
            let Ok(recorded) = Recorded::read(event, details.as_deref()) else { continue };
            // Two that came at once with one id: the first stands.
            if ids.insert(recorded.event.id) {
                readable.push((recorded, signed.hash));
            }
        }
        let events: Vec<&Recorded> = readable.iter().map(|(recorded, _)| recorded).collect();
        let before = Before::of(tx, community, &events).await?;
        let mut room = before.room();
        readable.retain(|(recorded, _)| recorded.visit().is_none_or(|visit| room.for_visit(visit)));
        Ok(Self { readable, before, last })
    }
}
