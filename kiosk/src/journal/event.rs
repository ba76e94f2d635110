//! Events as they are kept: the table `event`.

use gatehouse::{
    hash::Hash,
    id::{EventId, PassId},
    journal::{Act, Event, Head, SignedEvent},
};
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::{JournalError, life::Life};

/// What an append made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The event's id.
    pub id: EventId,
    /// The chain's end with it.
    pub head: Head,
}

/// An event of this journal, read back.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The event, what happened, and what it says of persons unless erased.
    pub recorded: gatehouse::journal::Recorded,
    /// Whether a later event took it back.
    pub undone: bool,
    /// Its place among all events of this journal, whatever their life.
    pub ordinal: i64,
}

/// The columns by which an act is found again.
pub(super) struct Finding {
    pub subject: Option<Uuid>,
    pub pass: Option<PassId>,
    pub live_step: Option<u64>,
}

impl Finding {
    pub(super) fn of(act: &Act) -> Self {
        let subject = match act {
            Act::Admitted { visit, .. }
            | Act::Asked { visit, .. }
            | Act::AskClosed { visit, .. }
            | Act::Exited { visit, .. }
            | Act::Rang { visit }
            | Act::PeopleCounted { visit, .. }
            | Act::PhotoTaken { visit, .. }
            | Act::SteppedUp { visit, .. } => Some(visit.0),
            Act::WrongCode { unit }
            | Act::ChallengeShown { unit, .. }
            | Act::SpokenAnswered { unit, .. }
            | Act::SpokenWrong { unit, .. } => Some(unit.0),
            Act::SignedIn { guard } | Act::SignedOut { guard } | Act::PinWrong { guard } => Some(guard.0),
            Act::Undone { event } => Some(event.0),
            _ => None,
        };
        let (pass, live_step) = match act {
            Act::Admitted { pass, live_step, .. } => (*pass, *live_step),
            Act::Exited { pass, .. } => (*pass, None),
            _ => (None, None),
        };
        Self { subject, pass, live_step }
    }
}

/// Writes an event at its place.
pub(super) fn insert(
    connection: &Connection,
    life: &Life,
    event: &Event,
    finding: &Finding,
    signed: &SignedEvent,
) -> Result<(), JournalError> {
    connection
        .prepare_cached(
            "insert into event(life, seq, id, at, kind, subject, pass, live_step, bytes, hash, signature)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute((
            life.number,
            event.seq.cast_signed(),
            event.id.0.as_bytes(),
            event.at.0,
            event.kind,
            finding.subject.map(Uuid::into_bytes),
            finding.pass.map(|pass| pass.0.into_bytes()),
            finding.live_step.map(u64::cast_signed),
            &signed.bytes,
            &signed.hash.0,
            &signed.signature,
        ))?;
    Ok(())
}

/// What the server has said of an event, as the columns keep it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    /// Feed seq from which its effect is visible.
    pub visible: Option<i64>,
    /// When it was said to be durable.
    pub acknowledged_at: Option<i64>,
}

/// Notes what the server has said of an event.
pub(super) fn set_heard(connection: &Connection, id: EventId, heard: Heard) -> Result<(), JournalError> {
    connection
        .prepare_cached("update event set visible = ?2, acknowledged_at = ?3 where id = ?1")?
        .execute((id.0.as_bytes(), heard.visible, heard.acknowledged_at))?;
    Ok(())
}

/// Reads a signed event out of the columns `bytes, hash, signature` from `first` on.
pub(super) fn signed(row: &Row<'_>, first: usize) -> rusqlite::Result<SignedEvent> {
    Ok(SignedEvent {
        bytes: row.get(first)?,
        hash: Hash(row.get(first + 1)?),
        signature: row.get(first + 2)?,
    })
}

type Found = (Vec<u8>, Option<Vec<u8>>, bool, i64);

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

/// Reads an event; `None` for one of a kind, or with details, that only a newer version can read.
fn keep((bytes, details, undone, ordinal): Found) -> Result<Option<Kept>, JournalError> {
    let event: Event = gatehouse::cbor::from_slice(&bytes)?;
    Ok(gatehouse::journal::Recorded::read(event, details.as_deref()).ok().map(|recorded| Kept {
        recorded,
        undone,
        ordinal,
    }))
}

const KEPT: &str =
    "select e.bytes, d.bytes, e.undone, e.ordinal from event e left join details d on d.event = e.id";

/// The event of that id.
pub(super) fn get(connection: &Connection, id: EventId) -> Result<Option<Kept>, JournalError> {
    let mut statement = connection.prepare_cached(&format!("{KEPT} where e.id = ?1"))?;
    Ok(statement.query_row([id.0.as_bytes()], found).optional()?.map(keep).transpose()?.flatten())
}

/// The event that was recorded right before the one at `ordinal`.
pub(super) fn before(connection: &Connection, ordinal: i64) -> Result<Option<Kept>, JournalError> {
    let mut statement =
        connection.prepare_cached(&format!("{KEPT} where e.ordinal < ?1 order by e.ordinal desc limit 1"))?;
    Ok(statement.query_row([ordinal], found).optional()?.map(keep).transpose()?.flatten())
}

/// The latest `limit` events of the kinds named, newest first.
pub(super) fn latest(connection: &Connection, kind: u16, limit: u32) -> Result<Vec<Kept>, JournalError> {
    let mut statement =
        connection.prepare_cached(&format!("{KEPT} where e.kind = ?1 order by e.ordinal desc limit ?2"))?;
    let rows = statement.query_map((kind, limit), found)?;
    rows.filter_map(|row| row.map_err(JournalError::from).and_then(keep).transpose()).collect()
}

/// The events of a kind about a subject, oldest first.
pub(super) fn about(connection: &Connection, kind: u16, subject: Uuid) -> Result<Vec<Kept>, JournalError> {
    let mut statement = connection
        .prepare_cached(&format!("{KEPT} where e.kind = ?1 and e.subject = ?2 order by e.ordinal"))?;
    let rows = statement.query_map((kind, subject.as_bytes()), found)?;
    rows.filter_map(|row| row.map_err(JournalError::from).and_then(keep).transpose()).collect()
}

/// Events whose effect a copy of the feed that was last whole at `whole` does not contain yet, oldest first.
pub(super) fn unseen(connection: &Connection, whole: u64) -> Result<Vec<Kept>, JournalError> {
    // Each half by the index on `visible`; one condition for both would read every event.
    let unknown = connection
        .prepare_cached(&format!("{KEPT} where e.visible is null"))?
        .query_map([], found)?
        .collect::<Result<Vec<_>, _>>()?;
    let later = connection
        .prepare_cached(&format!("{KEPT} where e.visible > ?1"))?
        .query_map([whole.cast_signed()], found)?
        .collect::<Result<Vec<_>, _>>()?;
    let mut unseen = unknown
        .into_iter()
        .chain(later)
        .filter_map(|row| keep(row).transpose())
        .collect::<Result<Vec<Kept>, JournalError>>()?;
    unseen.sort_by_key(|kept| kept.ordinal);
    Ok(unseen)
}

/// Marks an event as taken back.
pub(super) fn set_undone(connection: &Connection, id: EventId) -> Result<(), JournalError> {
    connection.prepare_cached("update event set undone = 1 where id = ?1")?.execute([id.0.as_bytes()])?;
    Ok(())
}
