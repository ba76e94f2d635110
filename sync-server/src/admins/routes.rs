//! `/admins`.

use axum::{Json, extract::State, http::StatusCode};
use gatehouse::{
    api::{List, problem::Problem, residents::Admin as Shown},
    id::UserId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{remove, store};
use crate::{
    app::App,
    auth::Admin,
    http::{Answer, Page, Params, Segment},
};

/// `/admins`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// The community's admins.
#[utoipa::path(get, path = "/admins", tag = "admins", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Shown>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
) -> Answer<Json<List<Shown>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |admin| admin.membership);
    Ok(Json(List { items: rows.into_iter().map(Shown::from).collect(), next_cursor }))
}

/// An admin is one no more: their sessions end, and the links and codes they handed out are worth nothing. The last admin
/// cannot be ended.
#[utoipa::path(delete, path = "/admins/{admin_id}", tag = "admins", params(("admin_id" = UserId, Path)),
    security(("bearer" = [])),
    responses((status = 204), (status = 409, description = "`wrong_state`: the last admin"),
        (status = "default", body = Problem)))]
async fn end(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(user): Segment<UserId>,
) -> Answer<StatusCode> {
    remove::remove(&app, &caller, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
