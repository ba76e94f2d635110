//! `/passes`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        passes::{NewPass, Pass, PassCard},
        problem::{Code, Problem},
    },
    id::PassId,
    words::Role,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    card, issue, photos,
    store::{self, PassRecord},
};
use crate::{
    app::App,
    auth::Caller,
    feed,
    http::{Answer, Body, Created, Page, Params, Segment},
    idempotency::IdempotencyKey,
    store::Tx,
};

/// `/passes`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(show))
        .routes(routes!(revoke))
        .merge(photos::routes())
}

/// Make a pass. The answer holds its token, its QR and its codes.
#[utoipa::path(post, path = "/passes", tag = "passes", params(IdempotencyKey), request_body = NewPass, security(("bearer" = [])),
    responses((status = 201, body = PassCard), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<NewPass>,
) -> Answer<Created<PassCard>> {
    let asked = body.value.unit_id;
    let now = app.now();
    let checked = issue::check(body.value, now);
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    let unit = issue::unit_of(&mut tx, &caller, asked).await?;
    issue::has_room(&mut tx, caller.community, unit.id, now).await?;
    let pass = issue::sign(&app, &mut tx, caller.community, caller.user, &unit, checked?).await?;
    store::insert(&mut tx, caller.community, &pass).await?;
    let change = pass.change()?;
    let answer = card::card(&app, &mut tx, caller.community, pass).await?;
    key.keep(&app, &mut tx, &caller, &answer).await?;
    feed::publish(&mut tx, caller.community, &[change], now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

/// The passes made for the caller's units since they live there; all of the community's for an admin.
#[utoipa::path(get, path = "/passes", tag = "passes", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Pass>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(page): Params<Page>,
) -> Answer<Json<List<Pass>>> {
    let mut tx = app.store.read().await?;
    let (after, rows) = (page.after(), page.rows());
    let rows = match caller.role {
        Role::Admin => store::list(&mut tx, caller.community, after, rows).await?,
        Role::Resident => {
            store::list_of_membership(&mut tx, caller.community, caller.membership, after, rows).await?
        }
        _ => return Err(Code::Forbidden.into()),
    };
    let (rows, next_cursor) = page.cut(rows, |pass| pass.id.0);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(card::show(&mut tx, caller.community, row).await?);
    }
    Ok(Json(List { items, next_cursor }))
}

/// A pass with its token, its QR and its codes as they are now: ask again for a live pass's next code.
#[utoipa::path(get, path = "/passes/{pass_id}", tag = "passes", params(("pass_id" = PassId, Path)),
    security(("bearer" = [])),
    responses((status = 200, body = PassCard), (status = "default", body = Problem)))]
async fn show(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment<PassId>,
) -> Answer<Json<PassCard>> {
    let mut tx = app.store.read().await?;
    let pass = own(&mut tx, &caller, id).await?;
    Ok(Json(card::card(&app, &mut tx, caller.community, pass).await?))
}

/// Revoke a pass. Gates that are online refuse it within two seconds. Revoking it again changes nothing.
#[utoipa::path(post, path = "/passes/{pass_id}/revoke", tag = "passes", params(("pass_id" = PassId, Path)),
    security(("bearer" = [])), responses((status = 200, body = Pass), (status = "default", body = Problem)))]
async fn revoke(State(app): State<App>, caller: Caller, Segment(id): Segment<PassId>) -> Answer<Json<Pass>> {
    let now = app.now();
    let mut tx = caller.write(&app).await?;
    let mut pass = hold_own(&mut tx, &caller, id).await?;
    let mut changes = Vec::new();
    if pass.revoked_at.is_none() {
        pass.revoked_at = Some(now);
        store::revoke(&mut tx, caller.community, id, now).await?;
        changes.push(pass.change()?);
        changes.extend(photos::store::forget(&mut tx, caller.community, id).await?);
    }
    let answer = card::show(&mut tx, caller.community, pass).await?;
    feed::publish(&mut tx, caller.community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// A pass that the caller may see: of a unit they live in and no older than their life there, or any for an admin. Others
/// are not there.
pub(super) async fn own(tx: &mut Tx, caller: &Caller, id: PassId) -> Answer<PassRecord> {
    let pass = store::pass(tx, caller.community, id).await?;
    seen_by(tx, caller, pass).await
}

/// The same, kept from being changed by others until this transaction ends.
pub(super) async fn hold_own(tx: &mut Tx, caller: &Caller, id: PassId) -> Answer<PassRecord> {
    let pass = store::hold(tx, caller.community, id).await?;
    seen_by(tx, caller, pass).await
}

async fn seen_by(tx: &mut Tx, caller: &Caller, pass: Option<PassRecord>) -> Answer<PassRecord> {
    let pass = pass.ok_or(Code::NotFound)?;
    let seen = match caller.role {
        Role::Admin => true,
        Role::Resident => store::is_of_membership(tx, caller.community, caller.membership, pass.id).await?,
        Role::Security | Role::Unknown(_) => false,
    };
    if seen { Ok(pass) } else { Err(Code::NotFound.into()) }
}
