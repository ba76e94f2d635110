//! `/gates`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        gates::{Gate, NewGate},
        problem::Problem,
    },
    id::GateId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, GateRecord};
use crate::{
    app::App,
    auth::{Admin, Caller},
    feed,
    http::{Answer, Body, Created, Fields, Page, Params},
    idempotency::IdempotencyKey,
};

/// `/gates`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list))
}

/// Make a gate.
#[utoipa::path(post, path = "/gates", tag = "gates", params(IdempotencyKey), request_body = NewGate, security(("bearer" = [])),
    responses((status = 201, body = Gate), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewGate>,
) -> Answer<Created<Gate>> {
    let now = app.now();
    let mut fields = Fields::new();
    let name = fields.text("name", &body.value.name, 1..=40);
    fields.require(body.value.kind.is_known(), "kind", "BOTH, ENTRY or EXIT");
    fields.finish()?;
    let gate = GateRecord { id: GateId::new(now, &mut app.entropy()), name, kind: body.value.kind };
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    store::insert(&mut tx, caller.community, &gate, now).await?;
    let change = gate.change();
    let answer = Gate::from(gate);
    key.keep(&app, &mut tx, &caller, &answer).await?;
    feed::publish(&mut tx, caller.community, &[change], now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

/// The community's gates.
#[utoipa::path(get, path = "/gates", tag = "gates", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Gate>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(page): Params<Page>,
) -> Answer<Json<List<Gate>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |gate| gate.id.0);
    Ok(Json(List { items: rows.into_iter().map(Gate::from).collect(), next_cursor }))
}
