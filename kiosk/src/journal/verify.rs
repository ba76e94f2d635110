//! Checking the chain from its first kept event to its head, and giving it out.

use gatehouse::{
    id::IncarnationId,
    journal::{Chain, ChainError, ExportHeader, Head, SignedEvent},
};
use rusqlite::{Connection, Rows};

use super::{Author, Journal, JournalError, Life, details, event, life, outbox};

/// What checking the chain found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Events that were checked.
    pub events: u64,
    /// Where the newest life's chain ends.
    pub head: Option<Head>,
    /// Events acknowledged by the server.
    pub acknowledged: u64,
    /// The first thing that did not hold, and in which life.
    pub broken: Option<(IncarnationId, String)>,
}

/// One piece of an export, in the order in which they are written out.
#[derive(Debug)]
pub enum Exporting {
    /// A life begins.
    Life(ExportHeader),
    /// Its next event.
    Event(SignedEvent),
}

impl Journal {
    /// Checks places, hashes and signatures of every kept event, and that details belong to theirs.
    ///
    /// # Errors
    /// When the database fails. A chain that does not hold is no error but [`Verified::broken`].
    pub fn verify(&self) -> Result<Verified, JournalError> {
        let connection = self.apart()?;
        let mut verified =
            Verified { events: 0, head: life::head(&connection)?, acknowledged: 0, broken: None };
        for life in life::all(&connection)? {
            verified.acknowledged += life.acknowledged.min(life::end(&connection, &life)?.seq);
            match chain(&connection, &life, &self.author) {
                Ok(events) => verified.events += events,
                Err(error @ JournalError::Database(_)) => return Err(error),
                Err(error) => {
                    let words = match &error {
                        JournalError::Chain(chain) => chain.to_string(),
                        other => other.to_string(),
                    };
                    verified.broken = Some((life.incarnation, words));
                    break;
                }
            }
        }
        Ok(verified)
    }

    /// Gives every kept event of every life to `take`, oldest first, a header before each life. Answers how
    /// many events there were. `take` may be as slow as it likes: nothing of the database is held meanwhile.
    ///
    /// # Errors
    /// When the database fails, or what `take` said.
    pub fn export<E: From<JournalError>>(
        &self,
        mut take: impl FnMut(Exporting) -> Result<(), E>,
    ) -> Result<u64, E> {
        let connection = self.apart().map_err(E::from)?;
        let mut count = 0;
        for life in life::all(&connection)? {
            take(Exporting::Life(self.header(&life)))?;
            let mut after = i64::MIN;
            loop {
                let piece = piece(&connection, &life, after)?;
                let Some((last, _)) = piece.last() else { break };
                after = *last;
                for (_, signed) in piece {
                    take(Exporting::Event(signed))?;
                    count += 1;
                }
            }
        }
        Ok(count)
    }

    fn header(&self, life: &Life) -> ExportHeader {
        use std::fmt::Write as _;
        let mut public = String::with_capacity(64);
        for byte in self.author.public().as_bytes() {
            let _ = write!(public, "{byte:02x}");
        }
        ExportHeader {
            export: ExportHeader::FORMAT.to_owned(),
            community: self.author.community,
            kiosk: self.author.kiosk,
            incarnation: life.incarnation,
            public,
            after: life.floor.seq,
            hash: life.floor.hash,
        }
    }
}

/// The next events of a life behind seq `after`, with their seqs.
fn piece(connection: &Connection, life: &Life, after: i64) -> Result<Vec<(i64, SignedEvent)>, JournalError> {
    let mut statement = connection.prepare_cached(
        "select seq, bytes, hash, signature from event where life = ?1 and seq > ?2 order by seq limit 200",
    )?;
    let rows = statement.query_map((life.number, after), |row| Ok((row.get(0)?, event::signed(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const EVENTS: &str = "select e.bytes, e.hash, e.signature, e.seq, d.bytes
     from event e left join details d on d.event = e.id where e.life = ?1 order by e.seq";

/// Checks one life's chain, from its genesis or from where older events were dropped.
fn chain(connection: &Connection, life: &Life, author: &Author) -> Result<u64, JournalError> {
    let begin = Chain::begin(author.community, author.kiosk, life.incarnation, author.public());
    if life.floor.seq == 0 && begin.head() != life.floor {
        return Err(ChainError::Broken(0).into());
    }
    let mut chain = Chain::resume(life.floor, author.kiosk, author.public());
    let mut statement = connection.prepare(EVENTS)?;
    let mut rows = statement.query([life.number])?;
    while let Some((signed, seq, kept)) = next(&mut rows)? {
        let event = chain.push(&signed)?;
        if event.seq != seq {
            return Err(ChainError::Seq { expected: seq, found: event.seq }.into());
        }
        details::open(event.details.as_ref(), kept.as_deref())?;
    }
    Ok(chain.events())
}

/// How many of the newest events are checked before a large journal is used.
const NEWEST: u64 = 200;

/// Checks the end of the newest life's chain: the newest events, as [`chain`] would all of them.
pub(super) fn end(connection: &Connection, author: &Author) -> Result<(), JournalError> {
    let Some(life) = life::current(connection)? else { return Ok(()) };
    let upto = life::end(connection, &life)?;
    let from = life.floor.seq.max(upto.seq.saturating_sub(NEWEST));
    let before = outbox::hash_at(connection, &life, from)?.ok_or(ChainError::Broken(from))?;
    let before = Head { seq: from, hash: before, ..life.floor };
    let mut chain = Chain::resume(before, author.kiosk, author.public());
    let mut statement = connection.prepare(NEWEST_EVENTS)?;
    let mut rows = statement.query((life.number, from.cast_signed()))?;
    while let Some((signed, _, kept)) = next(&mut rows)? {
        let event = chain.push(&signed)?;
        details::open(event.details.as_ref(), kept.as_deref())?;
    }
    if chain.head() == upto { Ok(()) } else { Err(ChainError::Broken(upto.seq).into()) }
}

const NEWEST_EVENTS: &str = "select e.bytes, e.hash, e.signature, e.seq, d.bytes
     from event e left join details d on d.event = e.id where e.life = ?1 and e.seq > ?2 order by e.seq";

type Read = (SignedEvent, u64, Option<Vec<u8>>);

fn next(rows: &mut Rows<'_>) -> Result<Option<Read>, JournalError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((event::signed(row, 0)?, row.get::<_, i64>(3)?.unsigned_abs(), row.get(4)?)))
}
