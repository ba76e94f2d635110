//! `/links`, and what the links are for.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse},
    routing::get,
};
use gatehouse::{
    api::{
        List,
        people::{AcceptInvitation, HandedLink, OpenLink, PasswordReset},
        problem::{Code, Problem},
        residents::Admin as Joined,
    },
    id::UserId,
    words::Deed,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{admin, page::LinkPage, password, store};
use crate::{
    app::App,
    audit,
    auth::Admin,
    http::{Answer, Bodiless, Body, ClientAddress, Created, Page, Params, Segment},
    idempotency::IdempotencyKey,
    origin::OwnAddress,
};

/// `/links`, and what the links are for.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(password_link))
        .routes(routes!(reset))
        .routes(routes!(invite))
        .routes(routes!(accept))
        .routes(routes!(list))
        .routes(routes!(withdraw))
        .route("/links/password", get(async || page(LinkPage::Password)))
        .route("/links/join", get(async || page(LinkPage::Join)))
}

fn page(page: LinkPage) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, LinkPage::policy()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Html(page.html()))
}

/// A one-time link by which a resident sets a new password, to be handed over by the admin who asks: good for a day, in
/// place of any before. Refused for an account that is more than a resident of this community.
#[utoipa::path(post, path = "/residents/{resident_id}/password-link", tag = "residents",
    params(("resident_id" = UserId, Path), IdempotencyKey), security(("bearer" = [])),
    responses((status = 201, body = HandedLink), (status = "default", body = Problem)))]
async fn password_link(
    State(app): State<App>,
    Admin(caller): Admin,
    OwnAddress(server): OwnAddress,
    Segment(user): Segment<UserId>,
    key: IdempotencyKey,
    Bodiless(request): Bodiless,
) -> Answer<Created<HandedLink>> {
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, request).await? {
        return Ok(Created(before));
    }
    let link = password::give(&app, &mut tx, &caller, &server, user).await?;
    key.keep(&app, &mut tx, &caller, &link).await?;
    tx.commit().await?;
    Ok(Created(link))
}

/// Set a new password by such a link. Every session of the account ends.
#[utoipa::path(post, path = "/auth/password/reset", tag = "auth", request_body = PasswordReset,
    responses((status = 204), (status = 410, description = "`link_gone`: used, withdrawn or over"),
        (status = "default", body = Problem)))]
async fn reset(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    body: Body<PasswordReset>,
) -> Answer<StatusCode> {
    password::reset(&app, body.value, from).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A one-time link by which somebody becomes an admin, to be handed over: good for three days.
#[utoipa::path(post, path = "/admins/invitations", tag = "admins", params(IdempotencyKey),
    security(("bearer" = [])),
    responses((status = 201, body = HandedLink), (status = "default", body = Problem)))]
async fn invite(
    State(app): State<App>,
    Admin(caller): Admin,
    OwnAddress(server): OwnAddress,
    key: IdempotencyKey,
    Bodiless(request): Bodiless,
) -> Answer<Created<HandedLink>> {
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, request).await? {
        return Ok(Created(before));
    }
    let link = admin::invite(&app, &mut tx, &caller, &server).await?;
    key.keep(&app, &mut tx, &caller, &link).await?;
    tx.commit().await?;
    Ok(Created(link))
}

/// Become an admin by such a link, with a new account or one's own; again, if one was.
#[utoipa::path(post, path = "/auth/invitations/accept", tag = "auth", request_body = AcceptInvitation,
    responses((status = 201, body = Joined), (status = 410, description = "`link_gone`: used, withdrawn or over"),
        (status = "default", body = Problem)))]
async fn accept(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    body: Body<AcceptInvitation>,
) -> Answer<Created<Joined>> {
    admin::accept(&app, body.value, from).await.map(Created)
}

/// The links that were given out and are still good.
#[utoipa::path(get, path = "/links", tag = "admins", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<OpenLink>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
) -> Answer<Json<List<OpenLink>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, app.now(), page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |link| link.id);
    Ok(Json(List { items: rows.into_iter().map(OpenLink::from).collect(), next_cursor }))
}

/// Take a link back: it is worth nothing from now on.
#[utoipa::path(delete, path = "/links/{link_id}", tag = "admins", params(("link_id" = Uuid, Path)),
    security(("bearer" = [])), responses((status = 204), (status = "default", body = Problem)))]
async fn withdraw(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<Uuid>,
) -> Answer<StatusCode> {
    let mut tx = caller.write(&app).await?;
    if !store::delete(&mut tx, caller.community, id).await? {
        return Err(Code::NotFound.into());
    }
    audit::record(&app, &mut tx, caller.community, Some(caller.user), &Deed::LinkWithdrawn, None).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
