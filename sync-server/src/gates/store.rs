//! The gates' table.

use gatehouse::{
    api::gates::Gate,
    feed::row::GateRow,
    id::{CommunityId, GateId},
    time::UnixMs,
    words::GateKind,
};
use uuid::Uuid;

use crate::{
    execute,
    feed::Change,
    fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A gate.
    #[derive(Clone, Debug)]
    pub struct GateRecord {
        /// Its id.
        pub id: GateId,
        /// Its name, unique in the community.
        pub name: String,
        /// What it is for.
        pub kind: GateKind,
    }
}

impl GateRecord {
    /// What is to be published when the gate has changed.
    pub fn change(&self) -> Change {
        Change::put(self.id.0, &GateRow { name: self.name.clone(), kind: self.kind.clone() })
    }
}

impl From<GateRecord> for Gate {
    fn from(gate: GateRecord) -> Self {
        Self { id: gate.id, name: gate.name, kind: gate.kind }
    }
}

/// Makes a gate.
pub async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    gate: &GateRecord,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into gates (community, id, name, kind, created_at) values ($1, $2, $3, $4, $5)",
        community,
        gate.id,
        gate.name,
        gate.kind,
        now
    )?;
    Ok(())
}

/// The gate of an id.
pub async fn gate(tx: &mut Tx, community: CommunityId, id: GateId) -> Result<Option<GateRecord>, StoreError> {
    fetch_optional!(
        tx,
        GateRecord,
        "select id, name, kind from gates where community = $1 and id = $2",
        community,
        id
    )
}

/// A piece of the gates in order of id.
pub async fn list(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<GateRecord>, StoreError> {
    fetch_all!(
        tx,
        GateRecord,
        "select id, name, kind from gates where community = $1 and id > $2 order by id limit $3",
        community,
        after,
        rows
    )
}
