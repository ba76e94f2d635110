//! What waits to be sent, and what the answers of the other side change: the store's side of
//! [`gatehouse::journal::outbox`], which says what they mean.

use std::sync::PoisonError;

use gatehouse::{
    hash::Hash,
    id::IncarnationId,
    journal::{
        Act, Head,
        outbox::{Acknowledge, Batch, End, GoBack, Life as SentLife, LifeState, Outbox},
    },
    sync::{UploadEvent, Visible},
    time::UnixMs,
};
use rusqlite::{Connection, OptionalExtension};

use super::{Journal, JournalError, Life, Stamp, event, life, photos};

/// The most bytes of a batch, but for an event that is larger alone: the server takes 8 MiB at once.
const BATCH_BYTES: usize = 4 << 20;

impl Journal {
    /// Keeps what is recorded from seq `from` of the open life on out of the outbox, until
    /// [`Journal::release`]: an ask that may still be taken back has asked nobody.
    pub fn hold(&self, from: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(from, |seq| seq.min(from)));
    }

    /// Lets everything be sent.
    pub fn release(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Closes the journal if everything was sent, what is held back too, and pictures. Whoever writes meanwhile does so
    /// before it is looked at, or not at all. Answers whether it is closed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn close_if_sent(&self) -> Result<bool, JournalError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.release();
        let is_sent = self.outbox()?.waiting() == 0 && self.photos_waiting()? == 0;
        writer.closed |= is_sent;
        Ok(is_sent)
    }

    fn held(&self) -> Option<u64> {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All lives as they stand.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox(&self) -> Result<Outbox, JournalError> {
        let connection = self.read();
        let mut outbox = Outbox::default();
        for life in life::all(&connection)? {
            let sent = sent_life(&connection, &life, self.held())?;
            if sent.waiting() > 0 {
                let oldest: Option<i64> = connection
                    .prepare_cached("select at from event where life = ?1 and seq = ?2")?
                    .query_row((life.number, life.acknowledged.cast_signed() + 1), |row| row.get(0))
                    .optional()?;
                let oldest = oldest.map(UnixMs);
                outbox.oldest_waiting = match (outbox.oldest_waiting, oldest) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
            outbox.lives.push(sent);
        }
        Ok(outbox)
    }

    /// A life and up to `limit` of its events from behind `after` on, fewer where they are large.
    ///
    /// # Errors
    /// [`JournalError::NotOurs`] for a life or a place this journal does not hold.
    pub fn batch(&self, incarnation: IncarnationId, after: u64, limit: usize) -> Result<Batch, JournalError> {
        let connection = self.read();
        let life = ours(&connection, incarnation)?;
        let hash = hash_at(&connection, &life, after)?.ok_or(JournalError::NotOurs)?;
        let mut statement = connection.prepare_cached(
            "select e.bytes, e.hash, e.signature, d.bytes
             from event e left join details d on d.event = e.id
             where e.life = ?1 and e.seq > ?2 order by e.seq limit ?3",
        )?;
        let sent = sent_life(&connection, &life, self.held())?;
        let room = usize::try_from(sent.head.seq.saturating_sub(after)).unwrap_or(usize::MAX);
        let limit = i64::try_from(limit.min(room)).unwrap_or(i64::MAX);
        let rows = statement.query_map((life.number, after.cast_signed(), limit), |row| {
            Ok(UploadEvent { event: event::signed(row, 0)?, details: row.get(3)? })
        })?;
        let (mut events, mut bytes) = (Vec::new(), 0);
        for row in rows {
            let one = row?;
            bytes += one.event.bytes.len() + one.details.as_ref().map_or(0, Vec::len);
            if bytes > BATCH_BYTES && !events.is_empty() {
                break;
            }
            events.push(one);
        }
        Ok(Batch { life: sent, after: Head { incarnation, seq: after, hash }, events })
    }

    /// The hash of the event at `seq` of a life, the genesis hash at 0; `None` where the journal holds none.
    ///
    /// # Errors
    /// [`JournalError::NotOurs`] for a life this journal never had.
    pub fn hash_at(&self, incarnation: IncarnationId, seq: u64) -> Result<Option<Hash>, JournalError> {
        let connection = self.read();
        let life = ours(&connection, incarnation)?;
        hash_at(&connection, &life, seq)
    }

    /// Notes what is durable on the other side, and from when on its effects are in the feed.
    ///
    /// # Errors
    /// [`JournalError::NotOurs`] for a life this journal never had.
    pub fn acknowledge(&self, word: &Acknowledge, at: UnixMs) -> Result<(), JournalError> {
        self.maintain(|transaction| {
            let life = ours(transaction, word.incarnation)?;
            let upto = word.upto.cast_signed();
            let by = word.by.cast_signed();
            transaction
                .prepare_cached("update life set acknowledged = max(acknowledged, ?2) where number = ?1")?
                .execute((life.number, upto))?;
            transaction
                .prepare_cached(
                    "update event set acknowledged_at = ?3 where life = ?1 and seq > ?4 and seq <= ?2",
                )?
                .execute((life.number, upto, at.0, life.acknowledged.cast_signed()))?;
            transaction
                .prepare_cached(
                    "update event set visible = ?3
                     where visible > ?3 and +life = ?1 and +seq <= ?2",
                )?
                .execute((life.number, upto, by))?;
            let mut statement =
                transaction.prepare_cached("update event set visible = ?3 where life = ?1 and seq = ?2")?;
            for Visible { event, feed } in word.visible.iter().filter(|seen| seen.event <= word.upto) {
                statement.execute((life.number, event.cast_signed(), feed.cast_signed().min(by)))?;
            }
            Ok(())
        })
    }

    /// Takes an acknowledgement back: what stands behind is sent again.
    ///
    /// # Errors
    /// [`JournalError::NotOurs`] for a life this journal never had.
    pub fn go_back(&self, back: &GoBack) -> Result<(), JournalError> {
        self.maintain(|transaction| {
            let life = ours(transaction, back.incarnation)?;
            transaction
                .prepare_cached("update life set acknowledged = min(acknowledged, ?2) where number = ?1")?
                .execute((life.number, back.to.cast_signed()))?;
            transaction
                .prepare_cached(
                    "update event set acknowledged_at = null, visible = null where life = ?1 and seq > ?2",
                )?
                .execute((life.number, back.to.cast_signed()))?;
            photos::unsettle(transaction, life.number, back.to)?;
            Ok(())
        })
    }

    /// Ends a life that cannot go on. Where it is the open one, a new one begins and names it; either way
    /// admins are told, in the same transaction.
    ///
    /// # Errors
    /// [`JournalError::NotOurs`] for a life this journal never had; else as [`Journal::write`].
    pub fn end(&self, end: &End, stamp: &Stamp) -> Result<(), JournalError> {
        self.write(|writing| {
            let life = ours(writing.connection(), end.incarnation)?;
            let head = life::end(writing.connection(), &life)?;
            if life.state == LifeState::Open {
                writing.begin(stamp, end.cause, Some(head))?;
            }
            life::set_state(writing.connection(), &life, end.state)?;
            writing.append(stamp, &Act::alert(end.alert), None)?;
            Ok(())
        })
    }

    /// Drops the oldest events of each life that were acknowledged before `before` and whose effect the
    /// feed's copy at `cursor` contains. Answers how many went.
    ///
    /// # Errors
    /// When the database fails.
    pub fn prune(&self, before: UnixMs, cursor: u64) -> Result<usize, JournalError> {
        self.maintain(|transaction| {
            let mut gone = 0;
            for life in life::all(transaction)? {
                let first_to_keep: Option<i64> = transaction
                    .prepare_cached(
                        "select min(seq) from event where life = ?1 and
                         not coalesce(acknowledged_at < ?2 and visible <= ?3, 0)",
                    )?
                    .query_row((life.number, before.0, cursor.cast_signed()), |row| row.get(0))?;
                let upto = match first_to_keep {
                    Some(seq) => seq.unsigned_abs().saturating_sub(1),
                    None => life::end(transaction, &life)?.seq,
                };
                if upto <= life.floor.seq {
                    continue;
                }
                let hash = hash_at(transaction, &life, upto)?.ok_or(JournalError::NotOurs)?;
                life::set_floor(transaction, &life, &Head { seq: upto, hash, ..life.floor })?;
                gone += transaction
                    .prepare_cached("delete from event where life = ?1 and seq <= ?2")?
                    .execute((life.number, upto.cast_signed()))?;
            }
            Ok(gone)
        })
    }
}

fn ours(connection: &Connection, incarnation: IncarnationId) -> Result<Life, JournalError> {
    life::of(connection, incarnation)?.ok_or(JournalError::NotOurs)
}

fn sent_life(connection: &Connection, life: &Life, held: Option<u64>) -> Result<SentLife, JournalError> {
    let mut head = life::end(connection, life)?;
    if let Some(from) = held.filter(|from| life.state == LifeState::Open && *from <= head.seq)
        && let Some(hash) = hash_at(connection, life, from - 1)?
    {
        head = Head { seq: from - 1, hash, ..head };
    }
    Ok(SentLife { head, acknowledged: life.acknowledged, oldest: life.floor.seq + 1, state: life.state })
}

/// The hash of the event at `seq` of a life, or that of its floor.
pub(super) fn hash_at(connection: &Connection, life: &Life, seq: u64) -> Result<Option<Hash>, JournalError> {
    if seq == life.floor.seq {
        return Ok(Some(life.floor.hash));
    }
    let mut statement = connection.prepare_cached("select hash from event where life = ?1 and seq = ?2")?;
    Ok(statement.query_row((life.number, seq.cast_signed()), |row| row.get(0).map(Hash)).optional()?)
}
