//! `/spoken`.

use axum::{Json, extract::State};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::api::{
    community::{SpokenSecret, SpokenSecrets},
    problem::{Code, Problem},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    auth::Resident,
    communities::{day_keys, store as communities},
    http::Answer,
    units::store as units,
};

/// `/spoken`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(secrets))
}

/// The secrets of the coming days for the caller's units: one for each unit and each day whose key gates hold.
#[utoipa::path(get, path = "/spoken", tag = "spoken", security(("bearer" = [])),
    responses((status = 200, body = SpokenSecrets), (status = "default", body = Problem)))]
async fn secrets(State(app): State<App>, Resident(caller): Resident) -> Answer<Json<SpokenSecrets>> {
    let now = app.now();
    let mut tx = app.store.read().await?;
    let community = communities::community(&mut tx, caller.community).await?;
    let root = day_keys::root(&mut tx, &app.sealer, &community, now).await?;
    let mut secrets = Vec::new();
    for unit in &caller.units {
        let unit = units::unit(&mut tx, caller.community, *unit).await?.ok_or(Code::NotFound)?;
        for date in day_keys::wanted(&community, now)? {
            let secret = root.day_key(community.id, date).spoken_secret(unit.id, unit.epoch);
            secrets.push(SpokenSecret {
                unit_id: unit.id,
                unit: unit.label(),
                date: date.to_string(),
                secret: STANDARD.encode(secret.bytes()),
            });
        }
    }
    Ok(Json(SpokenSecrets { secrets }))
}
