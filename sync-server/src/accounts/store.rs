//! The tables of accounts and memberships.

use gatehouse::{
    id::{CommunityId, UnitId, UserId},
    time::UnixMs,
    words::Role,
};
use uuid::Uuid;

use crate::{
    execute, fetch_all, fetch_one, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// An account.
    #[derive(Clone)]
    pub struct Account {
        /// Its id.
        pub id: UserId,
        /// Full name.
        pub name: String,
        /// In E.164.
        pub phone: Option<String>,
        /// In lower case.
        pub email: Option<String>,
        /// PHC string; absent for an account that cannot sign in to the API.
        pub password_hash: Option<String>,
    }

    /// A membership with its community's name.
    #[derive(Clone)]
    pub struct MembershipRecord {
        /// The community.
        pub community: CommunityId,
        /// Its name.
        pub community_name: String,
        /// The membership.
        pub id: Uuid,
        /// The role.
        pub role: Role,
        /// PENDING, ACTIVE or ENDED.
        pub status: String,
        /// Since when.
        pub created_at: UnixMs,
    }

    /// One membership.
    pub struct Held {
        /// Its id.
        pub id: Uuid,
        /// PENDING, ACTIVE or ENDED.
        pub status: String,
    }

    struct UnitOf {
        unit: UnitId,
    }
}

/// Makes an account.
pub async fn insert_account(tx: &mut Tx, account: &Account, now: UnixMs) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into users (id, name, phone, email, password_hash, created_at) values ($1, $2, $3, $4, $5, $6)",
        account.id,
        account.name,
        account.phone,
        account.email,
        account.password_hash,
        now
    )?;
    Ok(())
}

/// The account of an id.
pub async fn account(tx: &mut Tx, id: UserId) -> Result<Option<Account>, StoreError> {
    fetch_optional!(tx, Account, "select id, name, phone, email, password_hash from users where id = $1", id)
}

/// The account of an id, kept from being changed by others until this transaction ends.
pub async fn hold_account(tx: &mut Tx, id: UserId) -> Result<Option<Account>, StoreError> {
    execute!(tx, "update users set id = id where id = $1", id)?;
    account(tx, id).await
}

/// The account of an e-mail or a phone, as they are stored.
pub async fn account_of_contact(tx: &mut Tx, contact: &str) -> Result<Option<Account>, StoreError> {
    fetch_optional!(
        tx,
        Account,
        "select id, name, phone, email, password_hash from users where email = $1 or phone = $1",
        contact
    )
}

/// When an admin has vouched for who becomes of this status now.
fn vouched(status: &str, now: UnixMs) -> Option<UnixMs> {
    (status == "ACTIVE").then_some(now)
}

/// Makes a membership.
pub async fn insert_membership(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    user: UserId,
    role: &Role,
    status: &str,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into memberships (community, id, user_id, role, status, created_at, vouched_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        community,
        id,
        user,
        *role,
        status,
        now,
        vouched(status, now)
    )?;
    Ok(())
}

/// What an account is in a community in one role, kept from being changed by others until this transaction ends.
pub async fn hold_membership(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    role: &Role,
) -> Result<Option<Held>, StoreError> {
    execute!(
        tx,
        "update memberships set status = status where community = $1 and user_id = $2 and role = $3",
        community,
        user,
        *role
    )?;
    fetch_optional!(
        tx,
        Held,
        "select id, status from memberships where community = $1 and user_id = $2 and role = $3",
        community,
        user,
        *role
    )
}

/// Begins a membership that is there anew.
pub async fn renew_membership(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    status: &str,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update memberships set status = $3, created_at = $4, ended_at = null, vouched_at = coalesce(vouched_at, $5)
         where community = $1 and id = $2",
        community,
        id,
        status,
        now,
        vouched(status, now)
    )?;
    Ok(())
}

/// Takes a membership's units away.
pub async fn leave_units(tx: &mut Tx, community: CommunityId, membership: Uuid) -> Result<(), StoreError> {
    execute!(
        tx,
        "delete from membership_units where community = $1 and membership = $2",
        community,
        membership
    )?;
    Ok(())
}

/// Lets a membership's holder live in a unit, since then; where they are still to be let in, since never.
pub async fn insert_membership_unit(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    unit: UnitId,
    since: Option<UnixMs>,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into membership_units (community, membership, unit, since) values ($1, $2, $3, $4)
         on conflict (community, membership, unit) do nothing",
        community,
        membership,
        unit,
        since
    )?;
    Ok(())
}

/// That the holder of a membership of community `$1` lived in a unit by an instant. What was before is the business of
/// those who lived there before: whoever lists something for a household asks this of it.
macro_rules! lived_there {
    ($membership:literal, $unit:literal, $by:literal) => {
        concat!(
            "exists (select 1 from membership_units h where h.community = $1 and h.membership = ",
            $membership,
            " and h.unit = ",
            $unit,
            " and h.since <= ",
            $by,
            ")"
        )
    };
}
pub(crate) use lived_there;

/// Lets a membership's holder live in the units they asked for, from now on.
pub async fn enter_units(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update membership_units set since = $3 where community = $1 and membership = $2 and since is null",
        community,
        membership,
        now
    )?;
    Ok(())
}

/// All memberships of an account, the oldest first.
pub async fn memberships_of(tx: &mut Tx, user: UserId) -> Result<Vec<MembershipRecord>, StoreError> {
    fetch_all!(
        tx,
        MembershipRecord,
        "select m.community, c.name as community_name, m.id, m.role, m.status, m.created_at
         from memberships m join communities c on c.id = m.community
         where m.user_id = $1 order by m.created_at, m.id",
        user
    )
}

/// The units of a membership.
pub async fn units_of(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
) -> Result<Vec<UnitId>, StoreError> {
    let rows = fetch_all!(
        tx,
        UnitOf,
        "select unit from membership_units where community = $1 and membership = $2 order by unit",
        community,
        membership
    )?;
    Ok(rows.into_iter().map(|row| row.unit).collect())
}

/// Moves a membership from one status to another; false if it was not in the first.
pub async fn set_membership_status(
    tx: &mut Tx,
    community: CommunityId,
    id: Uuid,
    from: &str,
    to: &str,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let ended = (to == "ENDED").then_some(now);
    let changed = execute!(
        tx,
        "update memberships set status = $4, ended_at = $5, vouched_at = coalesce(vouched_at, $6)
         where community = $1 and id = $2 and status = $3",
        community,
        id,
        from,
        to,
        ended,
        vouched(to, now)
    )?;
    Ok(changed == 1)
}

/// Sets an account's password.
pub async fn set_password(tx: &mut Tx, user: UserId, hash: &str) -> Result<(), StoreError> {
    execute!(tx, "update users set password_hash = $2 where id = $1", user, hash)?;
    Ok(())
}

/// Takes the password from an account that no admin ever let in: more than one person says its contacts are theirs, and
/// whoever came first is not to be let in for whom the admin means.
pub async fn contest(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    execute!(
        tx,
        "update users set password_hash = null where id = $1 and not exists
             (select 1 from memberships m where m.user_id = users.id and m.vouched_at is not null)",
        user
    )?;
    Ok(())
}

/// Ends what an account asked to be and was never let in as.
pub async fn end_pending(tx: &mut Tx, user: UserId, now: UnixMs) -> Result<(), StoreError> {
    execute!(
        tx,
        "update memberships set status = 'ENDED', ended_at = $2 where user_id = $1 and status = 'PENDING'",
        user,
        now
    )?;
    Ok(())
}

/// Whether an admin of any community ever let the account's holder in, so that it is known to be theirs.
pub async fn is_vouched_for(tx: &mut Tx, user: UserId) -> Result<bool, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*) from memberships where user_id = $1 and vouched_at is not null",
        user
    )?;
    Ok(count > 0)
}

/// Makes the account of this id what `account` says.
pub async fn update_account(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    execute!(
        tx,
        "update users set name = $2, phone = $3, email = $4, password_hash = $5 where id = $1",
        account.id,
        account.name,
        account.phone,
        account.email,
        account.password_hash
    )?;
    Ok(())
}

/// Ends every session of an account but the one named.
pub async fn revoke_sessions_of(
    tx: &mut Tx,
    user: UserId,
    but: Option<Uuid>,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update sessions set revoked_at = $3 where revoked_at is null and id <> $2 and exists
             (select 1 from memberships m where m.community = sessions.community and m.id = sessions.membership
                 and m.user_id = $1)",
        user,
        but.unwrap_or(Uuid::nil()),
        now
    )?;
    Ok(())
}

/// Ends every session of a membership.
pub async fn revoke_sessions(
    tx: &mut Tx,
    community: CommunityId,
    membership: Uuid,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "update sessions set revoked_at = $3 where community = $1 and membership = $2 and revoked_at is null",
        community,
        membership,
        now
    )?;
    Ok(())
}
