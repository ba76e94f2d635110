//! Rows of a snapshot that is being loaded: a table beside the one in use, without indexes until it takes
//! that one's place.

use rusqlite::Connection;

use super::CacheError;

const INDEXES: &str = "
    create index row_by_unit on row(kind, unit) where unit is not null;
    create index row_by_pass on row(kind, pass) where pass is not null;
    create index row_open on row(kind) where open is not null;
    create index row_by_plate on row(plate4) where plate4 is not null;";

/// Makes the table anew.
pub(super) fn begin(connection: &Connection) -> Result<(), CacheError> {
    connection.execute_batch(
        "drop table if exists row_loading;
         create table row_loading (
             kind integer not null,
             id blob not null,
             seq integer not null,
             schema integer not null,
             body blob not null,
             unit blob,
             pass blob,
             open integer,
             plate4 text,
             primary key (kind, id)
         ) without rowid;",
    )?;
    Ok(())
}

/// Lets the loaded rows take the place of those in use.
pub(super) fn swap(connection: &Connection) -> Result<(), CacheError> {
    connection.execute_batch("drop table row; alter table row_loading rename to row;")?;
    connection.execute_batch(INDEXES)?;
    Ok(())
}

/// Drops what was loaded.
pub(super) fn drop(connection: &Connection) -> Result<(), CacheError> {
    connection.execute_batch("drop table if exists row_loading")?;
    Ok(())
}
