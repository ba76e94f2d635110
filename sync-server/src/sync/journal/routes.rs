//! `POST /sync/journal`, and what admins and residents see of journals.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use gatehouse::{
    api::{
        List,
        journal::{Disagreement, DoubleUse},
        problem::{Code, Problem},
    },
    id::EventId,
    sync::Upload,
    words::{Deed, Role},
};

use super::{
    Arrival, Queues, Setting,
    erase::erase,
    store::cases::{self, DisagreementRecord, DoubleUseRecord},
};
use crate::{
    app::App,
    audit,
    auth::{Admin, Caller},
    feed,
    http::{Answer, Fault, Page, Params, Segment},
    sync::{
        Caller as KioskCaller,
        body::{Cbor, TakesZstd},
        contact::{Contact, Said},
        speak,
    },
};

/// A run of a journal's events. Body and answer are CBOR: `Upload`, `UploadAnswer`.
///
/// Sending the same again changes nothing and gets the same answer. A retired kiosk may still deliver.
#[utoipa::path(post, path = "/sync/journal", tag = "sync", security(("bearer" = [])),
    request_body(content_type = "application/cbor", content = Vec<u8>),
    responses((status = 200, content_type = "application/cbor", body = Vec<u8>),
        (status = 404, description = "The journal is of no kiosk of this community"),
        (status = 413, description = "Too many events, or too many bytes")))]
pub async fn upload(
    State(app): State<App>,
    caller: KioskCaller,
    zstd: TakesZstd,
    Cbor(upload): Cbor<Upload>,
) -> Answer<Response> {
    speak(upload.protocol)?;
    if upload.events.len() > Upload::MAX_EVENTS {
        return Err(Fault::new(Code::TooLarge).detail(format!("{} events at most", Upload::MAX_EVENTS)));
    }
    let (kiosk, community) = (caller.id(), caller.community());
    let own = upload.kiosk == kiosk;
    let said = Said { waiting: upload.waiting, oldest: None, version: None };
    let arrival = weigh(&app, caller, upload).await?.sent_by(kiosk);
    let answer = Queues::take_in(&app, community, arrival).await?;
    if own {
        app.live.contacts.note(community, kiosk, Contact { at: app.now(), said: Some(said) });
    }
    Ok(zstd.answer(&answer))
}

/// Plans for an upload: by what is remembered of its journal, else by what the database holds.
async fn weigh(app: &App, caller: KioskCaller, upload: Upload) -> Answer<Arrival> {
    let known = app.live.queues.remembered.known(caller.community(), &upload);
    if let Some(known) = known.filter(|_| upload.kiosk == caller.id()) {
        return Ok(Arrival::weigh_next(known, upload).await?);
    }
    let mut look = app.store.look().await?;
    let sender = caller.delivers(&mut look).await?;
    if upload.kiosk == sender.id {
        return Ok(Arrival::weigh_own(&mut look, &sender, upload).await?);
    }
    Ok(Arrival::weigh(&mut look, sender.community, upload).await?.ok_or(Code::NotFound)?)
}

impl From<DoubleUseRecord> for DoubleUse {
    fn from(record: DoubleUseRecord) -> Self {
        Self {
            id: record.id,
            pass_id: record.pass,
            unit_id: record.unit,
            event_id: record.event,
            visitor_id: record.visit,
            kiosk_id: record.kiosk,
            gate_id: record.gate,
            at: record.at,
            found_at: record.found_at,
        }
    }
}

/// Passes that were used more often than they are good for: all of them for an admin, their own for residents.
#[utoipa::path(get, path = "/journal/double-uses", tag = "journal", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<DoubleUse>), (status = "default", body = Problem)))]
pub async fn double_uses(
    State(app): State<App>,
    caller: Caller,
    Params(page): Params<Page>,
) -> Answer<Json<List<DoubleUse>>> {
    let mut tx = app.store.read().await?;
    let (community, after, rows) = (caller.community, page.after(), page.rows());
    let found = match caller.role {
        Role::Admin => cases::double_uses(&mut tx, community, after, rows).await?,
        _ => cases::double_uses_of_membership(&mut tx, community, caller.membership, after, rows).await?,
    };
    let (found, next_cursor) = page.cut(found, |record| record.id);
    Ok(Json(List { items: found.into_iter().map(DoubleUse::from).collect(), next_cursor }))
}

impl From<DisagreementRecord> for Disagreement {
    fn from(record: DisagreementRecord) -> Self {
        Self {
            event_id: record.event,
            kiosk_id: record.kiosk,
            found: record.found,
            theirs: record.theirs,
            ours: record.ours,
            at: record.at,
        }
    }
}

/// In what the server, weighing again what kiosks sent, differs from them. A piece holds all that was found of so many
/// events as its limit says.
#[utoipa::path(get, path = "/journal/disagreements", tag = "journal", params(Page), security(("bearer" = [])),
    responses((status = 200, body = List<Disagreement>), (status = "default", body = Problem)))]
pub async fn disagreements(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
) -> Answer<Json<List<Disagreement>>> {
    let mut tx = app.store.read().await?;
    let found = cases::disagreements(&mut tx, caller.community, page.after(), page.rows()).await?;
    let events: Vec<_> = found.chunk_by(|one, next| one.event == next.event).collect();
    let (events, next_cursor) = page.cut(events, |of_one| of_one[0].event.0);
    Ok(Json(List { items: events.concat().into_iter().map(Disagreement::from).collect(), next_cursor }))
}

/// Forget what an event says of persons: here and at every kiosk, and where it is still to come.
#[utoipa::path(delete, path = "/journal/{event_id}/details", tag = "journal", security(("bearer" = [])),
    params(("event_id" = EventId, Path)),
    responses((status = 204), (status = "default", body = Problem)))]
pub async fn erase_details(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(event): Segment<EventId>,
) -> Answer<StatusCode> {
    let setting = Setting { community: caller.community, sealer: &app.sealer, now: app.now() };
    let mut tx = caller.write(&app).await?;
    if let Some(changes) = erase(&mut tx, setting, event).await? {
        let (by, thing) = (Some(caller.user), audit::Thing::Event(event));
        audit::record_of(&app, &mut tx, caller.community, by, &Deed::DetailsErased, thing).await?;
        feed::publish(&mut tx, caller.community, &changes, app.now(), &mut app.entropy()).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
