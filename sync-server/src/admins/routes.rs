//! `/admins`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        problem::{Code, Problem},
        residents::{Admin as Shown, NewAdmin},
    },
    id::UserId,
    words::Role,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store;
use crate::{
    accounts::{
        Newcomer, Said,
        store::{self as accounts, Account},
    },
    app::App,
    auth::Admin,
    http::{Answer, Body, Created, Fields, Page, Params},
    idempotency::IdempotencyKey,
};

/// `/admins`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list))
}

/// Make a further admin.
#[utoipa::path(post, path = "/admins", tag = "admins", params(IdempotencyKey), request_body = NewAdmin, security(("bearer" = [])),
    responses((status = 201, body = Shown), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewAdmin>,
) -> Answer<Created<Shown>> {
    let now = app.now();
    let account = prepare(&app, &body.value).await?;
    let mut tx = app.store.write().await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    let membership = UserId::new(now, &mut app.entropy()).0;
    let community = caller.community;
    accounts::insert_account(&mut tx, &account, now).await?;
    accounts::insert_membership(&mut tx, community, membership, account.id, &Role::Admin, "ACTIVE", now)
        .await?;
    let answer = Shown { id: account.id, name: account.name, phone: account.phone, email: account.email };
    key.keep(&app, &mut tx, &caller, &answer).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

async fn prepare(app: &App, new: &NewAdmin) -> Answer<Account> {
    let mut fields = Fields::new();
    let NewAdmin { name, phone, email, password } = new;
    let newcomer = Newcomer::check(&mut fields, Said { name, phone, email, password });
    fields.finish()?;
    newcomer.ok_or(Code::Invalid)?.account(app).await
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
