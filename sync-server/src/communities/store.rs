//! The communities' table.

use gatehouse::{feed::row::CommunityRow, id::CommunityId, time::UnixMs};

use crate::{
    execute, fetch_all, fetch_one, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A community.
    #[derive(Clone)]
    pub struct Community {
        /// Its id.
        pub id: CommunityId,
        /// Its name, unique on the server.
        pub name: String,
        /// IANA zone.
        pub zone: String,
        /// Canonical CBOR of the admission policy.
        pub policy: Vec<u8>,
        /// Nobody comes in while this is set.
        pub locked_down: bool,
        /// Current epoch of the day keys.
        pub key_epoch: u32,
        /// Companies that deliver, one a line, most frequent first.
        pub companies: String,
    }

    struct Id {
        id: CommunityId,
    }
}

impl Community {
    /// The community as kiosks see it.
    pub fn row(&self, lookup_key: [u8; 32]) -> CommunityRow {
        CommunityRow {
            name: self.name.clone(),
            zone: self.zone.clone(),
            policy: self.policy.clone(),
            locked_down: self.locked_down,
            lookup_key,
            key_epoch: self.key_epoch,
            companies: self.companies.lines().map(str::to_owned).collect(),
        }
    }
}

/// Makes a community's row.
pub async fn insert(tx: &mut Tx, community: &Community, now: UnixMs) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into communities (id, name, zone, policy, locked_down, key_epoch, companies, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        community.id,
        community.name,
        community.zone,
        community.policy,
        community.locked_down,
        community.key_epoch,
        community.companies,
        now
    )?;
    Ok(())
}

/// The community of an id; it is there as long as anything names it.
pub async fn community(tx: &mut Tx, id: CommunityId) -> Result<Community, StoreError> {
    fetch_one!(
        tx,
        Community,
        "select id, name, zone, policy, locked_down, key_epoch, companies from communities where id = $1",
        id
    )
}

/// The community of a name.
pub async fn community_named(tx: &mut Tx, name: &str) -> Result<Option<Community>, StoreError> {
    fetch_optional!(
        tx,
        Community,
        "select id, name, zone, policy, locked_down, key_epoch, companies from communities where name = $1",
        name
    )
}

/// How many communities there are.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(fetch_one!(tx, (i64,), "select count(*) from communities")?.0)
}

/// Every community.
pub async fn all(tx: &mut Tx) -> Result<Vec<CommunityId>, StoreError> {
    let rows = fetch_all!(tx, Id, "select id from communities order by id")?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Writes what may change of a community.
pub async fn update(tx: &mut Tx, community: &Community) -> Result<(), StoreError> {
    execute!(
        tx,
        "update communities set policy = $2, locked_down = $3, key_epoch = $4, companies = $5 where id = $1",
        community.id,
        community.policy,
        community.locked_down,
        community.key_epoch,
        community.companies
    )?;
    Ok(())
}

/// Keeps a community from being changed by others until this transaction ends.
pub async fn hold(tx: &mut Tx, id: CommunityId) -> Result<(), StoreError> {
    execute!(tx, "update communities set id = id where id = $1", id)?;
    Ok(())
}
