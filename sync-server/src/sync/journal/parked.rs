//! Events whose effects waited for a version of the server that knows them.

use gatehouse::{entropy::Entropy, journal::Recorded};

use super::{
    Setting,
    effects::{self, Work, pass_of},
    store::events,
};
use crate::{
    feed,
    store::{StoreError, Tx},
};

/// How many are tried at a time.
const TRIED: u32 = 500;

/// Tries the oldest parked events again; answers how many are parked no more. The caller commits.
pub async fn retry(
    tx: &mut Tx,
    setting: Setting<'_>,
    entropy: &mut impl Entropy,
) -> Result<usize, StoreError> {
    let Setting { community, sealer, now } = setting;
    let parked = events::parked(tx, community, TRIED).await?;
    if parked.is_empty() {
        return Ok(0);
    }
    events::take_turn(tx, community).await?;
    let mut readable = Vec::new();
    for stored in parked {
        let (signed, details) = stored.signed();
        let Ok(event) = signed.event() else { continue };
        let Ok(recorded) = Recorded::read(event, details.as_deref()) else { continue };
        events::unpark(tx, community, recorded.event.id, recorded.visit(), pass_of(&recorded.act)).await?;
        readable.push(recorded);
    }
    let changes = effects::apply(tx, &Work { community, sealer, now }, &readable, entropy).await?;
    feed::publish(tx, community, &changes, now, entropy).await?;
    Ok(readable.len())
}
