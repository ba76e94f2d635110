//! Who did what to people's and kiosks' access, to the community's keys and rules, and to what is kept of visitors: written
//! in the transaction that did it, never changed.

mod routes;
mod store;

use gatehouse::{
    id::{CommunityId, EventId, KioskId, UnitId, UserId, VisitorId},
    words::Deed,
};
use uuid::Uuid;

pub use routes::routes;

use crate::{
    app::App,
    store::{StoreError, Tx},
};

/// Writes down that `by` (nobody: the server's owner, or who held a link) did `deed`, to or for `about`.
pub async fn record(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    by: Option<UserId>,
    deed: &Deed,
    about: Option<UserId>,
) -> Result<(), StoreError> {
    let about = store::About { person: about, ..store::About::default() };
    store::insert(tx, community, id(app), app.now(), by, deed, about).await
}

/// What a deed that was done to no person was done to.
#[derive(Clone, Copy, Debug)]
pub enum Thing {
    /// A kiosk.
    Kiosk(KioskId),
    /// A unit.
    Unit(UnitId),
    /// An event of a journal.
    Event(EventId),
    /// A visitor.
    Visitor(VisitorId),
}

/// Writes down that `by` (nobody: who held a kiosk's code) did `deed` to a thing.
pub async fn record_of(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    by: Option<UserId>,
    deed: &Deed,
    thing: Thing,
) -> Result<(), StoreError> {
    let nothing = store::About::default();
    let about = match thing {
        Thing::Kiosk(kiosk) => store::About { kiosk: Some(kiosk), ..nothing },
        Thing::Unit(unit) => store::About { unit: Some(unit), ..nothing },
        Thing::Event(event) => store::About { event: Some(event), ..nothing },
        Thing::Visitor(visitor) => store::About { visitor: Some(visitor), ..nothing },
    };
    store::insert(tx, community, id(app), app.now(), by, deed, about).await
}

fn id(app: &App) -> Uuid {
    gatehouse::id::uuid_v7(app.now(), &mut app.entropy())
}
