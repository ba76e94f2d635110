//! All routes, and their description.

use axum::Router;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    admins, alerts, app::App, audit, auth, communities, description, gates, guards, health, http, kiosks,
    links, passes, photos, residents, spoken, sync, units, visitors,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Gatehouse",
        description = "Residents, visitors, passes, gates and kiosks of gated communities. Errors are problem \
                       details (RFC 9457) with a stable `code`; lists are paged by cursor; a POST that creates takes \
                       an `Idempotency-Key`."
    ),
    modifiers(&Bearer),
    components(schemas(gatehouse::api::problem::Problem))
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        api.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// Every capability's routes, described.
fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(health::routes())
        .merge(auth::routes())
        .merge(communities::routes())
        .merge(units::routes())
        .merge(admins::routes())
        .merge(links::routes())
        .merge(residents::routes())
        .merge(gates::routes())
        .merge(guards::routes())
        .merge(kiosks::routes())
        .merge(passes::routes())
        .merge(visitors::routes())
        .merge(photos::routes())
        .merge(spoken::routes())
        .merge(alerts::routes())
        .merge(audit::routes())
        .merge(sync::routes())
}

/// The API's description.
pub fn openapi() -> utoipa::openapi::OpenApi {
    parts().1
}

/// The routes, and their description.
fn parts() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut api) = described().split_for_parts();
    description::complete(&mut api);
    (router, api)
}

/// The whole server as a service.
pub fn router(app: App) -> Router {
    let (router, api) = parts();
    http::serve::layered(router.merge(http::docs::routes(api)).with_state(app))
}
