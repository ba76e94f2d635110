//! `/visitors`.

use axum::{Json, extract::State, http::StatusCode};
use gatehouse::{
    api::{
        List,
        problem::{Code, Problem},
        visitors::{Answered, RequestEntry, Visitor},
    },
    id::{UserId, VisitorId},
    words::{Answer as Word, Deed, Role, VisitorStatus},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answer::{self, Effect},
    request,
    store::{self, VisitorRecord},
};
use crate::{
    app::App,
    audit,
    auth::{Admin, Caller, Resident},
    feed,
    http::{Answer, Body, Created, Fields, Page, Parameters, Params, Segment},
    idempotency::IdempotencyKey,
    notifications, photos,
    residents::store as residents,
    store::Tx,
    sync::journal::{Setting, erase::erase_visit},
};

/// `/visitors`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request_entry))
        .routes(routes!(list))
        .routes(routes!(pending))
        .routes(routes!(approve))
        .routes(routes!(deny))
        .routes(routes!(history))
        .routes(routes!(erase_details))
}

/// A guard asks the household to let somebody in. Every kiosk at the gate that is named shows the visitor and the
/// household's answer, and any of them may let the visitor in, once; where no gate is named, every kiosk of every gate.
#[utoipa::path(post, path = "/visitors/request-entry", tag = "visitors", params(IdempotencyKey), request_body = RequestEntry,
    security(("bearer" = [])), responses((status = 201, body = Visitor), (status = "default", body = Problem)))]
async fn request_entry(
    State(app): State<App>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<RequestEntry>,
) -> Answer<Created<Visitor>> {
    if !matches!(caller.role, Role::Security | Role::Admin) {
        return Err(Code::Forbidden.into());
    }
    let mut units = body.value.unit_ids.clone();
    units.sort_unstable();
    units.dedup();
    let visitor = request::check(&app, &caller, &body.value, &units)?;
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    request::check_known(&mut tx, caller.community, &visitor, &units).await?;
    store::insert(&mut tx, caller.community, &visitor, &units).await?;
    let asked = [(visitor.id, visitor.created_at)];
    notifications::visitors_pending(&mut tx, caller.community, &asked, app.now()).await?;
    let change = visitor.change(units);
    let answer = show(&mut tx, &caller, visitor).await?;
    key.keep(&app, &mut tx, &caller, &answer).await?;
    feed::publish(&mut tx, caller.community, &[change], app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

/// Let a visitor in. One answer of the household is enough, the first one stands.
#[utoipa::path(put, path = "/visitors/{visitor_id}/approve", tag = "visitors",
    params(("visitor_id" = VisitorId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Answered), (status = "default", body = Problem)))]
async fn approve(
    State(app): State<App>,
    Resident(caller): Resident,
    Segment(id): Segment<VisitorId>,
) -> Answer<Json<Answered>> {
    put_answer(&app, &caller, id, Word::Approve).await.map(Json)
}

/// Send a visitor away.
#[utoipa::path(put, path = "/visitors/{visitor_id}/deny", tag = "visitors",
    params(("visitor_id" = VisitorId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Answered), (status = "default", body = Problem)))]
async fn deny(
    State(app): State<App>,
    Resident(caller): Resident,
    Segment(id): Segment<VisitorId>,
) -> Answer<Json<Answered>> {
    put_answer(&app, &caller, id, Word::Deny).await.map(Json)
}

async fn put_answer(app: &App, caller: &Caller, id: VisitorId, word: Word) -> Answer<Answered> {
    let now = app.now();
    let mut tx = caller.write(app).await?;
    store::hold(&mut tx, caller.community, id).await?;
    let mut visitor = store::visitor(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    if !store::is_of_membership(&mut tx, caller.community, caller.membership, id).await? {
        return Err(Code::NotFound.into());
    }
    let units = store::units_of(&mut tx, caller.community, id).await?;
    let effect = answer::answer(&mut visitor, caller.user, word, now)?;
    let mut changes = Vec::new();
    if effect != Effect::Again {
        store::write_answer(&mut tx, caller.community, &visitor).await?;
        changes.push(visitor.change(units));
    }
    let answered = Answered { visitor: show(&mut tx, caller, visitor).await?, late: effect == Effect::Late };
    feed::publish(&mut tx, caller.community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(answered)
}

/// Which visits to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those that stand there; all if absent.
    status: Option<VisitorStatus>,
}

impl Parameters for Filter {
    fn check(&self, fields: &mut Fields) {
        let status = self.status.as_ref().map(VisitorStatus::as_str);
        fields.one_of("status", status, VisitorStatus::ALL);
    }
}

/// The community's visits, for guards and admins; the newest first.
#[utoipa::path(get, path = "/visitors", tag = "visitors", params(Page, Filter), security(("bearer" = [])),
    responses((status = 200, body = List<Visitor>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(page): Params<Page>,
    Params(filter): Params<Filter>,
) -> Answer<Json<List<Visitor>>> {
    if !matches!(caller.role, Role::Security | Role::Admin) {
        return Err(Code::Forbidden.into());
    }
    let mut tx = app.store.read().await?;
    let status = filter.status.as_ref().map_or("", VisitorStatus::as_str);
    let rows = store::list(&mut tx, caller.community, status, page.before(), page.rows()).await?;
    piece(&mut tx, &caller, page, rows).await
}

/// Who waits for the caller's household to answer; the newest first.
#[utoipa::path(get, path = "/visitors/pending", tag = "visitors", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Visitor>), (status = "default", body = Problem)))]
async fn pending(
    State(app): State<App>,
    Resident(caller): Resident,
    Params(page): Params<Page>,
) -> Answer<Json<List<Visitor>>> {
    let mut tx = app.store.read().await?;
    let (community, membership) = (caller.community, caller.membership);
    let rows =
        store::list_of_membership(&mut tx, community, membership, "PENDING", page.before(), page.rows());
    let rows = rows.await?;
    piece(&mut tx, &caller, page, rows).await
}

/// The visits to a resident's units since they live there, for the resident and for admins; the newest first.
#[utoipa::path(get, path = "/visitors/{resident_id}/history", tag = "visitors",
    params(("resident_id" = UserId, Path), Page), security(("bearer" = [])),
    responses((status = 200, body = List<Visitor>), (status = "default", body = Problem)))]
async fn history(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment<UserId>,
    Params(page): Params<Page>,
) -> Answer<Json<List<Visitor>>> {
    let own = caller.role == Role::Resident && caller.user == id;
    if caller.role != Role::Admin && !own {
        return Err(Code::Forbidden.into());
    }
    let mut tx = app.store.read().await?;
    let resident = residents::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let community = caller.community;
    let rows =
        store::list_of_membership(&mut tx, community, resident.membership, "", page.before(), page.rows());
    let rows = rows.await?;
    piece(&mut tx, &caller, page, rows).await
}

/// Forget what is known of the persons of a visit: what was asked over the API, and what its events say, their photos too,
/// here and at every kiosk. That somebody came stays.
#[utoipa::path(delete, path = "/visitors/{visitor_id}/details", tag = "visitors",
    params(("visitor_id" = VisitorId, Path)), security(("bearer" = [])),
    responses((status = 204), (status = "default", body = Problem)))]
async fn erase_details(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<VisitorId>,
) -> Answer<StatusCode> {
    let community = caller.community;
    let setting = Setting { community, sealer: &app.sealer, now: app.now() };
    let mut tx = caller.write(&app).await?;
    store::visitor(&mut tx, community, id).await?.ok_or(Code::NotFound)?;
    if let Some(changes) = erase_visit(&mut tx, setting, id).await? {
        let (by, thing) = (Some(caller.user), audit::Thing::Visitor(id));
        audit::record_of(&app, &mut tx, community, by, &Deed::DetailsErased, thing).await?;
        feed::publish(&mut tx, community, &changes, app.now(), &mut app.entropy()).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn piece(
    tx: &mut Tx,
    caller: &Caller,
    page: Page,
    rows: Vec<VisitorRecord>,
) -> Answer<Json<List<Visitor>>> {
    let (rows, next_cursor) = page.cut(rows, |visitor| visitor.id.0);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(show(tx, caller, row).await?);
    }
    Ok(Json(List { items, next_cursor }))
}

async fn show(tx: &mut Tx, caller: &Caller, visitor: VisitorRecord) -> Answer<Visitor> {
    Ok(Visitor {
        unit_ids: store::units_of(tx, caller.community, visitor.id).await?,
        has_photo: photos::has_photo(tx, caller.community, visitor.id).await?,
        id: visitor.id,
        name: visitor.name,
        phone: visitor.phone,
        visitor_type: visitor.visitor_type,
        vehicle_number: visitor.vehicle_number,
        company: visitor.company,
        people: visitor.people,
        subject: visitor.subject,
        status: visitor.status,
        resident_id: visitor.resident_id,
        security_id: visitor.security_id,
        pass_id: visitor.pass,
        gate_id: visitor.gate,
        asked_at: visitor.asked_at,
        answer: visitor.answer,
        answered_at: visitor.answered_at,
        check_in_time: visitor.check_in_time,
        check_out_time: visitor.check_out_time,
        created_at: visitor.created_at,
    })
}
