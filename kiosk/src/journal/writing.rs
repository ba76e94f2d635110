//! One writing transaction: what may be asked in it, and appending.

use gatehouse::{
    entropy::Entropy,
    id::{EventId, IncarnationId, PassId, UserId},
    journal::{Act, Cause, Details, Event, Head, SignedEvent, genesis},
    time::UnixMs,
};
use rusqlite::{Connection, Transaction};
use uuid::Uuid;

use super::{
    Author, JournalError, Kept, Recorded, Stamp, details,
    event::{self, Finding},
    life::{self, Life},
    tries, uses,
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

    /// An event of this journal.
    ///
    /// # Errors
    /// When the database fails or the event is not readable.
    pub fn event(&self, id: EventId) -> Result<Option<Kept>, JournalError> {
        event::get(self.transaction, id)
    }

    /// Whether a later event took `id` back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_undone(&self, id: EventId) -> Result<bool, JournalError> {
        uses::is_undone(self.transaction, id)
    }

    /// Admissions on `pass` recorded here and not taken back: their events and when.
    ///
    /// # Errors
    /// When the database fails.
    pub fn uses(&self, pass: PassId) -> Result<Vec<(EventId, UnixMs)>, JournalError> {
        uses::of_pass(self.transaction, pass)
    }

    /// Live steps of `pass` that were burnt here at or after `from`, taken back or not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn burnt(&self, pass: PassId, from: u64) -> Result<Vec<u64>, JournalError> {
        uses::burnt(self.transaction, pass, from)
    }

    /// When acts of `kind` about `subject` were recorded since `from`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tries(&self, kind: u16, subject: Uuid, from: UnixMs) -> Result<Vec<UnixMs>, JournalError> {
        tries::about(self.transaction, kind, subject, from)
    }

    /// When acts of `kind` about anything were recorded since `from`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tries_at_kiosk(&self, kind: u16, from: UnixMs) -> Result<Vec<UnixMs>, JournalError> {
        tries::at_kiosk(self.transaction, kind, from)
    }

    /// When `guard`'s PIN was tried wrongly here since it was last right, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wrong_pins(&self, guard: UserId) -> Result<Vec<UnixMs>, JournalError> {
        tries::wrong_pins(self.transaction, guard)
    }

    /// Challenges shown to `unit` since `from`: their four digits and when, oldest first.
    ///
    /// # Errors
    /// When the database fails or an event is not readable.
    pub fn challenges(&self, unit: Uuid, from: UnixMs) -> Result<Vec<(u16, UnixMs)>, JournalError> {
        tries::challenges(self.transaction, unit, from)
    }
}
