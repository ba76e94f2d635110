//! `/audit`.

use axum::{Json, extract::State};
use gatehouse::api::{List, audit::AuditEntry, problem::Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store;
use crate::{
    app::App,
    auth::Admin,
    http::{Answer, Page, Params},
};

/// `/audit`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Who did what to people's and kiosks' access, to the community's keys and rules and to what is kept of visitors, the newest
/// first.
#[utoipa::path(get, path = "/audit", tag = "community", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<AuditEntry>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
) -> Answer<Json<List<AuditEntry>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, page.before(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |entry| entry.id);
    Ok(Json(List { items: rows.into_iter().map(AuditEntry::from).collect(), next_cursor }))
}
