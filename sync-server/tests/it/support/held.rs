//! What kiosks hold: the feed's rows, read from the tables.

use gatehouse::{feed::row::Body, id::CommunityId};
use gatehouse_server::fetch_all;
use uuid::Uuid;

use super::Served;

/// The bodies of a kind that the feed holds, tombstones aside.
pub async fn rows<B: Body>(server: &Served, community: CommunityId) -> Vec<(Uuid, B)> {
    let mut tx = server.app.store.read().await.unwrap();
    let sql =
        "select id, body from feed_rows where community = $1 and kind = $2 and body is not null order by id";
    let rows = fetch_all!(&mut tx, (Uuid, Vec<u8>), sql, community, B::KIND.0).unwrap();
    rows.into_iter().map(|(id, body)| (id, B::from_body(&body).unwrap())).collect()
}

/// The body of one entity, if the feed holds it.
pub async fn row<B: Body>(server: &Served, community: CommunityId, id: &str) -> Option<B> {
    let id: Uuid = id.parse().unwrap();
    rows(server, community).await.into_iter().find(|(held, _)| *held == id).map(|(_, body)| body)
}

/// The number of the community's latest change.
pub async fn head(server: &Served, community: CommunityId) -> u64 {
    let mut tx = server.app.store.read().await.unwrap();
    let sql = "select seq from feed_heads where community = $1";
    let rows = fetch_all!(&mut tx, (i64,), sql, community).unwrap();
    rows[0].0.unsigned_abs()
}
