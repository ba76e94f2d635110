//! `GET /sync/stream`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    api::problem::Code,
    cbor,
    feed::{Cursor, serve::Gone},
};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

use super::sender::Sender;
use crate::{
    app::App,
    http::{Answer, Fault, Parameters, Params},
    sync::{Kiosk, contact::Contact, feed, kiosk::is_active, speak},
};

/// How many events wait for a kiosk whose connection is slow.
const WAITING: usize = 8;

/// From where to stream.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct From {
    /// The kiosk's cursor: unpadded base64url of its CBOR.
    cursor: String,
    /// Version of the messages.
    protocol: u16,
}

impl Parameters for From {}

/// Changes as they happen, as server-sent events: `page` and, every five seconds, `beat` (base64 of their CBOR),
/// `gone` when the cursor cannot be continued, `revoked` when the kiosk was; after these two the stream ends.
#[utoipa::path(get, path = "/sync/stream", tag = "sync", security(("bearer" = [])), params(From),
    responses((status = 200, content_type = "text/event-stream", body = String),
        (status = 410, description = "`cursor_gone`: load a snapshot")))]
pub async fn stream(State(app): State<App>, kiosk: Kiosk, Params(from): Params<From>) -> Answer<Response> {
    speak(from.protocol)?;
    let cursor = read_cursor(&from.cursor)?;
    // Listening begins before the first look, at the feed and at the kiosk: nothing falls between the two.
    let hearing = app.live.hub.listen(kiosk.community);
    let mut tx = app.store.read().await?;
    let found: Result<_, Gone> = feed::pull(&mut tx, kiosk.community, cursor).await?;
    let active = is_active(&mut tx, kiosk.id).await?;
    drop(tx);
    found?;
    if !active {
        return Err(Code::KioskRevoked.into());
    }
    app.live.contacts.note(kiosk.community, kiosk.id, Contact { at: app.now(), said: None });
    let (out, events) = mpsc::channel(WAITING);
    let (sender, signals) = Sender::new(app, &kiosk, cursor, hearing, out);
    tokio::spawn(sender.run(signals));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(events))).into_response())
}

fn read_cursor(text: &str) -> Result<Cursor, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let cursor = bytes.and_then(|bytes| cbor::from_slice(&bytes).ok());
    cursor.ok_or_else(|| Fault::new(Code::Malformed).detail("the cursor is not one"))
}
