//! The table of links that were handed out.

use gatehouse::{
    api::people::OpenLink,
    id::{CommunityId, UserId},
    time::UnixMs,
    words::LinkKind,
};
use uuid::Uuid;

use crate::{
    auth::Caller,
    execute, fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A link that was neither used nor withdrawn.
    pub(super) struct Link {
        pub(super) community: CommunityId,
        pub(super) id: Uuid,
        pub(super) kind: LinkKind,
        pub(super) user_id: Option<UserId>,
        made_by: UserId,
        pub(super) expires_at: UnixMs,
    }
}

impl From<Link> for OpenLink {
    fn from(link: Link) -> Self {
        Self {
            id: link.id,
            kind: link.kind,
            user_id: link.user_id,
            made_by: link.made_by,
            expires_at: link.expires_at,
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "a row's columns")]
pub(super) async fn insert(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    hash: [u8; 32],
    kind: &LinkKind,
    user: Option<UserId>,
    now: UnixMs,
    expires_at: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into handed_links (community, id, hash, kind, user_id, made_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        caller.community,
        id,
        hash,
        *kind,
        user,
        caller.user,
        now,
        expires_at
    )?;
    Ok(())
}

pub(super) async fn link(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Link>, StoreError> {
    fetch_optional!(
        tx,
        Link,
        "select community, id, kind, user_id, made_by, expires_at from handed_links where hash = $1",
        hash
    )
}

/// A piece of the links that are good at `now`.
pub(super) async fn list(
    tx: &mut Tx,
    community: CommunityId,
    now: UnixMs,
    after: Uuid,
    rows: i64,
) -> Result<Vec<Link>, StoreError> {
    fetch_all!(
        tx,
        Link,
        "select community, id, kind, user_id, made_by, expires_at from handed_links
         where community = $1 and expires_at > $2 and id > $3 order by id limit $4",
        community,
        now,
        after,
        rows
    )
}

/// Deletes a link; false if it was gone.
pub(super) async fn delete(tx: &mut Tx, community: CommunityId, id: Uuid) -> Result<bool, StoreError> {
    Ok(execute!(tx, "delete from handed_links where community = $1 and id = $2", community, id)? == 1)
}

/// Deletes the links that were given out for somebody's password.
pub async fn delete_of(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    execute!(tx, "delete from handed_links where user_id = $1", user)?;
    Ok(())
}

/// Deletes the links that an admin of the community gave out.
pub async fn withdraw_all_of(tx: &mut Tx, community: CommunityId, admin: UserId) -> Result<(), StoreError> {
    execute!(tx, "delete from handed_links where community = $1 and made_by = $2", community, admin)?;
    Ok(())
}

/// Deletes links that were over by `by`.
pub async fn forget_over(tx: &mut Tx, by: UnixMs) -> Result<(), StoreError> {
    execute!(tx, "delete from handed_links where expires_at <= $1", by)?;
    Ok(())
}
