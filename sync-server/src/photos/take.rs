//! Taking in a photo from a kiosk.

use gatehouse::{
    api::problem::Code,
    hash::Hash,
    id::{CommunityId, EventId},
    journal::Act,
    time::{DAY, UnixMs},
};

use super::store::{self, Told};
use crate::{
    http::{Answer, Fault},
    store::Tx,
    sync::journal::{self, Known},
};

/// How long photos are kept, in milliseconds.
pub const KEPT: i64 = 30 * DAY;

/// Takes in the photo of an event. Sent again, it changes nothing. The caller commits.
pub(super) async fn take(
    tx: &mut Tx,
    community: CommunityId,
    event: EventId,
    jpeg: &[u8],
    now: UnixMs,
) -> Answer<()> {
    if !jpeg.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(Code::NotAPicture.into());
    }
    // In turn with erasures: each of the two sees what the other did.
    journal::take_turn(tx, community).await?;
    let (recorded, at) = match journal::known_event(tx, community, event).await? {
        None => return Err(Code::NotFound.into()),
        Some(Known::Erased) => return Err(Code::PhotoErased.into()),
        Some(Known::Here(recorded, at)) => (recorded, at),
    };
    let Act::PhotoTaken { visit, digest } = recorded.act else { return Err(Code::WrongState.into()) };
    if at < now.plus(-KEPT) {
        return Err(Code::PhotoErased.into());
    }
    if Hash::of(&[jpeg]) != digest {
        return Err(
            Fault::new(Code::DigestMismatch).detail("these are not the bytes that the event tells of")
        );
    }
    let told = Told { event, visit, digest, at };
    Ok(store::insert(tx, community, &told, jpeg).await?)
}
