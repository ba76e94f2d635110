//! `/passes/{pass_id}/photo`.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use gatehouse::{
    api::{
        passes::Pass,
        problem::{Code, Problem},
    },
    id::PassId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{HOLDER, store};
use crate::{
    app::App,
    auth::Caller,
    feed,
    http::{Answer, Segment},
    passes::{
        card,
        routes::{hold_own, own},
    },
    pictures::{Jpeg, PICTURE_LIMIT, Sent},
};

/// `/passes/{pass_id}/photo`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(photo, set_photo, remove_photo))
        .layer(DefaultBodyLimit::max(PICTURE_LIMIT))
}

/// The photo of a pass's holder.
#[utoipa::path(get, path = "/passes/{pass_id}/photo", tag = "passes", params(("pass_id" = PassId, Path)),
    security(("bearer" = [])), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>),
        (status = "default", body = Problem)))]
async fn photo(State(app): State<App>, caller: Caller, Segment(id): Segment<PassId>) -> Answer<Jpeg> {
    let mut tx = app.store.read().await?;
    own(&mut tx, &caller, id).await?;
    let photo = store::photo(&mut tx, caller.community, id).await?;
    Ok(Jpeg(photo.ok_or(Code::NotFound)?))
}

/// Set the photo of a pass's holder, which gates show when they let them in: a PNG or JPEG of at most 8 MiB and 32
/// million pixels. What is kept is a small square of it, without the file's metadata, until the pass is revoked. A pass
/// that is over takes none.
#[utoipa::path(put, path = "/passes/{pass_id}/photo", tag = "passes", params(("pass_id" = PassId, Path)),
    security(("bearer" = [])), request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"))),
    responses((status = 200, body = Pass), (status = "default", body = Problem)))]
async fn set_photo(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment<PassId>,
    sent: Sent,
) -> Answer<Json<Pass>> {
    let mut tx = app.store.read().await?;
    own(&mut tx, &caller, id).await?;
    drop(tx);
    let photo = sent.redrawn(HOLDER).await?;
    let mut tx = caller.write(&app).await?;
    let now = app.now();
    // Held, so that a revocation is either seen here or finds the photo.
    let pass = hold_own(&mut tx, &caller, id).await?;
    if pass.revoked_at.is_some() || pass.valid_until <= now {
        return Err(Code::WrongState.into());
    }
    let change = store::put(&mut tx, caller.community, id, photo).await?;
    let answer = card::show(&mut tx, caller.community, pass).await?;
    feed::publish(&mut tx, caller.community, &[change], now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Take the photo off a pass.
#[utoipa::path(delete, path = "/passes/{pass_id}/photo", tag = "passes", params(("pass_id" = PassId, Path)),
    security(("bearer" = [])), responses((status = 200, body = Pass), (status = "default", body = Problem)))]
async fn remove_photo(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment<PassId>,
) -> Answer<Json<Pass>> {
    let mut tx = caller.write(&app).await?;
    let pass = own(&mut tx, &caller, id).await?;
    let change = store::forget(&mut tx, caller.community, id).await?;
    let answer = card::show(&mut tx, caller.community, pass).await?;
    feed::publish(&mut tx, caller.community, change.as_slice(), app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}
