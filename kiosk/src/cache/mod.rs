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
        atomic::{AtomicI64, AtomicU64, Ordering},
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

pub use find::{Found, Holding};
pub use row::peppered;

const PLAN: Plan = Plan {
    migrations: &[
        include_str!("../../../migrations/kiosk-cache/0001_cache.sql"),
        include_str!("../../../migrations/kiosk-cache/0002_whole.sql"),
        include_str!("../../../migrations/kiosk-cache/0003_seen.sql"),
    ],
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
    /// What was to be noted of the copy is of one that is no more.
    #[error("there is no copy")]
    NoCopy,
}

impl CacheError {
    /// Whether the database may be bad, which reading all of it tells.
    pub fn may_be_damage(&self) -> bool {
        match self {
            Self::Database(error) => error.may_be_damage(),
            Self::Row(_) => true,
            Self::Elsewhere(_) | Self::NoCopy => false,
        }
    }
}

impl From<rusqlite::Error> for CacheError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

const NEVER: i64 = i64::MIN;

/// The copy of the feed.
pub struct Cache {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    pepper: Zeroizing<[u8; 32]>,
    settings: AtomicU64,
    changes: AtomicU64,
    whole_at: AtomicI64,
}

impl Cache {
    /// Opens the cache, makes it if it is not there. `pepper` is what PINs are kept under.
    ///
    /// # Errors
    /// As [`database::open`].
    pub fn open(path: &Path, key: &[u8; 32], pepper: &[u8; 32]) -> Result<Self, CacheError> {
        let writer = database::open(path, key, &PLAN)?;
        let whole_at = place::whole_at(&writer)?.map_or(NEVER, |at| at.0);
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(database::open(path, key, &PLAN)?),
            pepper: Zeroizing::new(*pepper),
            settings: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            whole_at: AtomicI64::new(whole_at),
        })
    }

    /// Reads every page and says whether the file is sound.
    ///
    /// # Errors
    /// [`DatabaseError::Damaged`] or [`DatabaseError::Unsound`] if it is not.
    pub fn check(&self) -> Result<(), DatabaseError> {
        database::check(&self.read())
    }

    /// Reads what a damage would do most harm to: how far the copy has come. The rows that the desk keeps at
    /// hand are read as it opens.
    ///
    /// # Errors
    /// As [`Cache::check`].
    pub fn check_end(&self) -> Result<(), DatabaseError> {
        let connection = self.read();
        database::check_table(&connection, "place")?;
        database::check_table(&connection, "loading")
    }

    /// A connection of its own to the cache at `path`, for reading all of it while others work.
    ///
    /// # Errors
    /// As [`database::open`].
    pub fn aside(path: &Path, key: &[u8; 32]) -> Result<Connection, DatabaseError> {
        database::open(path, key, &Plan { page_cache_kib: 4 << 10, ..PLAN })
    }

    /// Counts the changes of the rows in use: who keeps something read from them looks whether it is stale.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Counts the changes of rows other than passes, their uses, visits and erasures: those that change all
    /// day long.
    pub fn settings(&self) -> u64 {
        self.settings.load(Ordering::Acquire)
    }

    /// Where the copy stands.
    ///
    /// # Errors
    /// When the database fails.
    pub fn copy(&self) -> Result<Copy, CacheError> {
        place::copy(&self.read())
    }

    /// When the copy was last known to equal the server's state; `None` if never.
    pub fn whole_at(&self) -> Option<UnixMs> {
        Some(self.whole_at.load(Ordering::Acquire)).filter(|at| *at != NEVER).map(UnixMs)
    }

    /// Notes that the copy equals the server's state at `at`.
    ///
    /// # Errors
    /// [`CacheError::NoCopy`] where it was forgotten meanwhile; else when the database fails.
    pub fn set_whole_at(&self, at: UnixMs) -> Result<(), CacheError> {
        self.change(|transaction| {
            place::set_whole_at(transaction, at)?;
            // Before anybody can forget the copy.
            self.whole_at.store(at.0, Ordering::Release);
            Ok(())
        })
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
        let of_settings = match op {
            CacheOp::Swap(_) => true,
            CacheOp::Apply(page) => page.rows.iter().any(|row| row::is_setting(row.kind)),
            _ => return Ok(copy),
        };
        if of_settings {
            self.settings.fetch_add(1, Ordering::Release);
        }
        self.changes.fetch_add(1, Ordering::Release);
        Ok(copy)
    }

    fn carry_out(&self, transaction: &Transaction<'_>, op: &CacheOp) -> Result<(), CacheError> {
        match op {
            CacheOp::Read => Ok(()),
            CacheOp::Apply(page) => {
                let cursor = place::copy(transaction)?.cursor;
                follows(cursor, page)?;
                self.put(transaction, row::IN_USE, &page.rows)?;
                place::reach(transaction, page)
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
            CacheOp::Change(page, next) => {
                self.change_loading(transaction, page)?;
                place::set_loading(transaction, Some(next))
            }
            CacheOp::Swap(page) => {
                self.change_loading(transaction, page)?;
                loading::swap(transaction)?;
                place::set_loading(transaction, None)?;
                place::reach(transaction, page)
            }
            CacheOp::Drop => {
                loading::drop(transaction)?;
                place::set_loading(transaction, None)
            }
        }
    }

    fn change_loading(&self, transaction: &Transaction<'_>, page: &Page) -> Result<(), CacheError> {
        let cursor = match place::copy(transaction)?.loading {
            Some(Loading::Changes { cursor, .. }) => Some(cursor),
            _ => None,
        };
        follows(cursor, page)?;
        self.put(transaction, row::LOADING, &page.rows)
    }

    fn put(&self, transaction: &Transaction<'_>, table: &row::Table, rows: &[Row]) -> Result<(), CacheError> {
        rows.iter().try_for_each(|row| row::put(transaction, table, row, &self.pepper))
    }

    /// Forgets passes, their uses, visits, guards, the watch list and the keys of the days, and that there
    /// is a copy: the next contact loads a new one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_persons(&self) -> Result<(), CacheError> {
        self.change(|transaction| {
            for kind in row::OF_PERSONS {
                transaction.execute("delete from row where kind = ?1", [kind.0])?;
            }
            loading::drop(transaction)?;
            place::set_loading(transaction, None)?;
            transaction.execute("delete from place", [])?;
            self.whole_at.store(NEVER, Ordering::Release);
            Ok(())
        })?;
        self.settings.fetch_add(1, Ordering::Release);
        self.changes.fetch_add(1, Ordering::Release);
        Ok(())
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
pub(crate) mod contract;
#[cfg(test)]
mod tests;
