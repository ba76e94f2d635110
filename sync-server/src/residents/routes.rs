//! `/residents`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        problem::{Code, Problem},
        residents::{NewResident, Resident},
    },
    id::UserId,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{household, store};
use crate::{
    accounts::{Email, NAME, PASSWORD_LEAST, PASSWORD_MOST, Phone, store::Account},
    app::App,
    auth::Admin,
    feed,
    http::{Answer, Body, Created, Fields, Page, Params, Segment},
    idempotency::IdempotencyKey,
};

/// `/residents`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(approve)).routes(routes!(move_out))
}

/// Make a resident, approved from the start.
#[utoipa::path(post, path = "/residents", tag = "residents", request_body = NewResident,
    security(("bearer" = [])), responses((status = 201, body = Resident), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewResident>,
) -> Answer<Created<Resident>> {
    let new = body.value;
    let account = prepare(&app, &new).await?;
    let mut tx = app.store.write().await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    let changes = household::move_in(&app, &mut tx, caller.community, &account, &new.unit_ids).await?;
    let made = store::resident(&mut tx, caller.community, account.id).await?.ok_or(Code::Internal)?;
    let answer = household::show(&mut tx, caller.community, made).await?;
    key.keep(&app, &mut tx, &caller, body.request, &answer).await?;
    feed::publish(&mut tx, caller.community, &changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

async fn prepare(app: &App, new: &NewResident) -> Answer<Account> {
    let mut fields = Fields::new();
    let name = fields.text("name", &new.name, 1..=NAME);
    let phone: Option<Phone> = fields.parsed("phone", new.phone.parse());
    let email: Option<Email> = fields.parsed("email", new.email.parse());
    let length = new.password.chars().count();
    fields.require((PASSWORD_LEAST..=PASSWORD_MOST).contains(&length), "password", "10 to 200 characters");
    fields.require((1..=20).contains(&new.unit_ids.len()), "unit_ids", "1 to 20 units");
    fields.finish()?;
    Ok(Account {
        id: UserId::new(app.now(), &mut app.entropy()),
        name,
        phone: phone.map(|phone| phone.as_str().to_owned()),
        email: email.map(|email| email.as_str().to_owned()),
        password_hash: Some(app.passwords.hash(new.password.clone(), &mut app.entropy()).await?),
    })
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

/// Approve a resident who registered.
#[utoipa::path(post, path = "/residents/{resident_id}/approve", tag = "residents",
    params(("resident_id" = UserId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Resident), (status = "default", body = Problem)))]
async fn approve(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
) -> Answer<Json<Resident>> {
    let mut tx = app.store.write().await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let changes = household::approve(&app, &mut tx, caller.community, &resident).await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let answer = household::show(&mut tx, caller.community, resident).await?;
    feed::publish(&mut tx, caller.community, &changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(answer))
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
    let mut tx = app.store.write().await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let changes = household::move_out(&app, &mut tx, caller.community, &resident).await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let answer = household::show(&mut tx, caller.community, resident).await?;
    feed::publish(&mut tx, caller.community, &changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}
