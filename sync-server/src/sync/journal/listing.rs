//! `GET /journal/events`: what happened at the gates, as the kiosks signed it.

use std::{fmt, str::FromStr};

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        journal::{JournalEvent, JournalEvents},
        problem::Problem,
    },
    cbor::{self, CborError},
    hash::Hash,
    id::{EventId, KioskId},
    journal::{Act, Event, TimeMark},
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

/// An event's place in the list. A disk that was cloned, or a kiosk in wrong hands, may give several events one id; no two
/// have one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Place {
    pub(super) id: EventId,
    pub(super) hash: Hash,
}

/// Not a place that was handed out.
#[derive(Debug, thiserror::Error)]
#[error("cursor: what next_cursor of the piece before said")]
pub struct NotAPlace;

impl Place {
    /// Before every event.
    const START: Self = Self { id: EventId(Uuid::nil()), hash: Hash([0; 32]) };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id, self.hash)
    }
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (id, hash) = text.split_once('.').ok_or(NotAPlace)?;
        let (id, hash) = (id.parse().map_err(|_| NotAPlace)?, hash.parse().map_err(|_| NotAPlace)?);
        Ok(Self { id, hash })
    }
}

impl TryFrom<String> for Place {
    type Error = NotAPlace;

    fn try_from(text: String) -> Result<Self, NotAPlace> {
        text.parse()
    }
}

/// Whose events, and which piece of the list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsPage {
    /// Of this kiosk alone.
    pub kiosk_id: Option<KioskId>,
    /// `next_cursor` of the piece before; absent for the first.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Place>,
    /// How many items at most: 1 to 200, 50 if absent.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i32>,
}

impl EventsPage {
    fn page(&self) -> Page {
        Page { cursor: None, limit: self.limit }
    }
}

impl Parameters for EventsPage {
    fn check(&self, fields: &mut Fields) {
        self.page().check(fields);
    }
}

/// What happened at the gates, the oldest first. Ids only: whom they stand for is told by visitors and passes.
#[utoipa::path(get, path = "/journal/events", tag = "journal", params(EventsPage), security(("bearer" = [])),
    responses((status = 200, body = JournalEvents), (status = "default", body = Problem)))]
pub async fn events(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(wanted): Params<EventsPage>,
) -> Answer<Json<JournalEvents>> {
    let page = wanted.page();
    let after = wanted.cursor.unwrap_or(Place::START);
    let mut tx = app.store.read().await?;
    let found = listing::events(&mut tx, caller.community, wanted.kiosk_id, after, page.rows()).await?;
    let (found, next) = page.cut(found, |event| Place { id: event.id, hash: Hash(event.hash) });
    let items = found.iter().map(shown).collect::<Result<_, _>>().map_err(Fault::internal)?;
    Ok(Json(JournalEvents { items, next_cursor: next.map(|place| place.to_string()) }))
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
        time_unsure: event.time == TimeMark::Unsure,
        received_at: listed.received_at,
        kind: event.kind,
        act: Act::read(event.kind, &event.body).ok(),
    })
}
