//! Sessions: families of refresh tokens, each good once.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    api::{
        auth::{Membership, Session, User},
        problem::Code,
    },
    entropy::Entropy,
    hash::Hash,
    id::{CommunityId, UserId},
    time::{DAY, SECOND, UnixMs},
    words::Role,
};
use uuid::Uuid;

use super::{
    AccessClaims, TOKEN_LIFE,
    attempts::{self, Subject},
    caller::PEOPLE,
    store,
};
use crate::{
    accounts::store::{self as accounts, Account},
    app::App,
    http::{Answer, Fault},
    store::{StoreError, Tx},
};

/// How long a refresh token is good, in milliseconds.
const REFRESH_LIFE: i64 = 30 * DAY;
/// How long a used refresh token may come again, its answer having been lost, in milliseconds.
const GRACE: i64 = 30 * SECOND;

/// Begins a session of a membership.
pub(super) async fn begin(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    community: CommunityId,
    membership: Uuid,
    role: Role,
) -> Answer<Session> {
    let now = app.now();
    let session = UserId::new(now, &mut app.entropy()).0;
    store::insert_session(tx, session, community, membership, now).await?;
    tokens(app, tx, account, community, session, membership, role).await
}

/// Exchanges a refresh token for the next pair. One that was used before tells that somebody else holds a copy, and its
/// whole family ends; unless its answer was lost just now.
pub(super) async fn refresh(app: &App, token: &str, from: IpAddr) -> Answer<Session> {
    let now = app.now();
    let hash = digest(token);
    let mut tx = app.store.read().await?;
    let found = store::refresh(&mut tx, hash).await?;
    let is_good = live(&mut tx, found, now).await?.is_some();
    drop(tx);
    if !is_good {
        attempts::charge_first(app, &[Subject::refresh(from)]).await?;
        return Err(Code::RefreshRejected.into());
    }
    let mut tx = app.store.write().await?;
    let held = store::hold_refresh(&mut tx, hash).await?;
    let (held, live) = live(&mut tx, held, now).await?.ok_or(Code::RefreshRejected)?;
    if held.used_at.is_some() && !lost_its_answer(&mut tx, &held, now).await? {
        store::revoke_session(&mut tx, held.session, now).await?;
        tx.commit().await?;
        tracing::warn!(session = %held.session, "a refresh token came twice: its session was ended");
        return Err(Code::RefreshRejected.into());
    }
    let account = accounts::account(&mut tx, live.user_id).await?.ok_or(Code::RefreshRejected)?;
    let session =
        tokens(app, &mut tx, &account, held.community, held.session, live.membership, live.role).await?;
    store::replace_refresh(&mut tx, hash, digest(&session.refresh_token), now).await?;
    tx.commit().await?;
    Ok(session)
}

/// A refresh token that is not over, of a session that has not ended, and that session.
async fn live(
    tx: &mut Tx,
    found: Option<store::Refresh>,
    now: UnixMs,
) -> Result<Option<(store::Refresh, store::LiveSession)>, StoreError> {
    let Some(found) = found.filter(|found| now < found.expires_at) else { return Ok(None) };
    let live = store::live_session(tx, found.community, found.session).await?;
    Ok(live.map(|live| (found, live)))
}

/// Whether a used token's answer may have been lost: it was used just now, and nobody has used what it was exchanged for.
/// That is made worthless then, so that a session never has two tokens that are good.
async fn lost_its_answer(tx: &mut Tx, held: &store::Refresh, now: UnixMs) -> Answer<bool> {
    let just_now = held.used_at.is_some_and(|used_at| now.since(used_at) <= GRACE);
    match held.replaced_by.filter(|_| just_now) {
        Some(next) => Ok(store::void_refresh(tx, next, now).await?),
        None => Ok(false),
    }
}

fn digest(refresh_token: &str) -> [u8; 32] {
    Hash::of(&[refresh_token.as_bytes()]).0
}

async fn tokens(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    community: CommunityId,
    session: Uuid,
    membership: Uuid,
    role: Role,
) -> Answer<Session> {
    let now = app.now();
    let refresh_token = URL_SAFE_NO_PAD.encode(app.entropy().bytes::<32>());
    store::insert_refresh(tx, digest(&refresh_token), session, now, now.plus(REFRESH_LIFE)).await?;
    let claims = AccessClaims { sub: account.id, sid: session, com: community, role: role.clone() };
    Ok(Session {
        access_token: app.tokens.sign(PEOPLE, claims, now, TOKEN_LIFE)?,
        refresh_token,
        expires_in: u32::try_from(TOKEN_LIFE / SECOND).unwrap_or(0),
        user: user(tx, account, community, membership, role).await?,
    })
}

/// The account as it is shown to its owner.
pub(super) async fn user(
    tx: &mut Tx,
    account: &Account,
    community: CommunityId,
    membership: Uuid,
    role: Role,
) -> Result<User, Fault> {
    let memberships = accounts::memberships_of(tx, account.id).await?;
    Ok(User {
        id: account.id,
        name: account.name.clone(),
        phone: account.phone.clone(),
        email: account.email.clone(),
        role,
        community_id: community,
        unit_ids: accounts::units_of(tx, community, membership).await?,
        memberships: memberships
            .into_iter()
            .map(|one| Membership {
                community_id: one.community,
                community: one.community_name,
                role: one.role,
                status: one.status,
            })
            .collect(),
    })
}
