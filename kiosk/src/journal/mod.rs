//! `journal.db`: this kiosk's own acts, chained and signed, durable before anybody is told of them.
//!
//! One writer; an event's seq and the hash it follows are read inside the transaction that writes it. What
//! a caller must know before it writes (uses of a pass, burnt live steps, wrong tries) is read through the
//! same transaction ([`Writing`]), so that two decisions can never both count on the same last use.
//! What the acts *mean* (visits, asks, counters) is the desk's.

mod damaged;
mod details;
mod error;
mod event;
mod ledger;
mod life;
mod outbox;
mod photos;
mod salvage;
mod tries;
mod uses;
mod verify;
mod writing;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ed25519_dalek::{SigningKey, VerifyingKey};
use gatehouse::{
    entropy::Entropy,
    id::{CommunityId, GateId, KioskId, UserId},
    journal::{Cause, Head, TimeMark, outbox::LifeState},
    time::UnixMs,
};
use rusqlite::{Connection, TransactionBehavior};
use zeroize::Zeroizing;

use crate::database::{self, DatabaseError, Durability, Plan};

pub use error::JournalError;
pub use event::{Kept, Recorded};
pub use ledger::Ledger;
pub use life::Life;
pub use photos::{Photo, Waiting};
pub use salvage::{Salvaged, salvage};
pub use verify::{Exporting, Verified};
pub use writing::Writing;

const PLAN: Plan = Plan {
    migrations: &[
        include_str!("../../../migrations/kiosk-journal/0001_journal.sql"),
        include_str!("../../../migrations/kiosk-journal/0002_indexes.sql"),
        include_str!("../../../migrations/kiosk-journal/0003_photos.sql"),
    ],
    durability: Durability::Full,
    page_cache_kib: 64 << 10,
};

/// Who writes this journal.
#[derive(Clone)]
pub struct Author {
    /// The community.
    pub community: CommunityId,
    /// The kiosk.
    pub kiosk: KioskId,
    /// The key that signs its events.
    pub key: SigningKey,
}

impl Author {
    /// The key others check its events with.
    pub fn public(&self) -> VerifyingKey {
        self.key.verifying_key()
    }
}

/// When, where and in whose presence something is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Trusted time.
    pub at: UnixMs,
    /// How well it is known.
    pub time: TimeMark,
    /// Where this kiosk stands.
    pub gate: GateId,
    /// Who is on shift.
    pub guard: Option<UserId>,
}

/// The journal of one kiosk.
pub struct Journal {
    author: Author,
    writer: Mutex<Writer>,
    reader: Mutex<Connection>,
    held: Mutex<Option<u64>>,
    heard_by: Mutex<Option<Hearer>>,
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
}

/// Who is told of each write.
type Hearer = Arc<dyn Fn() + Send + Sync>;

struct Writer {
    connection: Connection,
    closed: bool,
    entropy: Box<dyn Entropy + Send>,
}

impl Journal {
    /// Opens the journal, makes it if it is not there. It has no life until [`Journal::begin`].
    ///
    /// # Errors
    /// As [`database::open`]; damage is the caller's to deal with by [`salvage`].
    pub fn open(
        path: &Path,
        key: &[u8; 32],
        author: Author,
        entropy: Box<dyn Entropy + Send>,
    ) -> Result<Self, JournalError> {
        let connection = database::open(path, key, &PLAN)?;
        let reader = database::open(path, key, &PLAN)?;
        Ok(Self {
            author,
            writer: Mutex::new(Writer { connection, closed: false, entropy }),
            reader: Mutex::new(reader),
            held: Mutex::new(None),
            heard_by: Mutex::new(None),
            path: path.to_owned(),
            key: Zeroizing::new(*key),
        })
    }

    /// Reads every page and says whether the file is sound.
    ///
    /// # Errors
    /// [`DatabaseError::Damaged`] or [`DatabaseError::Unsound`] if it is not.
    pub fn check(&self) -> Result<(), DatabaseError> {
        database::check(&self.read())
    }

    /// Reads what a damage would do most harm to: the table of lives, and the newest events, whose places,
    /// hashes and signatures must hold.
    ///
    /// # Errors
    /// As [`Journal::check`].
    pub fn check_end(&self) -> Result<(), DatabaseError> {
        let connection = self.read();
        database::check_table(&connection, "life")?;
        match verify::end(&connection, &self.author) {
            Ok(()) => Ok(()),
            Err(JournalError::Database(error)) => Err(error),
            Err(error) => Err(DatabaseError::Unsound(error.to_string())),
        }
    }

    /// A connection of its own to the journal at `path`, for reading all of it while others work.
    ///
    /// # Errors
    /// As [`database::open`].
    pub fn aside(path: &Path, key: &[u8; 32]) -> Result<Connection, DatabaseError> {
        database::open(path, key, &Plan { page_cache_kib: 4 << 10, ..PLAN })
    }

    /// Records nothing any more: what is behind it is about to be replaced.
    pub fn close(&self) {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
    }

    /// Who writes it.
    pub fn author(&self) -> &Author {
        &self.author
    }

    /// Begins a new life: its first event says why and names the head it follows.
    ///
    /// # Errors
    /// As [`Journal::write`].
    pub fn begin(&self, stamp: &Stamp, cause: Cause, follows: Option<Head>) -> Result<Head, JournalError> {
        self.write(|writing| {
            writing.begin(stamp, cause, follows)?;
            Ok::<_, JournalError>(writing.head())
        })?
        .ok_or(JournalError::NoLife)
    }

    /// Runs `work` in one writing transaction and commits what it appended, durably, or nothing at all when
    /// it answers an error. Deciding inside `work` makes deciding and recording one step.
    ///
    /// # Errors
    /// Those of `work`; [`JournalError`] when the commit fails, and then nothing was written.
    pub fn write<T, E: From<JournalError>>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (answer, appended) = self.written(work)?;
        if appended {
            self.tell();
        }
        Ok(answer)
    }

    /// The answer of `work`, and whether it appended anything.
    fn written<T, E: From<JournalError>>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, E>,
    ) -> Result<(T, bool), E> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Writer { connection, closed, entropy } = &mut *writer;
        if *closed {
            return Err(JournalError::Closed.into());
        }
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| E::from(error.into()))?;
        let mut writing = Writing::new(&transaction, &self.author, entropy.as_mut()).map_err(E::from)?;
        let answer = work(&mut writing)?;
        let appended = writing.appended();
        if appended {
            transaction.commit().map_err(|error| E::from(error.into()))?;
        }
        Ok((answer, appended))
    }

    /// Has `hearer` told whenever something was appended, by whomever: what is recorded while the copy changes has no
    /// touch or order behind it that would tell. It takes the place of the one before.
    pub fn tell_of_writes(&self, hearer: impl Fn() + Send + Sync + 'static) {
        *self.heard_by.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(hearer));
    }

    fn tell(&self) {
        let hearer = self.heard_by.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hearer) = hearer {
            hearer();
        }
    }

    /// The end of the chain; `None` before the first life began.
    ///
    /// # Errors
    /// When the database fails.
    pub fn head(&self) -> Result<Option<Head>, JournalError> {
        life::head(&self.read())
    }

    /// Whether there is a life that goes on. Where the newest one is closed, as after a [`salvage`], none was begun yet.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_begun(&self) -> Result<bool, JournalError> {
        Ok(life::current(&self.read())?.is_some_and(|life| life.state == LifeState::Open))
    }

    fn read(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection of its own, for reading at length: nobody at the gate waits for it.
    fn apart(&self) -> Result<Connection, JournalError> {
        Ok(Self::aside(&self.path, &self.key)?)
    }

    fn maintain<T>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.closed {
            return Err(JournalError::Closed);
        }
        let transaction = writer.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// Events whose effect a copy of the feed that was last whole at `whole` does not show yet, oldest first:
    /// [`gatehouse::feed::apply::is_overlaid`].
    ///
    /// # Errors
    /// When the database fails or an event is damaged.
    pub fn unseen(&self, whole: u64) -> Result<Vec<Kept>, JournalError> {
        event::unseen(&self.read(), whole)
    }
}

#[cfg(test)]
pub(crate) mod contract;
#[cfg(test)]
mod tests;
