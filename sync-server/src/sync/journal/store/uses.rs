//! Uses of passes.

use gatehouse::{
    id::{CommunityId, EventId, GateId, KioskId, PassId, VisitorId},
    time::UnixMs,
};

use crate::{
    execute, fetch_in, insert_all, record,
    store::{StoreError, Tx},
};

record! {
    /// A use of a pass.
    pub(in super::super) struct Use {
        pub(in super::super) event: EventId,
        pub(in super::super) pass: PassId,
        pub(in super::super) kiosk: KioskId,
        pub(in super::super) gate: GateId,
        pub(in super::super) visit: VisitorId,
        pub(in super::super) at: UnixMs,
    }

    /// What effects need to know of a pass.
    pub(in super::super) struct Pass {
        pub(in super::super) id: PassId,
        pub(in super::super) uses: Option<u32>,
        pub(in super::super) name: String,
        pub(in super::super) phone: Option<String>,
        pub(in super::super) plate: Option<String>,
        pub(in super::super) company: Option<String>,
        pub(in super::super) revoked_at: Option<UnixMs>,
    }
}

/// A use to be stored.
pub(in super::super) struct NewUse {
    pub(in super::super) event: EventId,
    pub(in super::super) pass: PassId,
    pub(in super::super) kiosk: KioskId,
    pub(in super::super) gate: GateId,
    pub(in super::super) visit: VisitorId,
    pub(in super::super) at: UnixMs,
    pub(in super::super) undone: bool,
}

pub(in super::super) async fn passes(
    tx: &mut Tx,
    community: CommunityId,
    ids: &[PassId],
) -> Result<Vec<Pass>, StoreError> {
    fetch_in!(
        tx,
        Pass,
        "select id, uses, name, phone, plate, company, revoked_at from passes where community = ",
        community,
        " and id",
        ids
    )
}

pub(in super::super) async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    uses: &[NewUse],
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "insert into pass_uses (community, event, pass, kiosk, gate, visit, at, undone) ",
        uses,
        |new| [community, new.event, new.pass, new.kiosk, new.gate, new.visit, new.at, new.undone],
        " on conflict (community, event) do nothing"
    )
}

/// Takes a use back; true where there was one.
pub(in super::super) async fn take_back(
    tx: &mut Tx,
    community: CommunityId,
    event: EventId,
) -> Result<bool, StoreError> {
    let taken = execute!(
        tx,
        "update pass_uses set undone = $3 where community = $1 and event = $2 and not undone",
        community,
        event,
        true
    )?;
    Ok(taken == 1)
}

/// All uses of these passes that were not taken back, each pass's in their order of time.
pub(in super::super) async fn of_passes(
    tx: &mut Tx,
    community: CommunityId,
    passes: &[PassId],
) -> Result<Vec<Use>, StoreError> {
    let mut uses = fetch_in!(
        tx,
        Use,
        "select event, pass, kiosk, gate, visit, at from pass_uses where not undone and community = ",
        community,
        " and pass",
        passes
    )?;
    uses.sort_unstable_by_key(|found| (found.pass, found.at, found.event));
    Ok(uses)
}
