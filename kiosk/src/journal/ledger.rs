//! What deciding must know of this journal, read beside it or inside the transaction that will record.

use gatehouse::{
    id::{EventId, PassId, UserId, VisitorId},
    time::UnixMs,
};
use uuid::Uuid;

use super::{Journal, JournalError, Kept, Writing, event, tries, uses};

/// Reading what was recorded here. Through [`Writing`] it is true until the transaction ends; through
/// [`Journal`] it is good for a verdict that is only shown.
pub trait Ledger {
    /// Runs a query.
    ///
    /// # Errors
    /// What the query said.
    fn ask<T>(
        &self,
        query: impl FnOnce(&rusqlite::Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError>;

    /// An event of this journal; `None` also for one that only a newer version can read.
    ///
    /// # Errors
    /// When the database fails or the event is damaged.
    fn event(&self, id: EventId) -> Result<Option<Kept>, JournalError> {
        self.ask(|connection| event::get(connection, id))
    }

    /// The event that was recorded right before `later`; `None` also for one that only a newer version can read.
    ///
    /// # Errors
    /// When the database fails or the event is damaged.
    fn before(&self, later: &Kept) -> Result<Option<Kept>, JournalError> {
        self.ask(|connection| event::before(connection, later.ordinal))
    }

    /// The latest `limit` events of a kind of act, newest first.
    ///
    /// # Errors
    /// When the database fails or an event is damaged.
    fn latest(&self, kind: u16, limit: u32) -> Result<Vec<Kept>, JournalError> {
        self.ask(|connection| event::latest(connection, kind, limit))
    }

    /// Entries of `visit` recorded here, oldest first.
    ///
    /// # Errors
    /// When the database fails or an event is damaged.
    fn entries(&self, visit: VisitorId) -> Result<Vec<Kept>, JournalError> {
        self.ask(|connection| event::about(connection, uses::ADMITTED, visit.0))
    }

    /// Whether a later event took `id` back.
    ///
    /// # Errors
    /// When the database fails.
    fn is_undone(&self, id: EventId) -> Result<bool, JournalError> {
        self.ask(|connection| uses::is_undone(connection, id))
    }

    /// Admissions on `pass` recorded here and not taken back: their events and when.
    ///
    /// # Errors
    /// When the database fails.
    fn uses(&self, pass: PassId) -> Result<Vec<(EventId, UnixMs)>, JournalError> {
        self.ask(|connection| uses::of_pass(connection, pass))
    }

    /// Live steps of `pass` that were burnt here at or after `from`, taken back or not.
    ///
    /// # Errors
    /// When the database fails.
    fn burnt(&self, pass: PassId, from: u64) -> Result<Vec<u64>, JournalError> {
        self.ask(|connection| uses::burnt(connection, pass, from))
    }

    /// When acts of `kind` about `subject` were recorded since `from`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    fn tries(&self, kind: u16, subject: Uuid, from: UnixMs) -> Result<Vec<UnixMs>, JournalError> {
        self.ask(|connection| tries::about(connection, kind, subject, from))
    }

    /// When acts of `kind` about anything were recorded since `from`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    fn tries_at_kiosk(&self, kind: u16, from: UnixMs) -> Result<Vec<UnixMs>, JournalError> {
        self.ask(|connection| tries::at_kiosk(connection, kind, from))
    }

    /// When `guard`'s PIN was tried wrongly here since it was last right, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    fn wrong_pins(&self, guard: UserId) -> Result<Vec<UnixMs>, JournalError> {
        self.ask(|connection| tries::wrong_pins(connection, guard))
    }

    /// Challenges shown to `unit` since `from`: their four digits and when, oldest first.
    ///
    /// # Errors
    /// When the database fails or an event is damaged.
    fn challenges(&self, unit: Uuid, from: UnixMs) -> Result<Vec<(u16, UnixMs)>, JournalError> {
        self.ask(|connection| tries::challenges(connection, unit, from))
    }
}

impl Ledger for Journal {
    fn ask<T>(
        &self,
        query: impl FnOnce(&rusqlite::Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        query(&self.read())
    }
}

impl Ledger for Writing<'_> {
    fn ask<T>(
        &self,
        query: impl FnOnce(&rusqlite::Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        query(self.connection())
    }
}
