//! `/kiosks`, the admins' side.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        kiosks::{Enrolment, Kiosk, NewEnrolment, RevokeKiosk},
        problem::Problem,
    },
    id::KioskId,
    words::Deed,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{invite, revoke, store};
use crate::{
    app::App,
    audit,
    auth::Admin,
    feed,
    http::{Answer, Body, Created, Page, Params, Segment},
    idempotency::IdempotencyKey,
    origin::OwnAddress,
};

/// `/kiosks`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(list)).routes(routes!(end))
}

/// Ask for a one-time code to enrol a kiosk with. It is good for fifteen minutes.
#[utoipa::path(post, path = "/kiosks/enrolments", tag = "kiosks", params(IdempotencyKey), request_body = NewEnrolment,
    security(("bearer" = [])),
    responses((status = 201, body = Enrolment), (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    OwnAddress(server): OwnAddress,
    key: IdempotencyKey,
    body: Body<NewEnrolment>,
) -> Answer<Created<Enrolment>> {
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    let answer = invite::invite(&app, &mut tx, caller.community, caller.user, &body.value, &server).await?;
    key.keep(&app, &mut tx, &caller, &answer).await?;
    audit::record(&app, &mut tx, caller.community, Some(caller.user), &Deed::KioskInvited, None).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

/// The community's kiosks, with their last contact and the events they had not yet sent then.
#[utoipa::path(get, path = "/kiosks", tag = "kiosks", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Kiosk>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
) -> Answer<Json<List<Kiosk>>> {
    let mut tx = app.store.read().await?;
    let rows = store::list(&mut tx, caller.community, page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |kiosk| kiosk.id.0);
    Ok(Json(List { items: rows.into_iter().map(Kiosk::from).collect(), next_cursor }))
}

/// End a kiosk: retired, it uploads and wipes itself; stolen, it destroys its keys at once. All others get new day
/// keys.
#[utoipa::path(post, path = "/kiosks/{kiosk_id}/revoke", tag = "kiosks", params(("kiosk_id" = KioskId, Path)),
    request_body = RevokeKiosk, security(("bearer" = [])),
    responses((status = 200, body = Kiosk), (status = "default", body = Problem)))]
async fn end(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<KioskId>,
    body: Body<RevokeKiosk>,
) -> Answer<Json<Kiosk>> {
    let mut tx = caller.write(&app).await?;
    let (kiosk, changes) = revoke::revoke(&app, &mut tx, &caller, id, body.value.stolen).await?;
    feed::publish(&mut tx, caller.community, &changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(kiosk.into()))
}
