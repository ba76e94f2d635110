//! Events that later ones took back.

use gatehouse::id::{CommunityId, EventId, KioskId};

use crate::{
    insert_all,
    store::{StoreError, Tx},
};

/// An event that was taken back, come or still to come.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Undone {
    pub(in super::super) event: EventId,
    /// The kiosk that took it back.
    pub(in super::super) by: KioskId,
}

/// Notes events that later ones took back, each once. Of one that had not come the last who took it back is kept: once it
/// is here nobody but its own kiosk is noted.
pub(in super::super) async fn note(
    tx: &mut Tx,
    community: CommunityId,
    undone: &[Undone],
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into undone_events (community, event, kiosk) ",
        undone,
        |undone| [community, undone.event, undone.by],
        " on conflict (community, event) do update set kiosk = excluded.kiosk"
    )
}
