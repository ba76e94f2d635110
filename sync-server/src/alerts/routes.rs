//! `/alerts`.

use axum::{Json, extract::State};
use gatehouse::api::{
    List,
    community::Alert,
    problem::{Code, Problem},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::store;
use crate::{
    app::App,
    auth::Admin,
    http::{Answer, Page, Parameters, Params, Segment},
};

/// `/alerts`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(acknowledge))
}

/// Which alerts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those that nobody took note of.
    #[serde(default)]
    open: bool,
}

impl Parameters for Filter {}

/// The community's alerts, those first that the server had last: a gate that was cut off tells of its own late.
#[utoipa::path(get, path = "/alerts", tag = "alerts", params(Page, Filter), security(("bearer" = [])),
    responses((status = 200, body = List<Alert>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
    Params(filter): Params<Filter>,
) -> Answer<Json<List<Alert>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, filter.open, page.before(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |alert| alert.place);
    Ok(Json(List { items: rows.into_iter().map(Alert::from).collect(), next_cursor }))
}

/// Take note of an alert. The first who does is kept.
#[utoipa::path(post, path = "/alerts/{alert_id}/acknowledge", tag = "alerts",
    params(("alert_id" = Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, body = Alert), (status = "default", body = Problem)))]
async fn acknowledge(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<Uuid>,
) -> Answer<Json<Alert>> {
    let mut tx = caller.write(&app).await?;
    store::acknowledge(&mut tx, caller.community, id, caller.user, app.now()).await?;
    let alert = store::alert(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    tx.commit().await?;
    Ok(Json(alert.into()))
}
