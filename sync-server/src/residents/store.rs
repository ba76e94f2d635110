//! Residents' memberships.

use gatehouse::{
    id::{CommunityId, UnitId, UserId},
    time::UnixMs,
};
use uuid::Uuid;

use crate::{
    fetch_all, fetch_one, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A resident's membership with its account.
    #[derive(Clone)]
    pub struct ResidentRecord {
        /// The membership.
        pub membership: Uuid,
        /// The account.
        pub user_id: UserId,
        /// Full name.
        pub name: String,
        /// In E.164.
        pub phone: Option<String>,
        /// In lower case.
        pub email: Option<String>,
        /// PENDING, ACTIVE or ENDED.
        pub status: String,
        /// Since when.
        pub created_at: UnixMs,
    }
}

/// The resident of an account.
pub async fn resident(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
) -> Result<Option<ResidentRecord>, StoreError> {
    fetch_optional!(
        tx,
        ResidentRecord,
        "select m.id as membership, m.user_id, u.name, u.phone, u.email, m.status, m.created_at
         from memberships m join users u on u.id = m.user_id
         where m.community = $1 and m.user_id = $2 and m.role = 'RESIDENT'",
        community,
        user
    )
}

/// A piece of the residents in order of membership; of one status, or of all if it is empty.
pub async fn list(
    tx: &mut Tx,
    community: CommunityId,
    status: &str,
    after: Uuid,
    rows: i64,
) -> Result<Vec<ResidentRecord>, StoreError> {
    fetch_all!(
        tx,
        ResidentRecord,
        "select m.id as membership, m.user_id, u.name, u.phone, u.email, m.status, m.created_at
         from memberships m join users u on u.id = m.user_id
         where m.community = $1 and m.role = 'RESIDENT' and ($2 = '' or m.status = $2) and m.id > $3
         order by m.id limit $4",
        community,
        status,
        after,
        rows
    )
}

/// How many active residents a unit has.
pub async fn living_in(tx: &mut Tx, community: CommunityId, unit: UnitId) -> Result<i64, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from membership_units h
         join memberships m on m.community = h.community and m.id = h.membership
         where h.community = $1 and h.unit = $2 and m.status = 'ACTIVE' and m.role = 'RESIDENT'",
        community,
        unit
    )?;
    Ok(count)
}
