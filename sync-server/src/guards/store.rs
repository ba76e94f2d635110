//! The guards' table.

use gatehouse::{
    api::gates::Guard,
    feed::row::GuardRow,
    id::{CommunityId, UserId},
    time::UnixMs,
};
use uuid::Uuid;

use crate::{
    execute,
    feed::Change,
    fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A guard.
    #[derive(Clone)]
    pub struct GuardRecord {
        /// The account.
        pub user_id: UserId,
        /// Name on the tile.
        pub name: String,
        /// In E.164.
        pub phone: Option<String>,
        /// Argon2id of the PIN.
        pub pin_hash: [u8; 32],
        /// Its salt.
        pub pin_salt: [u8; 16],
        /// JPEG of the tile.
        pub photo: Option<Vec<u8>>,
        /// Whether the guard may sign in.
        pub active: bool,
        /// Since when.
        pub created_at: UnixMs,
    }
}

impl GuardRecord {
    /// What is to be published when the guard has changed.
    pub fn change(&self) -> Change {
        let row = GuardRow {
            name: self.name.clone(),
            pin_hash: self.pin_hash.to_vec(),
            pin_salt: self.pin_salt,
            photo: self.photo.clone(),
            active: self.active,
        };
        Change::put(self.user_id.0, &row)
    }
}

impl From<GuardRecord> for Guard {
    fn from(guard: GuardRecord) -> Self {
        Self {
            id: guard.user_id,
            name: guard.name,
            phone: guard.phone,
            active: guard.active,
            has_photo: guard.photo.is_some(),
            created_at: guard.created_at,
        }
    }
}

/// Makes a guard of an account.
pub async fn insert(tx: &mut Tx, community: CommunityId, guard: &GuardRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into guards (community, user_id, pin_hash, pin_salt, photo, active, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        community,
        guard.user_id,
        guard.pin_hash,
        guard.pin_salt,
        guard.photo,
        guard.active,
        guard.created_at
    )?;
    Ok(())
}

/// Writes what may change of a guard.
pub async fn update(tx: &mut Tx, community: CommunityId, guard: &GuardRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "update guards set pin_hash = $3, pin_salt = $4, photo = $5, active = $6
         where community = $1 and user_id = $2",
        community,
        guard.user_id,
        guard.pin_hash,
        guard.pin_salt,
        guard.photo,
        guard.active
    )?;
    Ok(())
}

/// The guard of an account.
pub async fn guard(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
) -> Result<Option<GuardRecord>, StoreError> {
    fetch_optional!(
        tx,
        GuardRecord,
        "select g.user_id, u.name, u.phone, g.pin_hash, g.pin_salt, g.photo, g.active, g.created_at
         from guards g join users u on u.id = g.user_id where g.community = $1 and g.user_id = $2",
        community,
        user
    )
}

/// The guard of an account, kept from being changed by others until this transaction ends.
pub async fn hold(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
) -> Result<Option<GuardRecord>, StoreError> {
    execute!(
        tx,
        "update guards set user_id = user_id where community = $1 and user_id = $2",
        community,
        user
    )?;
    guard(tx, community, user).await
}

/// A piece of the guards in order of id.
pub async fn list(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<GuardRecord>, StoreError> {
    fetch_all!(
        tx,
        GuardRecord,
        "select g.user_id, u.name, u.phone, g.pin_hash, g.pin_salt, g.photo, g.active, g.created_at
         from guards g join users u on u.id = g.user_id
         where g.community = $1 and g.user_id > $2 order by g.user_id limit $3",
        community,
        after,
        rows
    )
}
