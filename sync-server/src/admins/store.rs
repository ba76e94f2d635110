//! Admins' memberships.

use gatehouse::{
    api::residents::Admin,
    id::{CommunityId, UserId},
};
use uuid::Uuid;

use crate::{
    fetch_all, fetch_one, record,
    store::{StoreError, Tx},
};

record! {
    pub(super) struct AdminRecord {
        pub(super) membership: Uuid,
        user_id: UserId,
        name: String,
        phone: Option<String>,
        email: Option<String>,
    }
}

impl From<AdminRecord> for Admin {
    fn from(admin: AdminRecord) -> Self {
        Self { id: admin.user_id, name: admin.name, phone: admin.phone, email: admin.email }
    }
}

/// A piece of the active admins in order of membership.
pub(super) async fn list(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<AdminRecord>, StoreError> {
    fetch_all!(
        tx,
        AdminRecord,
        "select m.id as membership, m.user_id, u.name, u.phone, u.email
         from memberships m join users u on u.id = m.user_id
         where m.community = $1 and m.role = 'ADMIN' and m.status = 'ACTIVE' and m.id > $2
         order by m.id limit $3",
        community,
        after,
        rows
    )
}

/// How many active admins there are.
pub(super) async fn count(tx: &mut Tx, community: CommunityId) -> Result<i64, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from memberships where community = $1 and role = 'ADMIN' and status = 'ACTIVE'",
        community
    )?;
    Ok(count)
}
