//! `/guards`.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use gatehouse::{
    api::{
        List,
        gates::{Guard, GuardChange, NewGuard},
        problem::{Code, Problem},
    },
    code::SixDigits,
    entropy::Entropy,
    id::{CommunityId, UserId},
    time::UnixMs,
    words::{Deed, Role},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{create, store};
use crate::{
    accounts::store as accounts,
    app::App,
    audit,
    auth::{Admin, Caller},
    feed,
    http::{Answer, Body, Created, Fields, Page, Params, Segment},
    idempotency::IdempotencyKey,
    pictures::{Jpeg, PICTURE_LIMIT, Sent},
    store::Tx,
};

/// `/guards`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(make, list))
        .routes(routes!(change))
        .routes(routes!(photo, set_photo, remove_photo))
        .layer(DefaultBodyLimit::max(PICTURE_LIMIT))
}

/// Make a guard.
///
/// Where there is an account of this phone, as of somebody who lives here or guards elsewhere, the guard is its owner: it
/// keeps its name and its password, and what is sent as such counts for nothing. If that account has an e-mail, it has to be
/// sent as well: `already_exists` names the field that is somebody else's.
#[utoipa::path(post, path = "/guards", tag = "guards", params(IdempotencyKey), request_body = NewGuard,
    security(("bearer" = [])),
    responses((status = 201, body = Guard),
        (status = 409, description = "`already_exists`, by its field: a guard already, or a contact is another account's"),
        (status = "default", body = Problem)))]
async fn make(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewGuard>,
) -> Answer<Created<Guard>> {
    let prepared = create::prepare(&app, body.value).await?;
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    let guard = create::write(&app, &mut tx, caller.community, prepared).await?;
    let change = guard.change();
    let answer = Guard::from(guard);
    key.keep(&app, &mut tx, &caller, &answer).await?;
    let by = Some(caller.user);
    audit::record(&app, &mut tx, caller.community, by, &Deed::GuardAdded, Some(answer.id)).await?;
    feed::publish(&mut tx, caller.community, &[change], app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

/// The community's guards.
#[utoipa::path(get, path = "/guards", tag = "guards", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Guard>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
) -> Answer<Json<List<Guard>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |guard| guard.user_id.0);
    Ok(Json(List { items: rows.into_iter().map(Guard::from).collect(), next_cursor }))
}

/// Change a guard: a new PIN, or whether they may sign in. A guard who may not is signed out everywhere.
#[utoipa::path(patch, path = "/guards/{guard_id}", tag = "guards", params(("guard_id" = UserId, Path)),
    request_body = GuardChange, security(("bearer" = [])),
    responses((status = 200, body = Guard), (status = "default", body = Problem)))]
async fn change(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
    body: Body<GuardChange>,
) -> Answer<Json<Guard>> {
    let mut fields = Fields::new();
    let pin: Option<SixDigits> = body.value.pin.as_ref().and_then(|pin| fields.parsed("pin", pin.parse()));
    fields.finish()?;
    let now = app.now();
    let hashed = match pin {
        Some(pin) => {
            let salt = app.entropy().bytes();
            Some((app.passwords.pin(pin.as_str().to_owned(), salt).await?, salt))
        }
        None => None,
    };
    let mut tx = caller.write(&app).await?;
    let mut guard = store::hold(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let mut deeds = Vec::new();
    if let Some((hash, salt)) = hashed {
        guard.pin_hash = hash;
        guard.pin_salt = salt;
        deeds.push(Deed::GuardPinSet);
    }
    if let Some(active) = body.value.active {
        if active != guard.active {
            deeds.push(if active { Deed::GuardSwitchedOn } else { Deed::GuardSwitchedOff });
        }
        guard.active = active;
        set_membership(&mut tx, caller.community, id, active, now).await?;
    }
    store::update(&mut tx, caller.community, &guard).await?;
    for deed in &deeds {
        audit::record(&app, &mut tx, caller.community, Some(caller.user), deed, Some(id)).await?;
    }
    feed::publish(&mut tx, caller.community, &[guard.change()], now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(guard.into()))
}

/// The photo on a guard's tile.
#[utoipa::path(get, path = "/guards/{guard_id}/photo", tag = "guards", params(("guard_id" = UserId, Path)),
    security(("bearer" = [])), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>),
        (status = "default", body = Problem)))]
async fn photo(State(app): State<App>, Admin(caller): Admin, Segment(id): Segment<UserId>) -> Answer<Jpeg> {
    let mut tx = app.store.read().await?;
    let guard = store::guard(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    Ok(Jpeg(guard.photo.ok_or(Code::NotFound)?))
}

/// Set the photo on a guard's tile: a PNG or JPEG of at most 8 MiB and 32 million pixels. What is kept is a small
/// square of it, without the file's metadata.
#[utoipa::path(put, path = "/guards/{guard_id}/photo", tag = "guards", params(("guard_id" = UserId, Path)),
    security(("bearer" = [])), request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"))),
    responses((status = 200, body = Guard), (status = "default", body = Problem)))]
async fn set_photo(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
    sent: Sent,
) -> Answer<Json<Guard>> {
    let photo = sent.redrawn(create::TILE).await?;
    put_photo(&app, &caller, id, Some(photo)).await.map(Json)
}

/// Take the photo off a guard's tile.
#[utoipa::path(delete, path = "/guards/{guard_id}/photo", tag = "guards", params(("guard_id" = UserId, Path)),
    security(("bearer" = [])), responses((status = 200, body = Guard), (status = "default", body = Problem)))]
async fn remove_photo(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
) -> Answer<Json<Guard>> {
    put_photo(&app, &caller, id, None).await.map(Json)
}

async fn put_photo(app: &App, caller: &Caller, id: UserId, photo: Option<Vec<u8>>) -> Answer<Guard> {
    let community = caller.community;
    let mut tx = caller.write(app).await?;
    let mut guard = store::hold(&mut tx, community, id).await?.ok_or(Code::NotFound)?;
    if guard.photo != photo {
        guard.photo = photo;
        store::update(&mut tx, community, &guard).await?;
        feed::publish(&mut tx, community, &[guard.change()], app.now(), &mut app.entropy()).await?;
    }
    tx.commit().await?;
    Ok(guard.into())
}

async fn set_membership(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    active: bool,
    now: UnixMs,
) -> Answer<()> {
    let (from, to) = if active { ("ENDED", "ACTIVE") } else { ("ACTIVE", "ENDED") };
    let held = accounts::memberships_of(tx, user).await?;
    for one in held.iter().filter(|one| one.community == community && one.role == Role::Security) {
        accounts::set_membership_status(tx, community, one.id, from, to, now).await?;
        if !active {
            accounts::revoke_sessions(tx, community, one.id, now).await?;
        }
    }
    Ok(())
}
