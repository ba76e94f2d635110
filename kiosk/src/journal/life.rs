//! Lives of the journal: the table `life`.

use gatehouse::{
    hash::Hash,
    id::IncarnationId,
    journal::{Head, outbox::LifeState},
};
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::JournalError;

/// One life of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Counts the lives, from 1.
    pub number: i64,
    /// Its id.
    pub incarnation: IncarnationId,
    /// Right before its first kept event: the genesis hash, or the last event dropped for its age.
    pub floor: Head,
    /// Highest seq that the server says is durable.
    pub acknowledged: u64,
    /// Whether it is written and sent.
    pub state: LifeState,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Life> {
    let incarnation = IncarnationId(Uuid::from_bytes(row.get(1)?));
    Ok(Life {
        number: row.get(0)?,
        incarnation,
        floor: Head { incarnation, seq: row.get::<_, i64>(2)?.unsigned_abs(), hash: Hash(row.get(3)?) },
        acknowledged: row.get::<_, i64>(4)?.unsigned_abs(),
        state: match row.get::<_, u8>(5)? {
            0 => LifeState::Open,
            1 => LifeState::Closed,
            _ => LifeState::Aside,
        },
    })
}

const COLUMNS: &str = "select number, incarnation, floor, floor_hash, acknowledged, state from life";

/// The newest life, which is the open one.
pub(super) fn current(connection: &Connection) -> Result<Option<Life>, JournalError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} order by number desc limit 1"))?;
    Ok(statement.query_row([], read).optional()?)
}

/// The life of that id.
pub(super) fn of(connection: &Connection, id: IncarnationId) -> Result<Option<Life>, JournalError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} where incarnation = ?1"))?;
    Ok(statement.query_row([id.0.as_bytes()], read).optional()?)
}

/// Every life, oldest first.
pub(super) fn all(connection: &Connection) -> Result<Vec<Life>, JournalError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} order by number"))?;
    let lives = statement.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(lives)
}

/// Notes what becomes of a life.
pub(super) fn set_state(connection: &Connection, life: &Life, state: LifeState) -> Result<(), JournalError> {
    let state = match state {
        LifeState::Open => 0,
        LifeState::Closed => 1,
        LifeState::Aside => 2,
    };
    connection.execute("update life set state = ?2 where number = ?1", (life.number, state))?;
    Ok(())
}

/// Adds a life behind the others, which ends the one before.
pub(super) fn add(connection: &Connection, floor: &Head) -> Result<(), JournalError> {
    connection.execute("update life set state = 1 where state = 0", [])?;
    connection.execute(
        "insert into life(incarnation, floor, floor_hash) values (?1, ?2, ?3)",
        (floor.incarnation.0.as_bytes(), floor.seq.cast_signed(), &floor.hash.0),
    )?;
    Ok(())
}

/// Notes that events up to `floor` are no longer kept.
pub(super) fn set_floor(connection: &Connection, life: &Life, floor: &Head) -> Result<(), JournalError> {
    connection.execute(
        "update life set floor = ?2, floor_hash = ?3 where number = ?1",
        (life.number, floor.seq.cast_signed(), &floor.hash.0),
    )?;
    Ok(())
}

/// Where a life's chain ends.
pub(super) fn end(connection: &Connection, life: &Life) -> Result<Head, JournalError> {
    let mut statement =
        connection.prepare_cached("select seq, hash from event where life = ?1 order by seq desc limit 1")?;
    let last = statement
        .query_row([life.number], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), Hash(row.get(1)?))))
        .optional()?;
    Ok(last.map_or(life.floor, |(seq, hash)| Head { incarnation: life.incarnation, seq, hash }))
}

/// Where the newest life's chain ends.
pub(super) fn head(connection: &Connection) -> Result<Option<Head>, JournalError> {
    current(connection)?.map(|life| end(connection, &life)).transpose()
}
