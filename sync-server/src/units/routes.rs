//! `/units`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        problem::{Code, Problem},
        units::{NewUnit, Unit, UnitChange},
    },
    id::UnitId,
    words::{Deed, UnitState},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, UnitRecord};
use crate::{
    app::App,
    audit,
    auth::{Admin, Caller},
    feed,
    http::{Answer, Body, Created, Fields, Page, Params, Segment},
    idempotency::IdempotencyKey,
};

/// `/units`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(show, change))
}

/// Make a unit.
#[utoipa::path(post, path = "/units", tag = "units", params(IdempotencyKey), request_body = NewUnit, security(("bearer" = [])),
    responses((status = 201, body = Unit), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewUnit>,
) -> Answer<Created<Unit>> {
    let now = app.now();
    let unit = check(&body.value, UnitId::new(now, &mut app.entropy()))?;
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    store::insert(&mut tx, caller.community, &unit, now).await?;
    let change = unit.change();
    let answer = Unit::from(unit);
    key.keep(&app, &mut tx, &caller, &answer).await?;
    feed::publish(&mut tx, caller.community, &[change], now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

fn check(new: &NewUnit, id: UnitId) -> Answer<UnitRecord> {
    let mut fields = Fields::new();
    let unit = UnitRecord {
        id,
        tower: fields.text("tower", &new.tower, 0..=10),
        floor: i64::from(new.floor),
        number: fields.text("number", &new.number, 1..=10),
        state: UnitState::Vacant,
        epoch: 1,
        intercom: fields.optional("intercom", new.intercom.as_deref(), 20),
    };
    fields.finish()?;
    Ok(unit)
}

/// The community's units.
#[utoipa::path(get, path = "/units", tag = "units", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Unit>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(page): Params<Page>,
) -> Answer<Json<List<Unit>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |unit| unit.id.0);
    Ok(Json(List { items: rows.into_iter().map(Unit::from).collect(), next_cursor }))
}

/// One unit.
#[utoipa::path(get, path = "/units/{unit_id}", tag = "units", params(("unit_id" = UnitId, Path)),
    security(("bearer" = [])), responses((status = 200, body = Unit), (status = "default", body = Problem)))]
async fn show(State(app): State<App>, caller: Caller, Segment(id): Segment<UnitId>) -> Answer<Json<Unit>> {
    let mut tx = app.store.read().await?;
    let unit = store::unit(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    Ok(Json(unit.into()))
}

/// Change a unit: bar it, or say what its intercom is.
#[utoipa::path(patch, path = "/units/{unit_id}", tag = "units", params(("unit_id" = UnitId, Path)),
    request_body = UnitChange, security(("bearer" = [])),
    responses((status = 200, body = Unit), (status = "default", body = Problem)))]
async fn change(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UnitId>,
    body: Body<UnitChange>,
) -> Answer<Json<Unit>> {
    let mut fields = Fields::new();
    let known = body.value.state.as_ref().is_none_or(UnitState::is_known);
    fields.require(known, "state", "OCCUPIED, VACANT or BARRED");
    let intercom = body.value.intercom.as_deref().map(|text| fields.optional("intercom", Some(text), 20));
    fields.finish()?;
    let mut tx = caller.write(&app).await?;
    let mut unit = store::hold(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let before = (unit.state.clone(), unit.intercom.clone());
    if let Some(state) = body.value.state {
        unit.state = state;
    }
    if let Some(intercom) = intercom {
        unit.intercom = intercom;
    }
    if before != (unit.state.clone(), unit.intercom.clone()) {
        let (by, thing) = (Some(caller.user), audit::Thing::Unit(id));
        audit::record_of(&app, &mut tx, caller.community, by, &Deed::UnitChanged, thing).await?;
    }
    store::update(&mut tx, caller.community, &unit).await?;
    feed::publish(&mut tx, caller.community, &[unit.change()], app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(unit.into()))
}
