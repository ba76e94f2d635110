//! `POST /sync/feed` and `POST /sync/snapshot`.

use axum::{extract::State, response::Response};
use gatehouse::{
    api::problem::Code,
    feed::serve::Gone,
    sync::{Pull, SnapshotPull},
};

use super::{knows, pull, snapshot};
use crate::{
    app::App,
    http::{Answer, Fault},
    sync::{
        Caller,
        body::{Cbor, TakesZstd},
        contact::{Contact, Said},
        speak, version,
    },
};

impl From<Gone> for Fault {
    fn from(gone: Gone) -> Self {
        Self::new(Code::CursorGone).detail(gone.to_string())
    }
}

/// What changed since the kiosk's cursor. Body and answer are CBOR: `Pull`, `Page`.
#[utoipa::path(post, path = "/sync/feed", tag = "sync", security(("bearer" = [])),
    request_body(content_type = "application/cbor", content = Vec<u8>),
    responses((status = 200, content_type = "application/cbor", body = Vec<u8>),
        (status = 410, description = "`cursor_gone`: load a snapshot")))]
pub async fn feed(
    State(app): State<App>,
    caller: Caller,
    zstd: TakesZstd,
    Cbor(request): Cbor<Pull>,
) -> Answer<Response> {
    speak(request.protocol)?;
    version::check(&request.version)?;
    let mut tx = app.store.read().await?;
    let kiosk = caller.active(&mut tx).await?;
    app.live.contacts.note(
        kiosk.community,
        kiosk.id,
        Contact {
            at: app.now(),
            said: Some(Said {
                waiting: request.waiting,
                oldest: request.oldest,
                version: Some(request.version),
            }),
        },
    );
    if let Some(seen) = request.seen {
        knows(&mut tx, kiosk.community, &seen).await??;
    }
    let page = pull(&mut tx, kiosk.community, request.cursor).await??;
    Ok(zstd.answer(&page))
}

/// The next piece of a snapshot of all that gates need. Body and answer are CBOR: `SnapshotPull`, `SnapshotPage`.
#[utoipa::path(post, path = "/sync/snapshot", tag = "sync", security(("bearer" = [])),
    request_body(content_type = "application/cbor", content = Vec<u8>),
    responses((status = 200, content_type = "application/cbor", body = Vec<u8>),
        (status = 410, description = "`cursor_gone`: begin again")))]
pub async fn snapshot_route(
    State(app): State<App>,
    caller: Caller,
    zstd: TakesZstd,
    Cbor(request): Cbor<SnapshotPull>,
) -> Answer<Response> {
    speak(request.protocol)?;
    let mut tx = app.store.read().await?;
    let kiosk = caller.active(&mut tx).await?;
    let page = snapshot(&mut tx, kiosk.community, request.resume).await??;
    Ok(zstd.answer(&page))
}
