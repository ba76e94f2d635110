//! Who did what to people's and kiosks' access and to the community's keys: written in the transaction that did it, never changed.

mod routes;
mod store;

use gatehouse::{
    id::{CommunityId, KioskId, UserId},
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
    let about = store::About { person: about, kiosk: None };
    store::insert(tx, community, id(app), app.now(), by, deed, about).await
}

/// Writes down that `by` (nobody: who held its code) did `deed` to a kiosk.
pub async fn record_of_kiosk(
    app: &App,
    tx: &mut Tx,
    community: CommunityId,
    by: Option<UserId>,
    deed: &Deed,
    kiosk: KioskId,
) -> Result<(), StoreError> {
    let about = store::About { person: None, kiosk: Some(kiosk) };
    store::insert(tx, community, id(app), app.now(), by, deed, about).await
}

fn id(app: &App) -> Uuid {
    gatehouse::id::uuid_v7(app.now(), &mut app.entropy())
}
