//! Saving what is readable of a damaged journal.

use std::path::Path;

use gatehouse::{
    hash::Hash,
    id::{EventId, IncarnationId},
    journal::{Act, Event, Head, SignedEvent},
};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::{
    Author, Journal, JournalError,
    damaged::Damaged,
    details,
    event::{self, Finding, Heard},
    life, photos,
};

/// What could be saved.
#[derive(Clone, Debug, Default)]
pub struct Salvaged {
    /// Events whose place, hash and signature hold.
    pub events: u64,
    /// The last of them.
    pub head: Option<Head>,
}

struct OldLife {
    floor: Head,
    acknowledged: u64,
    number: i64,
}

/// Copies what is readable of each life's chain from the database at `damaged` into `journal`, which must not have
/// begun. What cannot be read, and all that waits behind it, stays in the old file.
///
/// # Errors
/// When the new journal fails. A damaged file of which nothing can be read saves nothing, and is no error.
pub fn salvage(damaged: &Path, key: &[u8; 32], journal: &Journal) -> Result<Salvaged, JournalError> {
    let Some(lives) = Damaged::at(damaged, key).read(old_lives) else { return Ok(Salvaged::default()) };
    journal.maintain(|new| {
        let mut saved = Salvaged::default();
        for old_life in lives {
            life::add(new, &old_life.floor)?;
            let copied = copy(&mut Damaged::at(damaged, key), &old_life, new, journal.author())?;
            new.execute(
                "update life set acknowledged = min(?2, ?3), state = 1 where incarnation = ?1",
                (
                    old_life.floor.incarnation.0.as_bytes(),
                    old_life.acknowledged.cast_signed(),
                    copied.head.seq.cast_signed(),
                ),
            )?;
            saved.events += copied.events;
            saved.head = if copied.events > 0 { Some(copied.head) } else { saved.head };
        }
        // Only then, and through another connection: a damage there costs no event.
        copy_persons(&mut Damaged::at(damaged, key), new)?;
        Ok(saved)
    })
}

fn old_lives(old: &Connection) -> Result<Vec<OldLife>, JournalError> {
    let mut statement =
        old.prepare("select incarnation, floor, floor_hash, acknowledged, number from life order by number")?;
    let lives = statement.query_map([], |row| {
        Ok(OldLife {
            floor: Head {
                incarnation: IncarnationId(Uuid::from_bytes(row.get(0)?)),
                seq: row.get::<_, i64>(1)?.unsigned_abs(),
                hash: Hash(row.get(2)?),
            },
            acknowledged: row.get::<_, i64>(3)?.unsigned_abs(),
            number: row.get(4)?,
        })
    })?;
    Ok(lives.collect::<Result<_, _>>()?)
}

/// How far a life was copied.
struct Copied {
    head: Head,
    events: u64,
}

/// Copies events of one life one by one until one is missing, unreadable or false. Where the server has all that stands
/// before such a gap, the life begins anew with what can be read behind it: what waits there can still be sent.
fn copy(
    old: &mut Damaged<'_>,
    from: &OldLife,
    new: &Connection,
    author: &Author,
) -> Result<Copied, JournalError> {
    let life = life::of(new, from.floor.incarnation)?.ok_or(JournalError::NoLife)?;
    let mut copied = Copied { head: from.floor, events: 0 };
    let mut in_gap = false;
    for seq in from.floor.seq + 1.. {
        let found = match old.read(|old| event_at(old, from.number, seq)) {
            Some(None) => break,
            found => found.flatten(),
        };
        if let Some((signed, _)) = found.as_ref().filter(|_| in_gap) {
            let floor = Head { seq, hash: signed.hash, ..from.floor };
            new.execute("delete from event where life = ?1", [life.number])?;
            life::set_floor(new, &life, &floor)?;
            copied = Copied { head: floor, events: 0 };
            in_gap = false;
            continue;
        }
        let verified = found.and_then(|(signed, heard)| {
            let (event, head) = signed.verify(&copied.head, author.kiosk, &author.public()).ok()?;
            Some((event, head, signed, heard))
        });
        let Some((event, head, signed, heard)) = verified else {
            if copied.head.seq > from.acknowledged || old.is_spent() {
                break;
            }
            in_gap = true;
            continue;
        };
        let act = Act::read(event.kind, &event.body);
        let finding =
            act.as_ref().map_or(Finding { subject: None, pass: None, live_step: None }, Finding::of);
        event::insert(new, &life, &event, &finding, &signed)?;
        // What is acknowledged is not sent again, so nobody would say it a second time.
        event::set_heard(new, event.id, heard)?;
        if let Ok(Act::Undone { event }) = act {
            event::set_undone(new, event)?;
        }
        copied = Copied { head, events: copied.events + 1 };
    }
    Ok(copied)
}

/// An event of the old file and what the server said of it; nothing where the life has ended before it.
fn event_at(old: &Connection, life: i64, seq: u64) -> Result<Option<(SignedEvent, Heard)>, JournalError> {
    let mut statement = old.prepare_cached(
        "select bytes, hash, signature, visible, acknowledged_at from event where life = ?1 and seq = ?2",
    )?;
    let found = statement.query_row((life, seq.cast_signed()), |row| {
        Ok((event::signed(row, 0)?, Heard { visible: row.get(3)?, acknowledged_at: row.get(4)? }))
    });
    Ok(found.optional()?)
}

/// Copies what the saved events say of persons, and their pictures, where they can be read and are the events' own.
fn copy_persons(old: &mut Damaged<'_>, new: &Connection) -> Result<(), JournalError> {
    let mut statement = new.prepare("select id, bytes from event order by ordinal")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = EventId(Uuid::from_bytes(row.get(0)?));
        let event: Event = gatehouse::cbor::from_slice(&row.get::<_, Vec<u8>>(1)?)?;
        if let Some(digest) = &event.details
            && let Some(Some(bytes)) = old.read(|old| details::salvaged(old, id, digest))
        {
            details::insert(new, id, &bytes)?;
        }
        if let Ok(Act::PhotoTaken { .. }) = Act::read(event.kind, &event.body)
            && let Some(Some((photo, settled))) = old.read(|old| photos::salvaged(old, id))
        {
            photos::insert(new, &photo, settled)?;
        }
    }
    Ok(())
}
