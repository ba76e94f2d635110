//! Who did what to people's access and to the community's keys: written in the transaction that did it, never changed.

mod routes;
mod store;

use gatehouse::{
    id::{CommunityId, UserId},
    words::Deed,
};

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
    let now = app.now();
    let id = gatehouse::id::uuid_v7(now, &mut app.entropy());
    store::insert(tx, community, id, now, by, deed, about).await
}
