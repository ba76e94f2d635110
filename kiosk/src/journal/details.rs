//! What events say of persons: the table `details`, erasable.

use gatehouse::{
    hash::Hash,
    id::EventId,
    journal::{Details, DetailsError},
};
use rusqlite::{Connection, OptionalExtension};

use super::{Journal, JournalError};

/// Keeps an event's details.
pub(super) fn insert(connection: &Connection, event: EventId, bytes: &[u8]) -> Result<(), JournalError> {
    connection
        .prepare_cached("insert into details(event, bytes) values (?1, ?2)")?
        .execute((event.0.as_bytes(), bytes))?;
    Ok(())
}

/// Reads details, checked against their event's digest; `None` when there are none, or no more.
pub(super) fn open(digest: Option<&Hash>, bytes: Option<&[u8]>) -> Result<Option<Details>, DetailsError> {
    match (digest, bytes) {
        (Some(digest), Some(bytes)) => Details::open(bytes, digest).map(Some),
        _ => Ok(None),
    }
}

/// The details of an event out of a file that may be damaged, where they are its own.
pub(super) fn salvaged(
    old: &Connection,
    event: EventId,
    digest: &Hash,
) -> Result<Option<Vec<u8>>, JournalError> {
    let bytes: Option<Vec<u8>> = old
        .prepare_cached("select bytes from details where event = ?1")?
        .query_row([event.0.as_bytes()], |row| row.get(0))
        .optional()?;
    open(Some(digest), bytes.as_deref())?;
    Ok(bytes)
}

impl Journal {
    /// Erases the details and pictures of `events`; the chain verifies as before. Answers how many had any.
    ///
    /// # Errors
    /// When the database fails; then none was erased.
    pub fn erase(&self, events: &[EventId]) -> Result<usize, JournalError> {
        self.maintain(|transaction| {
            let mut details = transaction.prepare_cached("delete from details where event = ?1")?;
            let mut photo = transaction.prepare_cached("delete from photo where event = ?1")?;
            let mut erased = 0;
            for event in events {
                let id = [event.0.as_bytes()];
                erased += details.execute(id)?.max(photo.execute(id)?);
            }
            Ok(erased)
        })
    }
}
