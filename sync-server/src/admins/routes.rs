//! `/admins`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        problem::Problem,
        residents::{Admin as Shown, NewAdmin},
    },
    id::UserId,
    words::Role,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store;
use crate::{
    accounts::{
        Email, NAME, PASSWORD_LEAST, PASSWORD_MOST, Phone,
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
#[utoipa::path(post, path = "/admins", tag = "admins", request_body = NewAdmin, security(("bearer" = [])),
    responses((status = 201, body = Shown), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewAdmin>,
) -> Answer<Created<Shown>> {
    let now = app.now();
    let account = prepare(&app, body.value).await?;
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
    key.keep(&app, &mut tx, &caller, body.request, &answer).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

async fn prepare(app: &App, new: NewAdmin) -> Answer<Account> {
    let mut fields = Fields::new();
    let name = fields.text("name", &new.name, 1..=NAME);
    let phone: Option<Phone> = fields.parsed("phone", new.phone.parse());
    let email: Option<Email> = fields.parsed("email", new.email.parse());
    let length = new.password.chars().count();
    fields.require((PASSWORD_LEAST..=PASSWORD_MOST).contains(&length), "password", "10 to 200 characters");
    fields.finish()?;
    Ok(Account {
        id: UserId::new(app.now(), &mut app.entropy()),
        name,
        phone: phone.map(|phone| phone.as_str().to_owned()),
        email: email.map(|email| email.as_str().to_owned()),
        password_hash: Some(app.passwords.hash(new.password, &mut app.entropy()).await?),
    })
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
