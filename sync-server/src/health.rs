//! Whether the server can serve.

use std::time::Duration;

use axum::{Json, extract::State};
use gatehouse::api::problem::Code;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, communities, http::Answer};

/// How long the database may take: whoever asks, such as a load balancer, waits no longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The server can serve.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The server's version.
    version: &'static str,
}

/// `/health`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Whether the server can serve: it asks the database.
#[utoipa::path(get, path = "/health", tag = "server", responses(
    (status = 200, body = Health), (status = 503, description = "The database does not answer")))]
async fn health(State(app): State<App>) -> Answer<Json<Health>> {
    let asked = async {
        let mut tx = app.store.read().await?;
        communities::store::count(&mut tx).await
    };
    timeout(PATIENCE, asked).await.map_err(|_| Code::Unavailable)??;
    Ok(Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }))
}
