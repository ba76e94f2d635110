//! Pictures of those who came: the table `photo`. They stand outside the chain, as details do; the event of a picture
//! names its digest.

use gatehouse::{
    hash::Hash,
    id::{EventId, VisitorId},
    journal::DetailsError,
    time::{DAY, UnixMs},
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use super::{Journal, JournalError, Writing};

/// How long a picture stays here once the server has it: long enough for a server that was restored to ask again.
const KEPT_SETTLED_MS: i64 = 3 * DAY;
/// How long one stays that the server never had.
const KEPT_MS: i64 = 30 * DAY;
/// The most pictures that are kept.
const MOST: u32 = 5_000;

/// A picture and whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    /// The event that tells of it.
    pub event: EventId,
    /// Of whose visit.
    pub visit: VisitorId,
    /// Digest of its bytes.
    pub digest: Hash,
    /// When it was taken.
    pub at: UnixMs,
    /// The picture.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for Photo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Photo").field("event", &self.event).finish_non_exhaustive()
    }
}

/// A picture that waits to be sent.
#[derive(Debug)]
pub struct Waiting {
    /// Its place among all.
    pub number: i64,
    /// The picture.
    pub photo: Photo,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Photo> {
    Ok(Photo {
        event: EventId(Uuid::from_bytes(row.get("event")?)),
        visit: VisitorId(Uuid::from_bytes(row.get("visit")?)),
        digest: Hash(row.get("digest")?),
        at: UnixMs(row.get("taken_at")?),
        jpeg: row.get("jpeg")?,
    })
}

/// Writes a picture down; `settled` as in the table.
pub(super) fn insert(
    connection: &Connection,
    photo: &Photo,
    settled: Option<UnixMs>,
) -> Result<(), JournalError> {
    connection
        .prepare_cached(
            "insert into photo(event, visit, digest, taken_at, settled_at, jpeg)
             values (:event, :visit, :digest, :taken_at, :settled_at, :jpeg)",
        )?
        .execute(named_params! {
            ":event": photo.event.0.as_bytes(),
            ":visit": photo.visit.0.as_bytes(),
            ":digest": photo.digest.0,
            ":taken_at": photo.at.0,
            ":settled_at": settled.map(|at| at.0),
            ":jpeg": photo.jpeg,
        })?;
    Ok(())
}

/// The picture of an event out of a file that may be damaged, where it is the one that was taken, with when it was
/// settled.
pub(super) fn salvaged(
    old: &Connection,
    event: EventId,
) -> Result<Option<(Photo, Option<UnixMs>)>, JournalError> {
    let found = old
        .prepare_cached("select * from photo where event = ?1")?
        .query_row([event.0.as_bytes()], |row| {
            Ok((read(row)?, row.get::<_, Option<i64>>("settled_at")?.map(UnixMs)))
        })
        .optional()?;
    match found {
        Some((photo, _)) if Hash::of(&[&photo.jpeg]) != photo.digest => Err(DetailsError::Digest.into()),
        found => Ok(found),
    }
}

/// Takes back that the pictures of the events of a life behind `seq` were sent.
pub(super) fn unsettle(connection: &Connection, life: i64, seq: u64) -> Result<(), JournalError> {
    connection
        .prepare_cached(
            "update photo set settled_at = null
             where event in (select id from event where life = ?1 and seq > ?2)",
        )?
        .execute((life, seq.cast_signed()))?;
    Ok(())
}

impl Writing<'_> {
    /// Keeps a picture with the event that tells of it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keep_photo(&mut self, photo: &Photo) -> Result<(), JournalError> {
        insert(self.connection(), photo, None)
    }
}

impl Journal {
    /// The picture of that digest.
    ///
    /// # Errors
    /// When the database fails.
    pub fn photo(&self, digest: &Hash) -> Result<Option<Vec<u8>>, JournalError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached("select jpeg from photo where digest = ?1 limit 1")?;
        Ok(statement.query_row([digest.0], |row| row.get(0)).optional()?)
    }

    /// The digest of the newest picture of each visit that has one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn photos_of_visits(&self) -> Result<Vec<(VisitorId, Hash)>, JournalError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached("select visit, digest from photo order by number")?;
        let rows = statement
            .query_map([], |row| Ok((VisitorId(Uuid::from_bytes(row.get(0)?)), Hash(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first picture behind the place `after` that waits, and whose event the server has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn photo_to_send(&self, after: i64) -> Result<Option<Waiting>, JournalError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached(
            "select p.* from photo p join event e on e.id = p.event
             where p.settled_at is null and p.number > ?1 and e.acknowledged_at is not null
             order by p.number limit 1",
        )?;
        let waiting = statement
            .query_row([after], |row| Ok(Waiting { number: row.get("number")?, photo: read(row)? }))
            .optional()?;
        Ok(waiting)
    }

    /// How many pictures wait to be sent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn photos_waiting(&self) -> Result<u64, JournalError> {
        let connection = self.read();
        let mut statement =
            connection.prepare_cached("select count(*) from photo where settled_at is null")?;
        Ok(statement.query_row([], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// The server has the picture of `event`, or wants none: it is not sent again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn photo_settled(&self, event: EventId, at: UnixMs) -> Result<(), JournalError> {
        self.maintain(|transaction| {
            transaction
                .prepare_cached("update photo set settled_at = ?2 where event = ?1")?
                .execute((event.0.as_bytes(), at.0))?;
            Ok(())
        })
    }

    /// Erases the picture of an event.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_photo(&self, event: EventId) -> Result<(), JournalError> {
        self.maintain(|transaction| {
            transaction
                .prepare_cached("delete from photo where event = ?1")?
                .execute([event.0.as_bytes()])?;
            Ok(())
        })
    }

    /// Erases the pictures of a visit. Answers whether there were any.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_photos_of(&self, visit: VisitorId) -> Result<bool, JournalError> {
        self.maintain(|transaction| {
            let mut statement = transaction.prepare_cached("delete from photo where visit = ?1")?;
            Ok(statement.execute([visit.0.as_bytes()])? > 0)
        })
    }

    /// Erases pictures that are kept no longer at `now`. Answers how many went.
    ///
    /// # Errors
    /// When the database fails.
    pub fn prune_photos(&self, now: UnixMs) -> Result<usize, JournalError> {
        self.maintain(|transaction| {
            let old = transaction
                .prepare_cached("delete from photo where taken_at < ?1 or settled_at < ?2")?
                .execute((now.plus(-KEPT_MS).0, now.plus(-KEPT_SETTLED_MS).0))?;
            let many = transaction
                .prepare_cached(
                    "delete from photo where number not in (select number from photo order by number desc limit ?1)",
                )?
                .execute([MOST])?;
            Ok(old + many)
        })
    }
}
