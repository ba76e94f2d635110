//! The answers kept.

use gatehouse::{
    id::{CommunityId, UserId},
    time::UnixMs,
};

use crate::{
    execute, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    pub(super) struct Kept {
        pub(super) request: [u8; 32],
        pub(super) sealed: Vec<u8>,
    }
}

pub(super) async fn answer(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    key: &str,
) -> Result<Option<Kept>, StoreError> {
    fetch_optional!(
        tx,
        Kept,
        "select request, sealed from idempotent_answers
         where community = $1 and user_id = $2 and key = $3",
        community,
        user,
        key
    )
}

pub(super) async fn forget(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    before: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "delete from idempotent_answers where community = $1 and user_id = $2 and created_at <= $3",
        community,
        user,
        before
    )?;
    Ok(())
}

/// Forgets everybody's answers that were kept before.
pub(super) async fn forget_all(tx: &mut Tx, before: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "delete from idempotent_answers where created_at <= $1", before)?;
    Ok(())
}

/// Takes a key for a request, whose answer is to be written in the same transaction; false if it is taken. One that another
/// transaction takes just now is waited for.
pub(super) async fn take(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    key: &str,
    request: [u8; 32],
    now: UnixMs,
) -> Result<bool, StoreError> {
    let none_yet: &[u8] = &[];
    let written = execute!(
        tx,
        "insert into idempotent_answers (community, user_id, key, request, sealed, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (community, user_id, key) do nothing",
        community,
        user,
        key,
        request,
        none_yet,
        now
    )?;
    Ok(written == 1)
}

pub(super) async fn keep(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    key: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update idempotent_answers set sealed = $4 where community = $1 and user_id = $2 and key = $3",
        community,
        user,
        key,
        sealed
    )?;
    Ok(())
}
