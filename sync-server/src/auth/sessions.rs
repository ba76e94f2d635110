//! Sessions: families of refresh tokens, each good once.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    api::{
        auth::{Membership, Session, User},
        problem::Code,
    },
    entropy::Entropy,
    hash::Hash,
    id::{CommunityId, UserId},
    time::{DAY, SECOND},
    words::Role,
};
use uuid::Uuid;

use super::{AccessClaims, TOKEN_LIFE, caller::PEOPLE, store};
use crate::{
    accounts::store::{self as accounts, Account},
    app::App,
    http::{Answer, Fault},
    store::Tx,
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

/// Exchanges a refresh token for the next pair. One that was used before, and not just now, tells that somebody else
/// holds a copy: its whole family ends.
pub(super) async fn refresh(app: &App, token: &str) -> Answer<Session> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    let used = store::use_refresh(&mut tx, Hash::of(&[token.as_bytes()]).0, now)
        .await?
        .ok_or(Code::RefreshRejected)?;
    let live = store::live_session(&mut tx, used.community, used.session).await?;
    let Some(live) = live.filter(|_| now < used.expires_at) else {
        return Err(Code::RefreshRejected.into());
    };
    if now.since(used.used_at) > GRACE {
        store::revoke_session(&mut tx, used.session, now).await?;
        tx.commit().await?;
        tracing::warn!(session = %used.session, "a refresh token came twice: its session was ended");
        return Err(Code::RefreshRejected.into());
    }
    let account = accounts::account(&mut tx, live.user_id).await?.ok_or(Code::RefreshRejected)?;
    let session =
        tokens(app, &mut tx, &account, used.community, used.session, live.membership, live.role).await?;
    tx.commit().await?;
    Ok(session)
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
    let hash = Hash::of(&[refresh_token.as_bytes()]).0;
    store::insert_refresh(tx, hash, session, now, now.plus(REFRESH_LIFE)).await?;
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
