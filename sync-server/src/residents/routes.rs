//! `/residents`.

use axum::{Json, extract::State};
use gatehouse::{
    api::{
        List,
        problem::{Code, Problem},
        residents::{Approval, NewResident, Resident},
    },
    id::UserId,
    words::Deed,
};
use serde::Deserialize;
use utoipa::{
    IntoParams,
    openapi::{Object, ObjectBuilder, schema::Type},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{household, store};
use crate::{
    accounts::{Newcomer, Said, account_of, store::Account},
    app::App,
    audit,
    auth::{Admin, Caller},
    feed,
    http::{Answer, Body, Created, Fields, MaybeBody, Page, Parameters, Params, Segment},
    idempotency::IdempotencyKey,
    store::Tx,
};

/// `/residents`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(approve)).routes(routes!(move_out))
}

/// Make a resident, approved from the start; or let one move into further units, or back in.
///
/// Where there is an account of this phone and e-mail, the resident is its owner: it keeps its name and its password, and
/// what is sent as such counts for nothing (a guard's of this community that has no password gets the one sent). Phone and
/// e-mail have to be that account's, both: `already_exists` names the one that is somebody else's. An account that
/// somebody registered and no admin ever let in becomes what is sent, its password and all.
#[utoipa::path(post, path = "/residents", tag = "residents", params(IdempotencyKey), request_body = NewResident,
    security(("bearer" = [])),
    responses((status = 201, body = Resident),
        (status = 409, description = "`already_exists`, by its field: they live there, or a contact is another account's"),
        (status = "default", body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    body: Body<NewResident>,
) -> Answer<Created<Resident>> {
    let new = body.value;
    let account = prepare(&app, &new).await?;
    let mut tx = caller.write(&app).await?;
    if let Some(before) = key.replay(&app, &mut tx, &caller, body.request).await? {
        return Ok(Created(before));
    }
    let user = account_of(&app, &mut tx, caller.community, account).await?.id;
    let changes = household::move_in(&app, &mut tx, caller.community, user, &new.unit_ids).await?;
    let made = store::resident(&mut tx, caller.community, user).await?.ok_or(Code::Internal)?;
    let answer = household::show(&mut tx, caller.community, made).await?;
    key.keep(&app, &mut tx, &caller, &answer).await?;
    let by = Some(caller.user);
    audit::record(&app, &mut tx, caller.community, by, &Deed::ResidentAdded, Some(user)).await?;
    feed::publish(&mut tx, caller.community, &changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Created(answer))
}

async fn prepare(app: &App, new: &NewResident) -> Answer<Account> {
    let mut fields = Fields::new();
    let NewResident { name, phone, email, password, .. } = new;
    let newcomer = Newcomer::check(&mut fields, Said { name, phone, email, password });
    fields.require((1..=20).contains(&new.unit_ids.len()), "unit_ids", "1 to 20 units");
    fields.finish()?;
    newcomer.ok_or(Code::Invalid)?.account(app).await
}

/// Which residents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those that stand there; all if absent.
    #[param(schema_with = statuses)]
    status: Option<String>,
}

/// Where a membership stands.
const STATUSES: [&str; 3] = ["PENDING", "ACTIVE", "ENDED"];

fn statuses() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(STATUSES)).build()
}

impl Parameters for Filter {
    fn check(&self, fields: &mut Fields) {
        fields.one_of("status", self.status.as_deref(), &STATUSES);
    }
}

/// The community's residents, those who wait for approval included.
#[utoipa::path(get, path = "/residents", tag = "residents", params(Page, Filter), security(("bearer" = [])),
    responses((status = 200, body = List<Resident>), (status = "default", body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(caller): Admin,
    Params(page): Params<Page>,
    Params(filter): Params<Filter>,
) -> Answer<Json<List<Resident>>> {
    let mut tx = app.store.read().await?;
    let status = filter.status.unwrap_or_default();
    let rows = store::list(&mut tx, caller.community, &status, page.after(), page.rows()).await?;
    let (rows, next_cursor) = page.cut(rows, |resident| resident.membership);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(household::show(&mut tx, caller.community, row).await?);
    }
    Ok(Json(List { items, next_cursor }))
}

/// Writes down and publishes what became of a resident, commits, and shows them as they are now.
async fn changed(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    id: UserId,
    deed: &Deed,
    changes: &[feed::Change],
) -> Answer<Json<Resident>> {
    let community = caller.community;
    let resident = store::resident(&mut tx, community, id).await?.ok_or(Code::NotFound)?;
    let answer = household::show(&mut tx, community, resident).await?;
    audit::record(app, &mut tx, community, Some(caller.user), deed, Some(id)).await?;
    feed::publish(&mut tx, community, changes, app.now(), &mut app.entropy()).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Approve a resident who registered, for the units that they asked for. An approval that says which these are does not
/// approve any that they asked for after they were looked at.
#[utoipa::path(post, path = "/residents/{resident_id}/approve", tag = "residents",
    params(("resident_id" = UserId, Path)), request_body = Option<Approval>, security(("bearer" = [])),
    responses((status = 200, body = Resident),
        (status = 409, description = "`wrong_state`: they do not wait, or ask for other units by now", body = Problem),
        (status = "default", body = Problem)))]
async fn approve(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
    MaybeBody(approval): MaybeBody<Approval>,
) -> Answer<Json<Resident>> {
    let seen = approval.and_then(|approval| approval.unit_ids);
    let mut tx = caller.write(&app).await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let changes = household::approve(&app, &mut tx, caller.community, &resident, seen.as_deref()).await?;
    changed(&app, tx, &caller, id, &Deed::ResidentApproved, &changes).await
}

/// A resident moves out: sessions end, passes are revoked, spoken answers fetched ahead die. One who waits for approval
/// is rejected by it, which touches nobody else.
#[utoipa::path(post, path = "/residents/{resident_id}/move-out", tag = "residents",
    params(("resident_id" = UserId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Resident), (status = "default", body = Problem)))]
async fn move_out(
    State(app): State<App>,
    Admin(caller): Admin,
    Segment(id): Segment<UserId>,
) -> Answer<Json<Resident>> {
    let mut tx = caller.write(&app).await?;
    let resident = store::resident(&mut tx, caller.community, id).await?.ok_or(Code::NotFound)?;
    let (changes, deed) = household::move_out(&app, &mut tx, caller.community, &resident).await?;
    changed(&app, tx, &caller, id, &deed, &changes).await
}
