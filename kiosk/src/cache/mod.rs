//! `cache.db`: this kiosk's copy of the feed. All of it can be fetched again, so damage is met by dropping it.
//!
//! Rows are kept raw; what this version reads of them to find them by stands in columns beside ([`row`]).
//! The desk reads through a connection of its own and waits for nobody: a page is applied, and a loaded
//! snapshot swapped in, in one transaction each.

mod find;
mod loading;
mod place;
mod row;

use std::{
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use gatehouse::{
    cbor::CborError,
    feed::{
        Cursor, Page, Row,
        apply::{Weighed, weigh},
        copy::{Copy, Loading},
    },
    sync::kiosk::CacheOp,
    time::UnixMs,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::database::{self, DatabaseError, Durability, Plan};

pub use find::Found;
pub use row::peppered;

const PLAN: Plan = Plan {
    migrations: &[include_str!("../../../migrations/kiosk-cache/0001_cache.sql")],
    durability: Durability::Normal,
    page_cache_kib: 64 << 10,
};

/// Why the cache could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A row's body is not readable.
    #[error("a row is not readable")]
    Row(#[from] CborError),
    /// A page or piece was to be applied where it does not belong.
    #[error("a page does not belong where the copy stands: {0:?}")]
    Elsewhere(Weighed),
}

impl From<rusqlite::Error> for CacheError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// The copy of the feed.
pub struct Cache {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    pepper: Zeroizing<[u8; 32]>,
    changes: AtomicU64,
}

impl Cache {
    /// Opens the cache, makes it if it is not there. `pepper` is what PINs are kept under.
    ///
    /// # Errors
    /// As [`database::open`].
    pub fn open(path: &Path, key: &[u8; 32], pepper: &[u8; 32]) -> Result<Self, CacheError> {
        Ok(Self {
            writer: Mutex::new(database::open(path, key, &PLAN)?),
            reader: Mutex::new(database::open(path, key, &PLAN)?),
            pepper: Zeroizing::new(*pepper),
            changes: AtomicU64::new(0),
        })
    }

    /// Reads every page and says whether the file is sound.
    ///
    /// # Errors
    /// [`DatabaseError::Damaged`] or [`DatabaseError::Unsound`] if it is not.
    pub fn check(&self) -> Result<(), DatabaseError> {
        database::check(&self.read())
    }

    /// Counts the changes of the rows in use: who keeps something read from them looks whether it is stale.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Where the copy stands.
    ///
    /// # Errors
    /// When the database fails.
    pub fn copy(&self) -> Result<Copy, CacheError> {
        place::copy(&self.read())
    }

    /// When the copy was last known to equal the server's state; `None` if never.
    ///
    /// # Errors
    /// When the database fails.
    pub fn whole_at(&self) -> Result<Option<UnixMs>, CacheError> {
        place::whole_at(&self.read())
    }

    /// Notes that the copy equals the server's state at `at`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_whole_at(&self, at: UnixMs) -> Result<(), CacheError> {
        self.change(|transaction| place::set_whole_at(transaction, at))?;
        self.changes.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Does one operation of the protocol's core in one transaction and says how the copy stands then.
    ///
    /// # Errors
    /// [`CacheError::Elsewhere`] where a page does not belong where the copy stands; else when the database
    /// fails. Nothing was written then.
    pub fn execute(&self, op: &CacheOp) -> Result<Copy, CacheError> {
        if *op == CacheOp::Read {
            return self.copy();
        }
        let copy = self.change(|transaction| {
            self.carry_out(transaction, op)?;
            place::copy(transaction)
        })?;
        if matches!(op, CacheOp::Apply(_) | CacheOp::Swap(_)) {
            self.changes.fetch_add(1, Ordering::Release);
        }
        Ok(copy)
    }

    fn carry_out(&self, transaction: &Transaction<'_>, op: &CacheOp) -> Result<(), CacheError> {
        match op {
            CacheOp::Read => Ok(()),
            CacheOp::Apply(page) => {
                let cursor = place::copy(transaction)?.cursor;
                follows(cursor, page)?;
                self.put(transaction, row::IN_USE, &page.rows)?;
                place::set_cursor(transaction, &page.to)
            }
            CacheOp::Begin(page, next) => {
                loading::begin(transaction)?;
                self.put(transaction, row::LOADING, &page.rows)?;
                place::set_loading(transaction, Some(next))
            }
            CacheOp::Load(page, next) => {
                self.put(transaction, row::LOADING, &page.rows)?;
                place::set_loading(transaction, Some(next))
            }
            CacheOp::Change(page) => {
                self.change_loading(transaction, page)?;
                place::set_loading(transaction, Some(&Loading::Changes { cursor: page.to }))
            }
            CacheOp::Swap(page) => {
                self.change_loading(transaction, page)?;
                loading::swap(transaction)?;
                place::set_loading(transaction, None)?;
                place::set_cursor(transaction, &page.to)
            }
            CacheOp::Drop => {
                loading::drop(transaction)?;
                place::set_loading(transaction, None)
            }
        }
    }

    fn change_loading(&self, transaction: &Transaction<'_>, page: &Page) -> Result<(), CacheError> {
        let cursor = match place::copy(transaction)?.loading {
            Some(Loading::Changes { cursor }) => Some(cursor),
            _ => None,
        };
        follows(cursor, page)?;
        self.put(transaction, row::LOADING, &page.rows)
    }

    fn put(&self, transaction: &Transaction<'_>, table: &row::Table, rows: &[Row]) -> Result<(), CacheError> {
        rows.iter().try_for_each(|row| row::put(transaction, table, row, &self.pepper))
    }

    fn read(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

/// Whether `page` goes on at `cursor`, or says nothing new of it.
fn follows(cursor: Option<Cursor>, page: &Page) -> Result<(), CacheError> {
    match cursor.map_or(Weighed::Elsewhere, |cursor| weigh(&cursor, page)) {
        Weighed::Apply => Ok(()),
        Weighed::Known if cursor == Some(page.to) => Ok(()),
        other => Err(CacheError::Elsewhere(other)),
    }
}

#[cfg(test)]
mod tests;
