//! Reading rows: by id, by what they are found by, all of a kind.
//!
//! Indexes are named in the queries: left to itself, SQLite reads every row of the kind.

use gatehouse::{
    cbor::CborError,
    feed::{
        RowId,
        row::{Body, PassRow, UseRow, VisitRow},
    },
    id::{EventId, PassId, UnitId},
    time::UnixMs,
};
use rusqlite::{OptionalExtension, Row};
use uuid::Uuid;

use super::{Cache, CacheError};

/// A row that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<B> {
    /// Which entity.
    pub id: Uuid,
    /// Number of its latest change.
    pub seq: u64,
    /// True when its schema is newer than this version: it may hold restrictions unknown here.
    pub newer: bool,
    /// Its body.
    pub body: B,
}

/// What the copy holds of an entity.
#[derive(Clone, Debug, PartialEq)]
pub enum Holding<B> {
    /// Nothing.
    Nothing,
    /// Its row.
    Row(Found<B>),
    /// A row that this version cannot read: it may hold any restriction.
    Unreadable,
}

impl<B> Holding<B> {
    /// The row, if it can be read.
    pub fn row(&self) -> Option<&Found<B>> {
        match self {
            Self::Row(row) => Some(row),
            Self::Nothing | Self::Unreadable => None,
        }
    }

    /// The row, if it can be read.
    pub fn into_row(self) -> Option<Found<B>> {
        match self {
            Self::Row(row) => Some(row),
            Self::Nothing | Self::Unreadable => None,
        }
    }
}

type Raw = (RowId, i64, u16, Vec<u8>);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((RowId(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?))
}

fn found<B: Body>((id, seq, schema, body): Raw) -> Result<Found<B>, CacheError> {
    Ok(Found {
        id: id.into(),
        seq: seq.unsigned_abs(),
        newer: schema > B::SCHEMA,
        body: B::from_body(&body)?,
    })
}

impl Cache {
    /// The row of an entity.
    ///
    /// # Errors
    /// When the database fails or the row is not readable.
    pub fn get<B: Body>(&self, id: Uuid) -> Result<Option<Found<B>>, CacheError> {
        let connection = self.read();
        let mut statement =
            connection.prepare_cached("select id, seq, schema, body from row where kind = ?1 and id = ?2")?;
        statement.query_row((B::KIND.0, id.as_bytes()), raw).optional()?.map(found).transpose()
    }

    /// What the copy holds of an entity. A row that cannot be read is said in the log.
    ///
    /// # Errors
    /// When the database fails.
    pub fn look_up<B: Body>(&self, id: Uuid) -> Result<Holding<B>, CacheError> {
        match self.get(id) {
            Ok(row) => Ok(row.map_or(Holding::Nothing, Holding::Row)),
            Err(CacheError::Row(error)) => {
                unreadable::<B>(&error);
                Ok(Holding::Unreadable)
            }
            Err(error) => Err(error),
        }
    }

    /// Every row of a kind, in order of id. A row that cannot be read is left out, and said so in the log.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all<B: Body>(&self) -> Result<Vec<Found<B>>, CacheError> {
        let connection = self.read();
        let mut statement =
            connection.prepare_cached("select id, seq, schema, body from row where kind = ?1 order by id")?;
        let rows = statement.query_map([B::KIND.0], raw)?;
        readable(rows)
    }

    /// Rows of a kind that changed after `seq`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn since<B: Body>(&self, seq: u64) -> Result<Vec<Found<B>>, CacheError> {
        let connection = self.read();
        let mut statement = connection
            .prepare_cached("select id, seq, schema, body from row where kind = ?1 and seq > ?2")?;
        let rows = statement.query_map((B::KIND.0, seq.cast_signed()), raw)?;
        readable(rows)
    }

    /// The passes of a unit.
    ///
    /// # Errors
    /// When the database fails.
    pub fn passes_of(&self, unit: UnitId) -> Result<Vec<Found<PassRow>>, CacheError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached(
            "select id, seq, schema, body from row indexed by row_by_unit where kind = ?1 and unit = ?2",
        )?;
        let rows = statement.query_map((PassRow::KIND.0, unit.0.as_bytes()), raw)?;
        readable(rows)
    }

    /// The passes of cabs whose plate ends in these four characters.
    ///
    /// # Errors
    /// When the database fails.
    pub fn passes_of_plate(&self, plate4: &str) -> Result<Vec<Found<PassRow>>, CacheError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached(
            "select id, seq, schema, body from row indexed by row_by_plate where plate4 = ?1 and kind = ?2",
        )?;
        let rows = statement.query_map((plate4, PassRow::KIND.0), raw)?;
        readable(rows)
    }

    /// Uses of a pass that the server knows of: the admitting events and when.
    ///
    /// # Errors
    /// When the database fails.
    pub fn uses_of(&self, pass: PassId) -> Result<Vec<(EventId, UnixMs)>, CacheError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached(
            "select id, seq, schema, body from row indexed by row_by_pass where kind = ?1 and pass = ?2",
        )?;
        let rows = statement.query_map((UseRow::KIND.0, pass.0.as_bytes()), raw)?;
        let uses: Vec<Found<UseRow>> = readable(rows)?;
        Ok(uses.into_iter().map(|used| (EventId(used.id), used.body.at)).collect())
    }

    /// Visits that are not over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_visits(&self) -> Result<Vec<Found<VisitRow>>, CacheError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached(
            "select id, seq, schema, body from row indexed by row_open where kind = ?1 and open is not null",
        )?;
        let rows = statement.query_map([VisitRow::KIND.0], raw)?;
        readable(rows)
    }

    /// How many rows are in use, of every kind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count(&self) -> Result<u64, CacheError> {
        let connection = self.read();
        let count: i64 = connection.query_row("select count(*) from row", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

fn readable<B: Body>(rows: impl Iterator<Item = rusqlite::Result<Raw>>) -> Result<Vec<Found<B>>, CacheError> {
    let mut read = Vec::new();
    for row in rows {
        match found(row?) {
            Ok(row) => read.push(row),
            Err(CacheError::Row(error)) => unreadable::<B>(&error),
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

fn unreadable<B: Body>(error: &CborError) {
    tracing::warn!(kind = B::KIND.0, %error, "a row of the feed is not readable");
}
