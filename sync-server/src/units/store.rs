//! The units' table.

use gatehouse::{
    api::units::Unit,
    feed::row::UnitRow,
    id::{CommunityId, UnitId},
    time::UnixMs,
    words::UnitState,
};
use uuid::Uuid;

use crate::{
    execute,
    feed::Change,
    fetch_all, fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    /// A unit.
    #[derive(Clone, Debug)]
    pub struct UnitRecord {
        /// Its id.
        pub id: UnitId,
        /// Tower; empty where there are none.
        pub tower: String,
        /// The ground floor is 0.
        pub floor: i64,
        /// Apartment number.
        pub number: String,
        /// Whether somebody is there to be asked.
        pub state: UnitState,
        /// Goes up at every move-out.
        pub epoch: u32,
        /// What to dial on the intercom.
        pub intercom: Option<String>,
    }
}

impl UnitRecord {
    /// The unit as kiosks see it.
    pub fn row(&self) -> UnitRow {
        UnitRow {
            tower: self.tower.clone(),
            floor: i16::try_from(self.floor).unwrap_or(i16::MAX),
            number: self.number.clone(),
            state: self.state.clone(),
            epoch: self.epoch,
            intercom: self.intercom.clone(),
        }
    }

    /// What is to be published when the unit has changed.
    pub fn change(&self) -> Change {
        Change::put(self.id.0, &self.row())
    }

    /// Tower and number as they are said.
    pub fn label(&self) -> String {
        self.row().label()
    }
}

impl From<UnitRecord> for Unit {
    fn from(unit: UnitRecord) -> Self {
        let row = unit.row();
        Self {
            id: unit.id,
            label: row.label(),
            tower: row.tower,
            floor: row.floor,
            number: row.number,
            state: row.state,
            intercom: row.intercom,
        }
    }
}

/// Makes a unit.
pub async fn insert(
    tx: &mut Tx,
    community: CommunityId,
    unit: &UnitRecord,
    now: UnixMs,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "insert into units (community, id, tower, floor, number, state, epoch, intercom, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        community,
        unit.id,
        unit.tower,
        unit.floor,
        unit.number,
        unit.state,
        unit.epoch,
        unit.intercom,
        now
    )?;
    Ok(())
}

/// Writes what may change of a unit.
pub async fn update(tx: &mut Tx, community: CommunityId, unit: &UnitRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "update units set state = $3, epoch = $4, intercom = $5 where community = $1 and id = $2",
        community,
        unit.id,
        unit.state,
        unit.epoch,
        unit.intercom
    )?;
    Ok(())
}

/// The unit of an id.
pub async fn unit(tx: &mut Tx, community: CommunityId, id: UnitId) -> Result<Option<UnitRecord>, StoreError> {
    fetch_optional!(
        tx,
        UnitRecord,
        "select id, tower, floor, number, state, epoch, intercom from units
         where community = $1 and id = $2",
        community,
        id
    )
}

/// The unit of an id, kept from being changed by others until this transaction ends.
pub async fn hold(tx: &mut Tx, community: CommunityId, id: UnitId) -> Result<Option<UnitRecord>, StoreError> {
    execute!(tx, "update units set id = id where community = $1 and id = $2", community, id)?;
    unit(tx, community, id).await
}

/// The unit of a tower and a number.
pub async fn unit_labelled(
    tx: &mut Tx,
    community: CommunityId,
    tower: &str,
    number: &str,
) -> Result<Option<UnitRecord>, StoreError> {
    fetch_optional!(
        tx,
        UnitRecord,
        "select id, tower, floor, number, state, epoch, intercom from units
         where community = $1 and tower = $2 and number = $3",
        community,
        tower,
        number
    )
}

/// A piece of the units in order of id.
pub async fn list(
    tx: &mut Tx,
    community: CommunityId,
    after: Uuid,
    rows: i64,
) -> Result<Vec<UnitRecord>, StoreError> {
    fetch_all!(
        tx,
        UnitRecord,
        "select id, tower, floor, number, state, epoch, intercom from units
         where community = $1 and id > $2 order by id limit $3",
        community,
        after,
        rows
    )
}
