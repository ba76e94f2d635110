//! `POST /sync/nonce`, `POST /sync/token`, `POST /sync/time`, `GET /sync/orders/{kiosk_id}`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        problem::Code,
        sync::{NonceAnswer, OrderAnswer, TimeRequest, TokenAnswer, TokenRequest, TokenScope},
    },
    clock::{Anchor, SignedAnchor},
    id::KioskId,
    keys::Signature,
    sync::Assertion,
};

use super::{nonce, store};
use crate::{
    app::App,
    auth::TOKEN_LIFE,
    http::{Answer, Body, Fault, Segment},
    keyring::{self, Purpose},
    sync::kiosk::{Standing, access_token, enrolled},
};

/// A nonce for a token request, and the server's time. Open to anyone who knows a kiosk's id.
#[utoipa::path(post, path = "/sync/nonce", tag = "sync", request_body = TimeRequest,
    responses((status = 200, body = NonceAnswer), (status = 404, description = "No such kiosk")))]
pub async fn nonce(State(app): State<App>, body: Body<TimeRequest>) -> Answer<Json<NonceAnswer>> {
    let anchor = anchor(&app, &body.value).await?;
    let nonce = nonce::give(&app.sealer, anchor.at, &mut app.entropy());
    Ok(Json(NonceAnswer { nonce, anchor }))
}

/// The server's time, signed. All that a kiosk asks for whose clock is wrong.
#[utoipa::path(post, path = "/sync/time", tag = "sync", request_body = TimeRequest,
    responses((status = 200, body = SignedAnchor), (status = 404, description = "No such kiosk")))]
pub async fn time(State(app): State<App>, body: Body<TimeRequest>) -> Answer<Json<SignedAnchor>> {
    anchor(&app, &body.value).await.map(Json)
}

async fn anchor(app: &App, request: &TimeRequest) -> Answer<SignedAnchor> {
    let mut tx = app.store.read().await?;
    let kiosk = enrolled(&mut tx, request.kiosk).await?.ok_or(Code::NotFound)?;
    let now = app.now();
    let key = match request.anchor_key {
        Some(known) => keyring::anchor_key_known(&mut tx, &app.sealer, kiosk.community, known, now).await?,
        None => keyring::signing_key(&mut tx, &app.sealer, kiosk.community, Purpose::Anchor, now).await?,
    };
    Ok(Anchor { at: now, nonce: request.nonce }.sign(kiosk.community, &key))
}

/// An access token for ten minutes, for a kiosk's signature over a nonce of `/sync/nonce`.
///
/// A retired kiosk gets one for its journal alone; a stolen one gets none.
#[utoipa::path(post, path = "/sync/token", tag = "sync", request_body = TokenRequest, responses(
    (status = 200, body = TokenAnswer),
    (status = 401, description = "`assertion_rejected`"),
    (status = 403, description = "`kiosk_revoked`: see `/sync/orders/{kiosk_id}`")))]
pub async fn token(State(app): State<App>, body: Body<TokenRequest>) -> Answer<Json<TokenAnswer>> {
    let rejected = || Fault::new(Code::AssertionRejected);
    let assertion = Assertion::read(&body.value.assertion).map_err(|_| rejected())?;
    let now = app.now();
    let nonce_ends = nonce::ends_at(&app.sealer, &assertion.nonce, now)
        .ok_or_else(|| rejected().detail("ask for a new nonce"))?;
    let mut tx = app.store.read().await?;
    let kiosk = enrolled(&mut tx, assertion.kiosk).await?.ok_or_else(rejected)?;
    drop(tx);
    assertion.verify(&kiosk.public, now).map_err(|_| rejected())?;
    let mut tx = app.store.write().await?;
    if !store::use_nonce(&mut tx, &assertion.nonce, nonce_ends).await? {
        return Err(rejected().detail("the nonce was used"));
    }
    store::forget_nonces(&mut tx, now).await?;
    tx.commit().await?;
    let scope = match kiosk.standing {
        Standing::Active => TokenScope::All,
        Standing::Retired => TokenScope::Journal,
        Standing::Stolen => return Err(Code::KioskRevoked.into()),
    };
    let access_token = access_token(&app, &kiosk, TOKEN_LIFE)?;
    let expires_in = u32::try_from(TOKEN_LIFE / 1000).unwrap_or(u32::MAX);
    Ok(Json(TokenAnswer { access_token, expires_in, scope }))
}

/// The signed order that ends a kiosk, if there is one. Open to all: it proves itself, and a kiosk that can no
/// longer sign in must still get it.
#[utoipa::path(get, path = "/sync/orders/{kiosk_id}", tag = "sync",
    params(("kiosk_id" = KioskId, Path)),
    responses((status = 200, body = OrderAnswer), (status = 404, description = "No order")))]
pub async fn order(State(app): State<App>, Segment(kiosk): Segment<KioskId>) -> Answer<Json<OrderAnswer>> {
    let mut tx = app.store.read().await?;
    let record = store::order(&mut tx, kiosk).await?.ok_or(Code::NotFound)?;
    let signature = record.order_signature.map(Signature).ok_or(Code::NotFound)?;
    Ok(Json(OrderAnswer { stolen: record.state == "STOLEN", signature }))
}
