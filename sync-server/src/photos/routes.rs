//! `/sync/photos` for kiosks, `/visitors/{visitor_id}/photo` for people.

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use gatehouse::{
    api::problem::{Code, Problem},
    id::{EventId, VisitorId},
    words::Role,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{store, take};
use crate::{
    app::App,
    auth::Caller,
    http::{Answer, Segment},
    pictures::Jpeg,
    sync::AnyKiosk,
    visitors::store as visitors,
};

/// The most bytes of a photo that a kiosk sends.
const KIOSK_PHOTO_LIMIT: usize = 64 << 10;

/// `/sync/photos`, `/visitors/{visitor_id}/photo`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(upload))
        .layer(DefaultBodyLimit::max(KIOSK_PHOTO_LIMIT))
        .routes(routes!(photo))
}

/// The photo that an event of a journal tells of: its very bytes, a JPEG of at most 64 KiB. Its event goes first. A
/// retired kiosk may still deliver.
#[utoipa::path(put, path = "/sync/photos/{event_id}", tag = "sync", params(("event_id" = EventId, Path)),
    security(("bearer" = [])), request_body(content_type = "image/jpeg", content = Vec<u8>),
    responses((status = 204, description = "It is kept, now or before"),
        (status = 404, description = "That event is not here, or not yet", body = Problem),
        (status = 410, description = "The photo is to be forgotten", body = Problem),
        (status = 422, description = "Other bytes than the event tells of", body = Problem)))]
async fn upload(
    State(app): State<App>,
    AnyKiosk(kiosk): AnyKiosk,
    Segment(event): Segment<EventId>,
    jpeg: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Answer<StatusCode> {
    let jpeg = jpeg.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        _ => Code::Malformed,
    })?;
    let mut tx = app.store.write().await?;
    take::take(&mut tx, kiosk.community, event, &jpeg, app.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest photo of a visitor: for the household that they visit, for guards and admins.
#[utoipa::path(get, path = "/visitors/{visitor_id}/photo", tag = "visitors",
    params(("visitor_id" = VisitorId, Path)), security(("bearer" = [])),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>),
        (status = "default", body = Problem)))]
async fn photo(State(app): State<App>, caller: Caller, Segment(id): Segment<VisitorId>) -> Answer<Jpeg> {
    let mut tx = app.store.read().await?;
    let community = caller.community;
    let seen = match caller.role {
        Role::Admin | Role::Security => true,
        _ => visitors::is_of_membership(&mut tx, community, caller.membership, id).await?,
    };
    let photo = if seen { store::photo(&mut tx, community, id).await? } else { None };
    Ok(Jpeg(photo.ok_or(Code::NotFound)?))
}
