//! What kiosks and server say to each other: enrolment, tokens, the feed, journals, the live stream.
//!
//! The messages and the rules over them are [`gatehouse::sync`], [`gatehouse::feed`] and [`gatehouse::journal`];
//! here they meet HTTP and the database.

mod body;
mod contact;
mod enrol;
pub mod feed;
pub mod journal;
mod kiosk;
mod protocol;
mod restore;
mod stream;
mod token;
pub mod upkeep;
mod version;

use std::{sync::Arc, time::Duration};

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    http::causes,
    store::{Store, StoreError},
};

pub use enrol::forget_codes;
pub use kiosk::{AnyKiosk, Caller, Kiosk};
use protocol::speak;
pub use restore::restored;

/// What the sync routes keep in memory: who is connected, and who was heard of.
#[derive(Clone, Debug)]
pub struct Live {
    hub: Arc<stream::Hub>,
    contacts: Arc<contact::Contacts>,
    queues: Arc<journal::Queues>,
}

impl Live {
    /// Nobody is connected, nobody was heard of.
    pub fn over(store: &Store) -> Self {
        Self {
            hub: Arc::new(stream::Hub::over(store.clone())),
            contacts: Arc::default(),
            queues: Arc::default(),
        }
    }
}

/// How often what was heard of kiosks is written down.
const NOTE_EVERY: Duration = Duration::from_secs(2);

impl Live {
    /// Writes down which kiosks were heard of since the last time.
    pub async fn write_contacts(&self, store: &Store) -> Result<(), StoreError> {
        self.contacts.write_down(store).await
    }
}

/// Writes down, every two seconds, which kiosks were heard of. Runs until the server stops.
pub async fn keep_contacts(app: App) {
    let mut turn = tokio::time::interval(NOTE_EVERY);
    loop {
        turn.tick().await;
        if let Err(error) = app.live.write_contacts(&app.store).await {
            tracing::warn!(error = causes(&error), "the kiosks' last contacts cannot be written down");
        }
    }
}

/// `/kiosks/enrol` and `/sync`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enrol::routes::enrol))
        .routes(routes!(enrol::routes::trust_file))
        .routes(routes!(token::routes::nonce))
        .routes(routes!(token::routes::time))
        .routes(routes!(token::routes::token))
        .routes(routes!(token::routes::order))
        .routes(routes!(feed::routes::feed))
        .routes(routes!(feed::routes::snapshot_route))
        .routes(routes!(stream::routes::stream))
        .routes(routes!(journal::routes::upload))
        .routes(routes!(journal::sealed::hand_in))
        .routes(routes!(journal::listing::events))
        .routes(routes!(journal::routes::double_uses))
        .routes(routes!(journal::routes::disagreements))
        .routes(routes!(journal::routes::erase_details))
        .layer(DefaultBodyLimit::max(body::MOST))
}
