//! Events whose effects waited for a version of the server that knows them.

use std::collections::HashSet;

use gatehouse::{entropy::Entropy, id::CommunityId, journal::Recorded};

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

/// What became of one try.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    /// How many are parked no more.
    pub readable: usize,
    /// The last one looked at; nothing when no more stand behind it.
    pub last: Option<ParkedAt>,
}

/// Tries some of the parked events behind `after` again, the oldest first; from the oldest of all without. What cannot
/// be read yet does not keep what stands behind it waiting. The caller commits.
pub async fn retry(
    tx: &mut Tx,
    setting: Setting<'_>,
    after: Option<ParkedAt>,
    entropy: &mut impl Entropy,
) -> Result<Tried, StoreError> {
    let Setting { community, sealer, now } = setting;
    events::take_turn(tx, community).await?;
    let parked = parked_store::oldest(tx, community, after, TRIED).await?;
    let last = parked.last().map(|(at, _)| *at).filter(|_| parked.len() == TRIED as usize);
    let mut readable = Vec::new();
    let mut ids = HashSet::new();
    for (_, stored) in parked {
        let (signed, details) = stored.signed();
        let Ok(event) = signed.event() else { continue };
        let Ok(recorded) = Recorded::read(event, details.as_deref()) else { continue };
        // Two that came at once with one id: the first stands.
        if !ids.insert(recorded.event.id) {
            continue;
        }
        let (visit, pass) = (recorded.visit(), pass_of(&recorded.act));
        parked_store::release(tx, community, &recorded.event, signed.hash, visit, pass).await?;
        readable.push(recorded);
    }
    if !readable.is_empty() {
        let before = Before::of(tx, community, &readable).await?;
        let work = Work { community, sealer, now };
        let changes = effects::apply(tx, &work, &readable, &before, entropy).await?;
        feed::publish(tx, community, &changes, now, entropy).await?;
    }
    Ok(Tried { readable: readable.len(), last })
}

/// Whether any event is parked.
pub async fn any(tx: &mut Tx, community: CommunityId) -> Result<bool, StoreError> {
    Ok(!parked_store::oldest(tx, community, None, 1).await?.is_empty())
}
