//! Saving what is readable of a damaged journal.

use std::path::Path;

use gatehouse::{
    hash::Hash,
    id::IncarnationId,
    journal::{Act, Head, SignedEvent},
};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::{
    Author, Journal, JournalError, PLAN, details,
    event::{self, Finding, Heard},
    life, photos,
};
use crate::database;

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
    acknowledged: i64,
    number: i64,
}

/// Copies the readable beginning of each life's chain from the database at `damaged` into `journal`, which
/// must not have begun. What cannot be read, and all that would stand behind it, stays in the old file.
///
/// # Errors
/// When the new journal fails. A damaged file of which nothing can be read saves nothing, and is no error.
pub fn salvage(damaged: &Path, key: &[u8; 32], journal: &Journal) -> Result<Salvaged, JournalError> {
    let Ok(old) = database::open(damaged, key, &PLAN) else { return Ok(Salvaged::default()) };
    let Ok(lives) = old_lives(&old) else { return Ok(Salvaged::default()) };
    journal.maintain(|new| {
        let mut saved = Salvaged::default();
        for old_life in lives {
            life::add(new, &old_life.floor)?;
            let events = copy(&old, &old_life, new, journal.author(), &mut saved)?;
            new.execute(
                "update life set acknowledged = min(?2, ?3), state = 1 where incarnation = ?1",
                (old_life.floor.incarnation.0.as_bytes(), old_life.acknowledged, events.cast_signed()),
            )?;
        }
        Ok(saved)
    })
}

fn old_lives(old: &Connection) -> rusqlite::Result<Vec<OldLife>> {
    old.prepare("select incarnation, floor, floor_hash, acknowledged, number from life order by number")?
        .query_map([], |row| {
            Ok(OldLife {
                floor: Head {
                    incarnation: IncarnationId(Uuid::from_bytes(row.get(0)?)),
                    seq: row.get::<_, i64>(1)?.unsigned_abs(),
                    hash: Hash(row.get(2)?),
                },
                acknowledged: row.get(3)?,
                number: row.get(4)?,
            })
        })?
        .collect()
}

/// Copies events of one life one by one until one is missing, unreadable or false. Answers the last seq.
fn copy(
    old: &Connection,
    from: &OldLife,
    new: &Connection,
    author: &Author,
    saved: &mut Salvaged,
) -> Result<u64, JournalError> {
    let life = life::of(new, from.floor.incarnation)?.ok_or(JournalError::NoLife)?;
    let mut head = from.floor;
    while let Some(Readable { signed, heard, details }) = read_one(old, from.number, head.seq + 1) {
        let Ok((event, next)) = signed.verify(&head, author.kiosk, &author.public()) else { break };
        head = next;
        let finding = Act::read(event.kind, &event.body)
            .map_or(Finding { subject: None, pass: None, live_step: None }, |act| Finding::of(&act));
        event::insert(new, &life, &event, &finding, &signed)?;
        // What is acknowledged is not sent again, so nobody would say it a second time.
        event::set_heard(new, event.id, heard)?;
        if let Ok(Act::Undone { event }) = Act::read(event.kind, &event.body) {
            event::set_undone(new, event)?;
        }
        if let Some(bytes) = details
            && details::open(event.details.as_ref(), Some(&bytes)).is_ok_and(|found| found.is_some())
        {
            details::insert(new, event.id, &bytes)?;
        }
        if let Some((photo, settled)) = photos::salvaged(old, event.id) {
            photos::insert(new, &photo, settled)?;
        }
        saved.events += 1;
        saved.head = Some(head);
    }
    Ok(head.seq)
}

/// An event of the old file that can be read.
struct Readable {
    signed: SignedEvent,
    heard: Heard,
    details: Option<Vec<u8>>,
}

fn read_one(old: &Connection, life: i64, seq: u64) -> Option<Readable> {
    let (signed, heard) = old
        .prepare_cached(
            "select bytes, hash, signature, visible, acknowledged_at from event where life = ?1 and seq = ?2",
        )
        .ok()?
        .query_row((life, seq.cast_signed()), |row| {
            let heard = Heard { visible: row.get(3)?, acknowledged_at: row.get(4)? };
            Ok((event::signed(row, 0)?, heard))
        })
        .ok()?;
    let id = signed.event().ok()?.id;
    let details = old
        .prepare_cached("select bytes from details where event = ?1")
        .ok()?
        .query_row([id.0.as_bytes()], |row| row.get(0))
        .optional()
        .ok()
        .flatten();
    Some(Readable { signed, heard, details })
}
