//! What can go wrong with a database, told apart by what can be done about it.

use rusqlite::{ErrorCode, ffi};

/// Why a database could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A later version of the program made it: this one leaves it alone.
    #[error("the database is of a later version ({found} migrations, {known} known)")]
    Newer {
        /// Migrations that ran on it.
        found: u32,
        /// Migrations this program knows.
        known: u32,
    },
    /// It is no database under this key, its pages are torn, or the disk does not give them.
    #[error("the database is damaged")]
    Damaged(#[source] rusqlite::Error),
    /// Its pages contradict each other.
    #[error("the database is unsound: {0}")]
    Unsound(String),
    /// The disk is full; nothing was written.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// It, or its folder, is not this user's to write.
    #[error("the database cannot be written: it and its folder have to be this user's")]
    NotOurs(#[source] rusqlite::Error),
    /// Anything else.
    #[error("the database failed")]
    Sql(#[source] rusqlite::Error),
}

impl DatabaseError {
    /// Reading all of it while it was in use found it bad.
    pub fn found() -> Self {
        Self::Unsound("found while it was in use".to_owned())
    }

    /// Whether the file itself is bad, so that trying again is no use.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::Unsound(_))
    }

    /// Whether the file may be bad, which reading all of it tells.
    pub fn may_be_damage(&self) -> bool {
        self.is_damage() || matches!(self, Self::Sql(_))
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error),
            Some(ErrorCode::SystemIoFailure) if is_unreadable(&error) => Self::Damaged(error),
            Some(ErrorCode::ReadOnly) => Self::NotOurs(error),
            Some(ErrorCode::DiskFull) => Self::Full(error),
            Some(ErrorCode::SystemIoFailure) if has_no_room(&error) => Self::Full(error),
            _ => Self::Sql(error),
        }
    }
}

/// Whether the disk does not give what it was given.
fn is_unreadable(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        matches!(
            error.extended_code,
            ffi::SQLITE_IOERR_READ
                | ffi::SQLITE_IOERR_SHORT_READ
                | ffi::SQLITE_IOERR_DATA
                | ffi::SQLITE_IOERR_CORRUPTFS
        )
    })
}

/// Whether there is no room for what the connections of a database share: said apart from a full disk, and the same.
fn has_no_room(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_the_disk_does_not_give_is_damage_and_one_it_does_not_take_is_not() {
        let of = |code| DatabaseError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(of(ffi::SQLITE_IOERR_READ).is_damage());
        assert!(!of(ffi::SQLITE_IOERR_WRITE).is_damage() && of(ffi::SQLITE_IOERR_WRITE).may_be_damage());
        assert!(!of(ffi::SQLITE_READONLY).may_be_damage());
        assert!(!of(ffi::SQLITE_FULL).may_be_damage() && !of(ffi::SQLITE_IOERR_SHMSIZE).may_be_damage());
    }
}
