//! `/residents`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        problem::{Code, Problem},
        residents::{NewResident, Resident},
    },
    id::{CommunityId, UserId},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{household, store};
use crate::{
    accounts::{Newcomer, Said, store::Account},
    app::App,
    auth::Admin,
    feed,
    http::{Answer, Body, Created, Fields, Page, Params, Segment},
    idempotency::IdempotencyKey,
    store::Tx,
};

/// `/residents`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(approve)).routes(routes!(move_out))
}

/// Make a resident, approved from the start.
#[utoipa::path(post, path = "/residents", tag = "residents", params(IdempotencyKey), request_body = NewResident,
    security(("bearer" = [])), responses((status = 201, body = Resident), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewResident>,
) -> Answer<Created<Resident>> {
    let new = body.value;
    let account = prepare(&app, &new).await?;
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    let changes = household::move_in(&app, &mut tx, caller.community, &account, &new.unit_ids).await?;
    let made = store::resident(&mut tx, caller.community, account.id).await?.ok_or(Code::Internal)?;
    let answer = household::show(&mut tx, caller.community, made).await?;
    key.keep(&app, &mut tx, &caller, &answer).await?;
    feed::publish(&mut tx, caller.community, &changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

async fn prepare(app: &App, new: &NewResident) -> Answer<Account> {
    let mut fields = Fields::new();
    let NewResident { name, phone, email, password, .. } = new;
    let newcomer = Newcomer::check(&mut fields, Said { name, phone, email, password });
    fields.require((1..=20).contains(&new.unit_ids.len()), "unit_ids", "1 to 20 units");
    fields.finish()?;
    newcomer.ok_or(Code::Invalid)?.account(app).await
}

/// Which residents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// PENDING, ACTIVE or ENDED; all if absent.
    status: Option<String>,
}

/// The community's residents, those who wait for approval included.
#[utoipa::path(get, path = "/residents", tag = "residents", params(Page, Filter), security(("bearer" = [])),
    responses((status = 200, body = List<Resident>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
    Params(filter): Params<Filter>,
) -> Answer<Json<List<Resident>>> {
    let mut tx = app.store.read().await?;
    let status = filter.status.unwrap_or_default();
    let rows = store::list(&mut tx, caller.community, &status, page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |resident| resident.membership);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(household::show(&mut tx, caller.community, row).await?);
    }
    Ok(Json(List { items, next_cursor }))
}

/// Publishes what became of a resident, commits, and shows them as they are now.
async fn changed(
    app: &App,
    mut tx: Tx,
    community: CommunityId,
    id: UserId,
    changes: &[feed::Change],
) -> Answer<Json<Resident>> {
    let resident = store::resident(&mut tx, community, id).await?.ok_or(Code::NotFound)?;
    let answer = household::show(&mut tx, community, resident).await?;
    feed::publish(&mut tx, community, changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Approve a resident who registered.
#[utoipa::path(post, path = "/residents/{resident_id}/approve", tag = "residents",
    params(("resident_id" = UserId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Resident), (status = "default", body = Problem)))]
async fn approve(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
) -> Answer<Json<Resident>> {
    let mut tx = caller.write(&app).await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let changes = household::approve(&app, &mut tx, caller.community, &resident).await?;
    changed(&app, tx, caller.community, id, &changes).await
}

/// A resident moves out: sessions end, passes are revoked, spoken answers fetched ahead die.
#[utoipa::path(post, path = "/residents/{resident_id}/move-out", tag = "residents",
    params(("resident_id" = UserId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Resident), (status = "default", body = Problem)))]
async fn move_out(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
) -> Answer<Json<Resident>> {
    let mut tx = caller.write(&app).await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let changes = household::move_out(&app, &mut tx, caller.community, &resident).await?;
    changed(&app, tx, caller.community, id, &changes).await
}
