//! One writing transaction: what may be asked in it, and appending.

use gatehouse::{
    entropy::Entropy,
    id::{EventId, IncarnationId},
    journal::{Act, Cause, Details, Event, Head, SignedEvent, genesis},
};
use rusqlite::{Connection, Transaction};

use super::{
    Author, JournalError, Recorded, Stamp, details,
    event::{self, Finding},
    life::{self, Life},
};

/// A writing transaction of the journal. What is read through it is true until it ends.
pub struct Writing<'t> {
    transaction: &'t Transaction<'t>,
    author: &'t Author,
    entropy: &'t mut (dyn Entropy + Send),
    end: Option<(Life, Head)>,
    appended: bool,
}

impl<'t> Writing<'t> {
    pub(super) fn new(
        transaction: &'t Transaction<'t>,
        author: &'t Author,
        entropy: &'t mut (dyn Entropy + Send),
    ) -> Result<Self, JournalError> {
        let end = match life::current(transaction)? {
            Some(life) => Some((life, life::end(transaction, &life)?)),
            None => None,
        };
        Ok(Self { transaction, author, entropy, end, appended: false })
    }

    pub(super) fn appended(&self) -> bool {
        self.appended
    }

    /// The chain's end, with what this transaction appended.
    pub fn head(&self) -> Option<Head> {
        self.end.map(|(_, head)| head)
    }

    pub(super) fn connection(&self) -> &Connection {
        self.transaction
    }

    /// Randomness for what must be fixed before it is shown.
    pub fn entropy(&mut self) -> &mut (dyn Entropy + Send) {
        self.entropy
    }

    /// Begins a new life with its first event.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin(
        &mut self,
        stamp: &Stamp,
        cause: Cause,
        follows: Option<Head>,
    ) -> Result<Recorded, JournalError> {
        let incarnation = IncarnationId::new(stamp.at, &mut &mut *self.entropy);
        let hash = genesis(self.author.community, self.author.kiosk, incarnation);
        let floor = Head { incarnation, seq: 0, hash };
        life::add(self.transaction, &floor)?;
        let life = life::of(self.transaction, incarnation)?.ok_or(JournalError::NoLife)?;
        self.end = Some((life, floor));
        self.append(stamp, &Act::Opened { follows, cause }, None)
    }

    /// Appends an act. `details.salt` is drawn here.
    ///
    /// # Errors
    /// [`JournalError::NoLife`] before the first life, else when the database fails.
    pub fn append(
        &mut self,
        stamp: &Stamp,
        act: &Act,
        details: Option<Details>,
    ) -> Result<Recorded, JournalError> {
        let id = EventId::new(stamp.at, &mut &mut *self.entropy);
        self.append_as(id, stamp, act, details)
    }

    /// Appends an act under an id that was made before.
    ///
    /// # Errors
    /// As [`Writing::append`].
    pub fn append_as(
        &mut self,
        id: EventId,
        stamp: &Stamp,
        act: &Act,
        details: Option<Details>,
    ) -> Result<Recorded, JournalError> {
        let (life, previous) = self.end.ok_or(JournalError::NoLife)?;
        let sealed = details.map(|mut details| {
            self.entropy.fill(&mut details.salt);
            details.seal()
        });
        let event = Event {
            format: Event::FORMAT,
            kiosk: self.author.kiosk,
            incarnation: life.incarnation,
            seq: previous.seq + 1,
            id,
            at: stamp.at,
            time: stamp.time,
            gate: stamp.gate,
            guard: stamp.guard,
            kind: act.kind(),
            body: act.body(),
            details: sealed.as_ref().map(|(_, digest)| *digest),
        };
        let signed = SignedEvent::seal(&event, &previous.hash, &self.author.key);
        event::insert(self.transaction, &life, &event, &Finding::of(act), &signed)?;
        if let Some((bytes, _)) = sealed {
            details::insert(self.transaction, id, &bytes)?;
        }
        if let Act::Undone { event } = act {
            event::set_undone(self.transaction, *event)?;
        }
        let head = Head { incarnation: life.incarnation, seq: event.seq, hash: signed.hash };
        self.end = Some((life, head));
        self.appended = true;
        Ok(Recorded { id, head })
    }
}
