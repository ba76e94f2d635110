//! `/community` and `/policy`.

use axum::{Json, extract::State};
use gatehouse::{
    admission::Policy,
    api::{
        community::{Community as Shown, CommunityChange, RotateKeys, RotatedKeys},
        problem::Problem,
    },
    words::Deed,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Community, create, day_keys, rotate, store};
use crate::{
    app::App,
    audit,
    auth::{Admin, Caller},
    feed,
    http::{Answer, Body, Fault, Fields},
};

/// `/community` and `/policy`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, change))
        .routes(routes!(policy, put_policy))
        .routes(routes!(rotate_keys))
}

impl From<Community> for Shown {
    fn from(community: Community) -> Self {
        Self {
            id: community.id,
            companies: community.companies.lines().map(str::to_owned).collect(),
            name: community.name,
            zone: community.zone,
            locked_down: community.locked_down,
        }
    }
}

/// The caller's community.
#[utoipa::path(get, path = "/community", tag = "community", security(("bearer" = [])),
    responses((status = 200, body = Shown), (status = "default", body = Problem)))]
async fn show(State(app): State<App>, caller: Caller) -> Answer<Json<Shown>> {
    let mut tx = app.store.read().await?;
    Ok(Json(store::community(&mut tx, caller.community).await?.into()))
}

/// Lock the gates down or open them again; say which companies deliver.
#[utoipa::path(patch, path = "/community", tag = "community", request_body = CommunityChange,
    security(("bearer" = [])),
    responses((status = 200, body = Shown), (status = "default", body = Problem)))]
async fn change(
    State(app): State<App>,
    Admin(caller): Admin,
    body: Body<CommunityChange>,
) -> Answer<Json<Shown>> {
    let now = app.now();
    let mut fields = Fields::new();
    let companies: Option<Vec<String>> = body.value.companies.map(|companies| {
        fields.require(companies.len() <= 50, "companies", "at most 50");
        companies.iter().map(|company| fields.text("companies", company, 1..=40)).collect()
    });
    fields.finish()?;
    let mut tx = caller.write(&app).await?;
    store::hold(&mut tx, caller.community).await?;
    let mut community = store::community(&mut tx, caller.community).await?;
    let before = community.locked_down;
    community.locked_down = body.value.locked_down.unwrap_or(before);
    if community.locked_down != before {
        let deed = if before { Deed::LockDownLifted } else { Deed::LockedDown };
        audit::record(&app, &mut tx, caller.community, Some(caller.user), &deed, None).await?;
    }
    if let Some(companies) = companies {
        community.companies = companies.join("\n");
    }
    store::update(&mut tx, &community).await?;
    let changed = create::change(&mut tx, &app.sealer, &community, now).await?;
    feed::publish(&mut tx, caller.community, &[changed], now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(community.into()))
}

/// Replace the community's keys before their time. The next pass key signs from two weeks on, so that every gate has it
/// by then; the others take over at once.
#[utoipa::path(post, path = "/community/keys/rotate", tag = "community", request_body = RotateKeys,
    security(("bearer" = [])),
    responses((status = 200, body = RotatedKeys), (status = "default", body = Problem)))]
async fn rotate_keys(
    State(app): State<App>,
    Admin(caller): Admin,
    body: Body<RotateKeys>,
) -> Answer<Json<RotatedKeys>> {
    let tx = caller.write(&app).await?;
    rotate::rotate(&app, tx, caller.community, Some(caller.user), body.value).await.map(Json)
}

/// What the community lets its gates do.
#[utoipa::path(get, path = "/policy", tag = "community", security(("bearer" = [])),
    responses((status = 200, body = Policy), (status = "default", body = Problem)))]
async fn policy(State(app): State<App>, caller: Caller) -> Answer<Json<Policy>> {
    let mut tx = app.store.read().await?;
    let community = store::community(&mut tx, caller.community).await?;
    Ok(Json(Policy::read(&community.policy).map_err(Fault::internal)?))
}

/// Say what the community lets its gates do, all of it. Kiosks online have it within two seconds.
#[utoipa::path(put, path = "/policy", tag = "community", request_body = Policy, security(("bearer" = [])),
    responses((status = 200, body = Policy), (status = "default", body = Problem)))]
async fn put_policy(
    State(app): State<App>,
    Admin(caller): Admin,
    body: Body<Policy>,
) -> Answer<Json<Policy>> {
    let now = app.now();
    let policy = body.value;
    let ahead = policy.day_keys_ahead == policy.day_keys_ahead();
    let mut fields = Fields::new();
    fields.require(ahead, "day_keys_ahead", "1 to 14");
    fields.finish()?;
    let mut tx = caller.write(&app).await?;
    store::hold(&mut tx, caller.community).await?;
    let mut community = store::community(&mut tx, caller.community).await?;
    let before = std::mem::replace(&mut community.policy, policy.to_bytes());
    if before != community.policy {
        let by = Some(caller.user);
        audit::record(&app, &mut tx, caller.community, by, &Deed::PolicyChanged, None).await?;
    }
    store::update(&mut tx, &community).await?;
    let mut changes = vec![create::change(&mut tx, &app.sealer, &community, now).await?];
    changes.extend(day_keys::due(&mut tx, &app.sealer, &community, now).await?);
    feed::publish(&mut tx, caller.community, &changes, now, &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(policy))
}
