//! Deciding and admitting. Everything a guard, a camera or `gatectl` wants of the gate comes through here,
//! is decided from what is on this machine, and is durable in the journal before anybody is told.
//!
//! The desk never knows the courier: no decision waits for a network. It keeps what the window shows
//! ([`show`]) beside what it decides, and leaves pictures, sounds and the connection to others.

mod asks;
mod book;
mod codes;
mod comer;
mod draw;
mod error;
mod inside;
mod judge;
mod known;
mod misused;
mod outcome;
mod pace;
mod passing;
mod photos;
mod reasons;
mod shift;
mod show;
mod spoken;
mod units;
mod upkeep;
mod verdicts;
mod waits;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gatehouse::{
    clock::Reading,
    feed::row::ErasureRow,
    id::{EventId, UserId},
    journal::{Act, Details, Recorded as RecordedEvent},
    time::UnixMs,
};
use zeroize::Zeroizing;

use crate::{
    cache::Cache,
    enrol::Trusted,
    journal::{Journal, JournalError, Ledger, Stamp, Writing},
    time::Timekeeper,
};

pub use comer::Comer;
pub use error::DeskError;
pub use judge::Judged;
pub use known::{Guard, Known, Tile};
pub use outcome::Outcome;
pub use show::Shown;
pub use spoken::Spoken;
pub use units::Units;
pub use verdicts::Given;

use book::Book;
use judge::Judge;
use photos::Photos;
use shift::Shift;

/// The gate's desk.
pub struct Desk {
    cache: Arc<Cache>,
    journal: Arc<Journal>,
    time: Arc<Timekeeper>,
    pepper: Zeroizing<[u8; 32]>,
    state: Mutex<State>,
}

/// What the desk keeps in memory. All of it can be read again from the stores but what is on the screen.
struct State {
    known: Arc<Known>,
    settings: u64,
    changes: u64,
    erased: u64,
    trusted: Trusted,
    done: upkeep::Done,
    /// Who is inside on a pass that is worth less since, as it was told.
    misused: misused::Misused,
    book: Book,
    shift: Option<Shift>,
    /// A guard who was signed out and of whom that is still to be recorded.
    dismissed: Option<UserId>,
    show: Shown,
    photos: Photos,
}

impl Desk {
    /// Opens the desk over its stores.
    ///
    /// # Errors
    /// When a store fails.
    pub fn open(
        cache: Arc<Cache>,
        journal: Arc<Journal>,
        time: Arc<Timekeeper>,
        trusted: Trusted,
        pepper: &[u8; 32],
    ) -> Result<Self, DeskError> {
        let (settings, changes) = (cache.settings(), cache.changes());
        let known = Arc::new(Known::load(&cache, &trusted)?);
        let book = Book::load(&cache, &journal)?;
        let shift = Shift::restore(&*journal, &known)?;
        let state = State {
            known,
            settings,
            changes,
            erased: 0,
            trusted,
            done: upkeep::Done::at(time.boot().ms),
            misused: misused::Misused::default(),
            book,
            shift,
            dismissed: None,
            show: Shown::default(),
            photos: Photos::load(&journal)?,
        };
        let desk = Self { cache, journal, time, pepper: Zeroizing::new(*pepper), state: Mutex::new(state) };
        {
            let mut state = desk.lock();
            desk.erase(&mut state)?;
            let misused = desk.misused(&state)?;
            state.misused = misused;
        }
        Ok(desk)
    }

    /// Takes in what changed in the copy. The desk does so by itself before it decides; who changed the copy
    /// may do it ahead, on its own time.
    ///
    /// # Errors
    /// When a store fails.
    pub fn refresh(&self) -> Result<(), DeskError> {
        drop(self.state()?);
        Ok(())
    }

    /// What is at hand.
    ///
    /// # Errors
    /// When a store fails.
    pub fn known(&self) -> Result<Arc<Known>, DeskError> {
        Ok(Arc::clone(&self.state()?.known))
    }

    /// Time, place and guard of what is recorded now.
    pub fn stamp(&self) -> Stamp {
        self.stamp_of(&self.lock())
    }

    /// The journal, for those who carry or check it.
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// The copy of the feed.
    pub fn cache(&self) -> &Arc<Cache> {
        &self.cache
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, DeskError> {
        let mut state = self.lock();
        state.show.keep_pace(self.now(), self.time.boot().ms);
        let (settings, changes) = (self.cache.settings(), self.cache.changes());
        if state.settings != settings {
            state.known = Arc::new(Known::load(&self.cache, &state.trusted)?);
            state.settings = settings;
            state.erased = 0;
            self.dismiss(&mut state)?;
        }
        if state.changes != changes {
            let book = Book::load(&self.cache, &self.journal)?;
            let before = std::mem::replace(&mut state.book, book);
            state.changes = changes;
            self.erase(&mut state)?;
            self.answered(&mut state, &before);
            self.alert_misused(&mut state)?;
        }
        Ok(state)
    }

    /// Erases the details of events that the feed says are to be forgotten.
    fn erase(&self, state: &mut State) -> Result<(), DeskError> {
        let orders = self.cache.since::<ErasureRow>(state.erased)?;
        let Some(last) = orders.iter().map(|row| row.seq).max() else { return Ok(()) };
        let events: Vec<EventId> = orders.iter().map(|row| EventId(row.id)).collect();
        if self.journal.erase(&events)? > 0 {
            state.photos.reload(&self.journal)?;
        }
        state.erased = last;
        Ok(())
    }

    fn stamp_of(&self, state: &State) -> Stamp {
        let (at, time) = self.time.mark();
        let guard = state.shift.as_ref().map(|shift| shift.guard);
        Stamp { at, time, gate: state.known.gate, guard }
    }

    fn judge<'a, L: Ledger>(
        &'a self,
        known: &'a Known,
        book: &'a Book,
        ledger: &'a L,
        reading: Reading,
    ) -> Judge<'a, L> {
        Judge { known, cache: &self.cache, book, ledger, reading, whole_at: self.cache.whole_at() }
    }

    /// Records acts in one transaction and takes them into the book.
    fn record(
        &self,
        state: &mut State,
        acts: Vec<(Act, Option<Details>)>,
    ) -> Result<Vec<EventId>, DeskError> {
        let stamp = self.stamp_of(state);
        let written = self.journal.write(|writing| append(writing, &stamp, acts))?;
        Ok(self.enter(state, written))
    }

    /// Takes what was just written into the book.
    fn enter(&self, state: &mut State, written: Vec<RecordedEvent>) -> Vec<EventId> {
        let ids = written.iter().map(|recorded| recorded.event.id).collect();
        for recorded in written {
            match recorded.undoes().map(|target| self.journal.event(target)) {
                Some(Ok(Some(target))) => state.book.undone(target.recorded),
                Some(Ok(None)) => {}
                // It is recorded all the same; the book is told by the journal then.
                Some(Err(error)) => self.reload_book(state, &error.into()),
                None => state.book.recorded(recorded),
            }
        }
        ids
    }

    fn reload_book(&self, state: &mut State, why: &DeskError) {
        tracing::error!(error = %why, "what was taken back cannot be read");
        match Book::load(&self.cache, &self.journal) {
            Ok(book) => state.book = book,
            Err(error) => tracing::error!(%error, "who is inside cannot be read"),
        }
    }

    fn now(&self) -> UnixMs {
        self.time.read().at()
    }
}

/// Appends acts and gives them back as they were recorded.
fn append(
    writing: &mut Writing<'_>,
    stamp: &Stamp,
    acts: Vec<(Act, Option<Details>)>,
) -> Result<Vec<RecordedEvent>, JournalError> {
    let mut written = Vec::with_capacity(acts.len());
    for (act, details) in acts {
        let id = writing.append(stamp, &act, details)?.id;
        written.extend(writing.event(id)?.map(|kept| kept.recorded));
    }
    Ok(written)
}

#[cfg(test)]
mod tests;
