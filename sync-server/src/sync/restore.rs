//! After the database was put back from a copy: what kiosks hold may be ahead of it.

use gatehouse::id::CommunityId;

use super::feed;
use crate::{app::App, communities::store as communities, http::Answer};

/// Begins a new life of every community's feed: each kiosk loads a snapshot, and sends again what this copy lacks.
/// Answers the communities.
pub async fn restored(app: &App) -> Answer<Vec<CommunityId>> {
    let mut tx = app.store.write().await?;
    let all = communities::all(&mut tx).await?;
    for community in &all {
        feed::renew(&mut tx, *community, app.now(), &mut app.entropy()).await?;
    }
    tx.commit().await?;
    Ok(all)
}
