//! `POST /kiosks/enrol` and `GET /sync/trust`.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    api::{
        kiosks::{Enrol, Enrolled},
        problem::Code,
    },
    clock::Anchor,
    enrol::{TypedCode, check_proof},
    feed::row::KioskRow,
    id::{CommunityId, KioskId},
    keys::PublicKey,
    time::UnixMs,
    words::Deed,
};

use super::{
    store::{self, NewKiosk},
    trust,
};
use crate::{
    app::App,
    audit,
    auth::attempts::{self, Subject},
    communities,
    feed::{self, Change},
    http::{Answer, Body, ClientAddress, Fault},
    keyring::{Purpose, signing_key},
    origin::OwnAddress,
    store::Tx,
    sync::{Kiosk, version},
};

/// Redeems a one-time code: from now on the key sent is a kiosk's. The code is the permission, no token is needed.
///
/// Sent again with the same key, as after a lost answer, it gets the same kiosk.
#[utoipa::path(post, path = "/kiosks/enrol", tag = "kiosks", request_body = Enrol, responses(
    (status = 200, body = Enrolled),
    (status = 410, description = "`enrolment_used` or `enrolment_expired`"),
    (status = 422, description = "`enrolment_wrong`: no such code"),
    (status = 429, description = "`rate_limited`: too many wrong codes")))]
pub async fn enrol(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    OwnAddress(server): OwnAddress,
    body: Body<Enrol>,
) -> Answer<Json<Enrolled>> {
    let source = [Subject::enrolment(from)];
    attempts::charge_first(&app, &source).await?;
    let done = take(&app, &body.value, server).await;
    let is_wrong = done.as_ref().is_err_and(|fault| *fault.code() == Code::EnrolmentWrong);
    if !is_wrong {
        attempts::give_back(&app, &source).await?;
    }
    done.map(Json)
}

async fn take(app: &App, request: &Enrol, server: String) -> Answer<Enrolled> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    let redeemed = redeem(&mut tx, app, request, now).await?;
    let enrolled = enrolled(&mut tx, app, request, &redeemed, server, now).await?;
    if redeemed.is_new {
        publish(&mut tx, app, &redeemed, now).await?;
        tx.commit().await?;
    }
    Ok(enrolled)
}

/// The kiosk of a code.
struct Redeemed {
    community: CommunityId,
    kiosk: KioskId,
    /// False when the same key had redeemed the code before.
    is_new: bool,
}

async fn redeem(tx: &mut Tx, app: &App, request: &Enrol, now: UnixMs) -> Answer<Redeemed> {
    let typed: TypedCode =
        request.code.parse().map_err(|_| Fault::new(Code::EnrolmentWrong).detail("the code is mistyped"))?;
    if check_proof(&request.code, &request.public_key, &request.proof).is_err() {
        return Err(Fault::invalid("proof", "not the key's signature over the code"));
    }
    version::check(&request.version)?;
    let digest = typed.code.digest();
    let given = store::hold_code(tx, digest).await?.ok_or(Code::EnrolmentWrong)?;
    if now >= given.expires_at {
        let code = if given.kiosk.is_some() { Code::EnrolmentUsed } else { Code::EnrolmentExpired };
        return Err(code.into());
    }
    if let Some(kiosk) = given.kiosk {
        let place = store::place(tx, given.community, kiosk).await?;
        let redeemed = Redeemed { community: given.community, kiosk, is_new: false };
        let same = PublicKey(place.public) == request.public_key;
        return if same { Ok(redeemed) } else { Err(Code::EnrolmentUsed.into()) };
    }
    let kiosk = NewKiosk {
        id: KioskId::new(now, &mut app.entropy()),
        gate: given.gate,
        name: &given.kiosk_name,
        number: store::next_number(tx, given.community).await?,
        public: request.public_key,
        version: &request.version,
    };
    store::insert(tx, given.community, &kiosk, now).await?;
    store::use_code(tx, digest, kiosk.id, now).await?;
    Ok(Redeemed { community: given.community, kiosk: kiosk.id, is_new: true })
}

async fn enrolled(
    tx: &mut Tx,
    app: &App,
    request: &Enrol,
    redeemed: &Redeemed,
    server: String,
    now: UnixMs,
) -> Answer<Enrolled> {
    let (community, kiosk) = (redeemed.community, redeemed.kiosk);
    let place = store::place(tx, community, kiosk).await?;
    let home = communities::store::community(tx, community).await?;
    let trust = trust::signed(tx, &app.sealer, community, kiosk, now).await?;
    let anchor_key = signing_key(tx, &app.sealer, community, Purpose::Anchor, now).await?;
    Ok(Enrolled {
        kiosk_id: kiosk,
        number: place.number,
        name: place.name,
        community_id: community,
        community: home.name,
        gate_id: place.gate,
        trust: STANDARD.encode(trust.to_bytes()),
        server,
        anchor: Anchor { at: now, nonce: request.nonce }.sign(community, &anchor_key),
    })
}

async fn publish(tx: &mut Tx, app: &App, redeemed: &Redeemed, now: UnixMs) -> Answer<()> {
    let place = store::place(tx, redeemed.community, redeemed.kiosk).await?;
    let row =
        KioskRow { gate: place.gate, public: place.public, number: place.number, active: true, order: None };
    let change = Change::put(redeemed.kiosk.0, &row);
    let (community, kiosk) = (redeemed.community, redeemed.kiosk);
    audit::record_of(app, tx, community, None, &Deed::KioskEnrolled, audit::Thing::Kiosk(kiosk)).await?;
    feed::publish(tx, redeemed.community, &[change], now, &mut app.entropy()).await?;
    Ok(())
}

/// The calling kiosk's trust file as of now: CBOR, signed by the community root.
#[utoipa::path(get, path = "/sync/trust", tag = "sync", security(("bearer" = [])),
    responses((status = 200, content_type = "application/cbor", body = Vec<u8>)))]
pub async fn trust_file(State(app): State<App>, kiosk: Kiosk) -> Answer<Response> {
    let mut tx = app.store.read().await?;
    let signed = trust::signed(&mut tx, &app.sealer, kiosk.community, kiosk.id, app.now()).await?;
    Ok(([(header::CONTENT_TYPE, "application/cbor")], signed.to_bytes()).into_response())
}
