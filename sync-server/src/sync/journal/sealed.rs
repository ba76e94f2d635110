//! `POST /sync/journal/sealed`: what a stolen kiosk had not sent, handed in by whoever holds its disk.

use axum::{extract::State, response::Response};
use gatehouse::{
    api::problem::{Code, Problem},
    sync::{SealedUpload, Upload, UploadAnswer},
};

use super::{Arrival, Queues};
use crate::{
    app::App,
    auth::attempts::{self, Subject},
    http::{Answer, ClientAddress, Fault},
    keyring,
    sync::{
        body::{Cbor, TakesZstd},
        kiosk::{self, Enrolled, Standing},
        speak,
    },
};

/// A run of a stolen kiosk's journal, sealed to its community's server. Body and answer are CBOR: `SealedUpload`,
/// `UploadAnswer`.
///
/// No token is needed: the kiosk has no key any more, and the events in it are signed and chained. Admins are told.
#[utoipa::path(post, path = "/sync/journal/sealed", tag = "sync",
    request_body(content_type = "application/cbor", content = Vec<u8>),
    responses((status = 200, content_type = "application/cbor", body = Vec<u8>),
        (status = 400, description = "`malformed`: it does not open"),
        (status = 404, description = "No kiosk of that id is stolen"),
        (status = 429, description = "`rate_limited`: too many that did not open, or too much of one kiosk in a day"),
        (status = "default", body = Problem)))]
pub async fn hand_in(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    zstd: TakesZstd,
    Cbor(sealed): Cbor<SealedUpload>,
) -> Answer<Response> {
    speak(sealed.protocol)?;
    let source = [Subject::sealed(from)];
    let mut tx = app.store.read().await?;
    let kiosk = kiosk::enrolled(&mut tx, sealed.kiosk).await?;
    let kiosk = kiosk.filter(|kiosk| kiosk.standing == Standing::Stolen).ok_or(Code::NotFound)?;
    let keys = keyring::seal_keys(&mut tx, &app.sealer, kiosk.community).await?;
    drop(tx);
    // What brings nothing stays charged to where it came from: whoever knows the community's seal key can make such uploads
    // without end.
    attempts::charge_first(&app, &source).await?;
    let Some(upload) = keys.iter().find_map(|key| sealed.open(key).ok()) else {
        return Err(Fault::new(Code::Malformed).detail("it does not open"));
    };
    let taken = take_in(&app, &kiosk, upload).await;
    if taken.as_ref().map_or(true, |(_, is_news)| *is_news) {
        attempts::give_back(&app, &source).await?;
    }
    Ok(zstd.answer(&taken?.0))
}

/// Takes in what was sealed, and tells admins of it where it brought anything; says whether it did.
async fn take_in(app: &App, kiosk: &Enrolled, upload: Upload) -> Answer<(UploadAnswer, bool)> {
    if upload.events.len() > Upload::MAX_EVENTS {
        return Err(Fault::new(Code::TooLarge).detail(format!("{} events at most", Upload::MAX_EVENTS)));
    }
    let bytes =
        upload.events.iter().map(|one| one.event.bytes.len() + one.details.as_ref().map_or(0, Vec::len));
    let bytes = bytes.sum();
    let mut tx = app.store.read().await?;
    let arrival = Arrival::weigh(&mut tx, kiosk.community, upload).await?.ok_or(Code::NotFound)?;
    drop(tx);
    let is_news = arrival.accepted().next().is_some();
    if is_news {
        let mut tx = app.store.write().await?;
        attempts::charge(&mut tx, &[Subject::stolen(kiosk.id, bytes)], app.now()).await?;
        tx.commit().await?;
    }
    let arrival = arrival.handed_in_of(kiosk.gate);
    Ok((Queues::take_in(app, kiosk.community, arrival).await?, is_news))
}
