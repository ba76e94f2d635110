//! `/auth`.

use axum::{Json, extract::State, http::StatusCode};
use gatehouse::api::{
    auth::{Login, Refresh, Register, Registered, Session, User},
    people::PasswordChange,
    problem::{Code, Problem},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Caller, own_password, registering, sessions, signing_in, store};
use crate::{
    accounts::store as accounts,
    app::App,
    http::{Answer, Body, ClientAddress, Created},
};

/// `/auth`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(me))
        .routes(routes!(change_password))
}

/// Ask to join a community as a resident, for the first time or after moving out, with a new account or one's own. An
/// admin decides.
#[utoipa::path(post, path = "/auth/register", tag = "auth", request_body = Register, responses(
    (status = 201, body = Registered),
    (status = 409, description = "`already_exists`: the account's owner lives there already"),
    (status = "default", body = Problem)))]
async fn register(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    body: Body<Register>,
) -> Answer<Created<Registered>> {
    registering::register(&app, body.value, from).await.map(Created)
}

/// Sign in with e-mail or phone, and a password.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = Login, responses(
    (status = 200, body = Session), (status = "default", body = Problem)))]
async fn login(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    body: Body<Login>,
) -> Answer<Json<Session>> {
    signing_in::sign_in(&app, body.value, from).await.map(Json)
}

/// Exchange a refresh token for the next pair. Each is good once; within half a minute it may come again, its answer having
/// been lost, as long as the next one was not used.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = Refresh, responses(
    (status = 200, body = Session), (status = "default", body = Problem)))]
async fn refresh(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    body: Body<Refresh>,
) -> Answer<Json<Session>> {
    sessions::refresh(&app, &body.value.refresh_token, from).await.map(Json)
}

/// End the session: its access and refresh tokens are worth nothing from now on.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", security(("bearer" = [])), responses(
    (status = 204), (status = "default", body = Problem)))]
async fn logout(State(app): State<App>, caller: Caller) -> Answer<StatusCode> {
    let mut tx = caller.write(&app).await?;
    store::revoke_session(&mut tx, caller.session, app.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in.
#[utoipa::path(get, path = "/auth/me", tag = "auth", security(("bearer" = [])), responses(
    (status = 200, body = User), (status = "default", body = Problem)))]
async fn me(State(app): State<App>, caller: Caller) -> Answer<Json<User>> {
    let mut tx = app.store.read().await?;
    let account = accounts::account(&mut tx, caller.user).await?.ok_or(Code::Unauthenticated)?;
    let user = sessions::user(&mut tx, &account, caller.community, caller.membership, caller.role).await?;
    Ok(Json(user))
}

/// Change one's own password. All other sessions of the account end.
#[utoipa::path(post, path = "/auth/password", tag = "auth", request_body = PasswordChange,
    security(("bearer" = [])),
    responses((status = 204), (status = 401, description = "`wrong_credentials`: not the current password"),
        (status = "default", body = Problem)))]
async fn change_password(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(from): ClientAddress,
    body: Body<PasswordChange>,
) -> Answer<StatusCode> {
    own_password::change(&app, &caller, body.value, from).await?;
    Ok(StatusCode::NO_CONTENT)
}
