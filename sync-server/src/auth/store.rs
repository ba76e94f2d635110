//! The tables of accounts and sessions.

use gatehouse::{
    id::{CommunityId, UserId},
    time::UnixMs,
    words::Role,
};
use uuid::Uuid;

use crate::{
    execute, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A session that has not ended, of a membership that is active.
    pub(super) struct LiveSession {
        pub(super) user_id: UserId,
        pub(super) membership: Uuid,
        pub(super) role: Role,
    }

    /// A refresh token.
    pub(super) struct Refresh {
        pub(super) session: Uuid,
        pub(super) community: CommunityId,
        pub(super) expires_at: UnixMs,
        /// When it was used first, or became worthless.
        pub(super) used_at: Option<UnixMs>,
        /// The digest of what it was exchanged for last.
        pub(super) replaced_by: Option<[u8; 32]>,
    }

    pub(super) struct Attempts {
        pub(super) window_start: UnixMs,
        pub(super) failures: u32,
    }
}

pub(super) async fn live_session(
    tx: &mut Tx,
    community: CommunityId,
    session: Uuid,
) -> Result<Option<LiveSession>, StoreError> {
    fetch_optional!(
        tx,
        LiveSession,
        "select m.user_id, s.membership, m.role
         from sessions s join memberships m on m.community = s.community and m.id = s.membership
         where s.community = $1 and s.id = $2 and s.revoked_at is null and m.status = 'ACTIVE'",
        community,
        session
    )
}

/// Keeps a session from being ended until this transaction ends.
pub(super) async fn hold_session(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    execute!(tx, "update sessions set membership = membership where id = $1", id)?;
    Ok(())
}

pub(super) async fn insert_session(
    tx: &mut Tx,
    id: Uuid,
    community: CommunityId,
    membership: Uuid,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into sessions (id, community, membership, created_at) values ($1, $2, $3, $4)",
        id,
        community,
        membership,
        now
    )?;
    Ok(())
}

pub(super) async fn revoke_session(tx: &mut Tx, id: Uuid, now: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "update sessions set revoked_at = $2 where id = $1 and revoked_at is null", id, now)?;
    Ok(())
}

pub(super) async fn insert_refresh(
    tx: &mut Tx,
    hash: [u8; 32],
    session: Uuid,
    now: UnixMs,
    expires_at: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into refresh_tokens (hash, session, created_at, expires_at) values ($1, $2, $3, $4)",
        hash,
        session,
        now,
        expires_at
    )?;
    Ok(())
}

/// The refresh token of a digest, kept from being used by others until this transaction ends.
pub(super) async fn hold_refresh(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Refresh>, StoreError> {
    execute!(tx, "update refresh_tokens set session = session where hash = $1", hash)?;
    refresh(tx, hash).await
}

/// The refresh token of a digest.
pub(super) async fn refresh(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Refresh>, StoreError> {
    fetch_optional!(
        tx,
        Refresh,
        "select t.session, s.community, t.expires_at, t.used_at, t.replaced_by
         from refresh_tokens t join sessions s on s.id = t.session where t.hash = $1",
        hash
    )
}

/// Writes down what a refresh token was exchanged for.
pub(super) async fn replace_refresh(
    tx: &mut Tx,
    hash: [u8; 32],
    by: [u8; 32],
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update refresh_tokens set used_at = coalesce(used_at, $2), replaced_by = $3 where hash = $1",
        hash,
        now,
        by
    )?;
    Ok(())
}

/// Makes a refresh token worthless that nobody has used; false if somebody has. Used, and exchanged for nothing: whoever
/// comes with it later is told from one whose answer was lost.
pub(super) async fn void_refresh(tx: &mut Tx, hash: [u8; 32], now: UnixMs) -> Result<bool, StoreError> {
    let voided = execute!(
        tx,
        "update refresh_tokens set used_at = $2 where hash = $1 and used_at is null",
        hash,
        now
    )?;
    Ok(voided == 1)
}

pub(super) async fn attempts(tx: &mut Tx, subject: [u8; 32]) -> Result<Option<Attempts>, StoreError> {
    fetch_optional!(
        tx,
        Attempts,
        "select window_start, failures from login_attempts where subject = $1",
        subject
    )
}

/// Counts a failure `weight` times in the window that is open, or opens one if the last began at or before `over`.
pub(super) async fn count_failure(
    tx: &mut Tx,
    subject: [u8; 32],
    weight: u32,
    now: UnixMs,
    over: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into login_attempts (subject, window_start, failures) values ($1, $2, $4)
         on conflict (subject) do update set failures = excluded.failures
                 + case when login_attempts.window_start <= $3 then 0 else login_attempts.failures end,
             window_start = case when login_attempts.window_start <= $3 then $2 else login_attempts.window_start end",
        subject,
        now,
        over,
        weight
    )?;
    Ok(())
}

pub(super) async fn forget_attempts(tx: &mut Tx, subject: [u8; 32]) -> Result<(), StoreError> {
    execute!(tx, "delete from login_attempts where subject = $1", subject)?;
    Ok(())
}

/// Forgets the attempts of all subjects from `first` to `last`.
pub(super) async fn forget_attempts_between(
    tx: &mut Tx,
    first: [u8; 32],
    last: [u8; 32],
) -> Result<(), StoreError> {
    execute!(tx, "delete from login_attempts where subject between $1 and $2", first, last)?;
    Ok(())
}

pub(super) async fn give_attempt_back(tx: &mut Tx, subject: [u8; 32]) -> Result<(), StoreError> {
    execute!(
        tx,
        "update login_attempts set failures = failures - 1 where subject = $1 and failures > 0",
        subject
    )?;
    Ok(())
}

/// Forgets refresh tokens that were over by `by`, sessions begun before it that have none left, and wrong tries that began
/// before it.
pub async fn forget_old(tx: &mut Tx, by: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "delete from refresh_tokens where expires_at <= $1", by)?;
    execute!(
        tx,
        "delete from sessions where created_at <= $1
             and not exists (select 1 from refresh_tokens t where t.session = sessions.id)",
        by
    )?;
    execute!(tx, "delete from login_attempts where window_start <= $1", by)?;
    Ok(())
}
