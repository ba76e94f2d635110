//! A damaged file, read as far as it lets itself be read.

use std::path::Path;

use rusqlite::Connection;

use super::{JournalError, PLAN};
use crate::database;

/// How often reading may fail. A page that is lost holds some tens of events, one of an index leads to some hundreds.
const MOST_FAILURES: u32 = 1_000;

/// A damaged file of the journal.
pub(super) struct Damaged<'a> {
    path: &'a Path,
    key: &'a [u8; 32],
    connection: Option<Connection>,
    failures: u32,
}

impl<'a> Damaged<'a> {
    pub fn at(path: &'a Path, key: &'a [u8; 32]) -> Self {
        Self { path, key, connection: None, failures: 0 }
    }

    /// What `query` reads; nothing where it fails. A connection that met a page it cannot decrypt reads zeros ever
    /// after, so the next query has another.
    pub fn read<T>(&mut self, query: impl FnOnce(&Connection) -> Result<T, JournalError>) -> Option<T> {
        if self.is_spent() {
            return None;
        }
        let read = self.connect().and_then(|connection| Ok((query(&connection)?, connection)));
        let Ok((found, connection)) = read else {
            self.failures += 1;
            return None;
        };
        self.connection = Some(connection);
        Some(found)
    }

    /// Whether it failed so often that nothing more is looked for.
    pub const fn is_spent(&self) -> bool {
        self.failures >= MOST_FAILURES
    }

    fn connect(&mut self) -> Result<Connection, JournalError> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => Ok(database::open(self.path, self.key, &PLAN)?),
        }
    }
}
