//! `GET /journal/events`: what happened at the gates, as the kiosks signed it.

use axum::{Json, extract::State};
use gatehouse::{
    api::{List, journal::JournalEvent, problem::Problem},
    cbor::{self, CborError},
    hash::Hash,
    id::KioskId,
    journal::{Act, Event},
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::store::listing::{self, ListedEvent};
use crate::{
    app::App,
    auth::Admin,
    http::{Answer, Fault, Fields, Page, Parameters, Params},
};

/// Whose events, and which piece of the list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsPage {
    /// Of this kiosk alone.
    pub kiosk_id: Option<KioskId>,
    /// `next_cursor` of the piece before; absent for the first.
    pub cursor: Option<Uuid>,
    /// How many items at most: 1 to 200, 50 if absent.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i32>,
}

impl EventsPage {
    fn page(&self) -> Page {
        Page { cursor: self.cursor, limit: self.limit }
    }
}

impl Parameters for EventsPage {
    fn check(&self, fields: &mut Fields) {
        self.page().check(fields);
    }
}

/// What happened at the gates, the oldest first. Ids only: whom they stand for is told by visitors and passes.
#[utoipa::path(get, path = "/journal/events", tag = "journal", params(EventsPage), security(("bearer" = [])),
    responses((status = 200, body = List<JournalEvent>), (status = "default", body = Problem)))]
pub async fn events(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(wanted): Params<EventsPage>,
) -> Answer<Json<List<JournalEvent>>> {
    let page = wanted.page();
    let mut tx = app.store.read().await?;
    let found =
        listing::events(&mut tx, caller.community, wanted.kiosk_id, page.after(), page.rows()).await?;
    let (found, next_cursor) = page.cut(found, |event| event.id.0);
    let items = found.iter().map(shown).collect::<Result<_, _>>().map_err(Fault::internal)?;
    Ok(Json(List { items, next_cursor }))
}

/// An act of a newer kiosk is shown by its number alone.
fn shown(listed: &ListedEvent) -> Result<JournalEvent, CborError> {
    let event: Event = cbor::from_slice(&listed.bytes)?;
    Ok(JournalEvent {
        id: listed.id,
        kiosk_id: listed.kiosk,
        incarnation_id: listed.incarnation,
        seq: listed.seq,
        hash: Hash(listed.hash),
        in_chain: listed.in_chain,
        parked: listed.parked,
        gate_id: event.gate,
        guard_id: event.guard,
        at: event.at,
        received_at: listed.received_at,
        kind: event.kind,
        act: Act::read(event.kind, &event.body).ok(),
    })
}
