//! Whether the server can serve.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, communities, http::Answer};

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
    let mut tx = app.store.read().await?;
    communities::store::count(&mut tx).await?;
    Ok(Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }))
}
