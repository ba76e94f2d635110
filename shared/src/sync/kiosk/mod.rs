//! The kiosk's side of the protocol, without I/O: [`Kiosk::step`] is told what happened and says what to do.
//!
//! Two halves that know nothing of each other: one sends the journal, one keeps the copy of the feed, live or
//! by polling. Neither waits for the other, and the desk waits for neither.
//!
//! # Driving it
//!
//! The courier owns one [`Kiosk`] and a loop:
//!
//! 1. Give [`Input::Tick`] once at the start; the core reads the stores by itself.
//! 2. Carry out every [`Output`] in order. [`Output::Journal`] and [`Output::Cache`] are one transaction each;
//!    give what they result in as the next input (`Outbox` after every journal operation but `Batch`, `Copy`
//!    after every cache operation, `JournalFailed` and `CacheFailed` when nothing was written). Journal
//!    operations are carried out one after the other, cache operations too; the two need not wait for each
//!    other.
//! 3. [`Output::Send`] starts a request beside the loop, [`Output::OpenStream`] a stream; what they give goes in
//!    as `Answered` and `Streamed` under the same number. Tokens are the courier's business: it renews one
//!    and repeats the request before it says [`Failure::Refused`]. A dropped request or stream may still
//!    deliver; the core ignores it.
//! 4. [`Output::WakeAt`] sets the one timer. When the desk records an event, give [`Input::Recorded`].
//! 5. Stop whenever you like, even between two outputs. All that must last is in the stores; a new [`Kiosk`]
//!    over the same stores goes on.
//!
//! `boot` is always a clock that neither steps nor stops in suspend (`CLOCK_BOOTTIME`), in milliseconds.

mod pulling;
mod stream;
mod turn;
mod uploading;
mod wire;

use pulling::{Heard, Pulling};
use turn::Turn;
use uploading::Uploading;

use crate::{
    entropy::Entropy,
    id::KioskId,
    journal::outbox::Outbox,
    sync::{Beat, Contact, Failure},
    time::SECOND,
};

pub use wire::{Answer, CacheOp, Input, JournalOp, Output, Request, RequestId, StreamId, StreamItem};

/// How long a request may take, in milliseconds.
pub const REQUEST_TIMEOUT: i64 = 30 * SECOND;

/// The kiosk's side of the protocol.
#[derive(Debug)]
pub struct Kiosk {
    uploading: Uploading,
    pulling: Pulling,
    numbers: u64,
    heard: Option<i64>,
    trouble: Option<Failure>,
    reported: Option<Contact>,
    wake: Option<i64>,
}

impl Kiosk {
    /// The core of `kiosk`, whose program has the given version.
    pub fn new(kiosk: KioskId, version: impl Into<String>) -> Self {
        Self {
            uploading: Uploading::new(kiosk),
            pulling: Pulling::new(version.into()),
            numbers: 0,
            heard: None,
            trouble: None,
            reported: None,
            wake: None,
        }
    }

    /// Takes what happened at boot time `boot` (milliseconds) and says what to do now.
    pub fn step(&mut self, boot: i64, entropy: &mut dyn Entropy, input: Input) -> Vec<Output> {
        let mut numbers = self.numbers;
        let mut turn = Turn { now: boot, entropy, out: Vec::new(), numbers: &mut numbers };
        self.take(&mut turn, input);
        self.advance(&mut turn);
        self.report(&mut turn);
        let out = turn.out;
        self.numbers = numbers;
        out
    }

    fn take(&mut self, turn: &mut Turn<'_>, input: Input) {
        match input {
            Input::Tick => {}
            Input::Recorded => self.uploading.recorded(),
            Input::TryNow => self.try_now(),
            Input::Outbox(outbox) => self.uploading.outbox_read(outbox),
            Input::Batch(batch) => self.uploading.batch_read(turn, batch),
            Input::JournalFailed => self.uploading.journal_failed(turn),
            Input::Copy(copy) => {
                let heard = self.pulling.copy_read(turn, copy);
                self.heard(turn.now, heard);
            }
            Input::CacheFailed => self.pulling.cache_failed(turn),
            Input::Answered(id, answer) => self.answered(turn, id, answer),
            Input::Streamed(id, item) => {
                let heard = self.pulling.streamed(turn, id, item);
                self.heard(turn.now, heard);
            }
        }
    }

    fn answered(&mut self, turn: &mut Turn<'_>, id: RequestId, answer: Result<Answer, Failure>) {
        let heard = if self.uploading.awaits(id) {
            let answer = match answer {
                Ok(Answer::Upload(answer)) => Ok(answer),
                Ok(_) => Err(Failure::Malformed),
                Err(failure) => Err(failure),
            };
            let heard = answer.as_ref().map_or_else(|failure| Heard::Failure(*failure), |_| Heard::Word);
            self.uploading.answered(turn, answer);
            heard
        } else {
            self.pulling.answered(turn, id, answer)
        };
        self.heard(turn.now, heard);
    }

    fn heard(&mut self, now: i64, heard: Heard) {
        match heard {
            Heard::Nothing => return,
            Heard::Failure(failure) => {
                self.trouble = Some(failure);
                return;
            }
            Heard::Gone => self.uploading.ask_all(),
            Heard::Word => {}
        }
        if !self.is_online(now) {
            if self.heard.is_some() {
                // Whoever answers now may be another than the one before.
                self.uploading.ask_all();
            }
            self.uploading.try_now();
            self.pulling.stop_waiting();
        }
        self.heard = Some(now);
        self.trouble = None;
    }

    fn try_now(&mut self) {
        self.uploading.try_now();
        self.pulling.try_now();
    }

    fn is_online(&self, now: i64) -> bool {
        self.heard.is_some_and(|heard| now - heard < Beat::SILENCE)
    }

    fn advance(&mut self, turn: &mut Turn<'_>) {
        if self.uploading.advance(turn) {
            self.trouble = Some(Failure::TimedOut);
        }
        if let Some(failure) = self.pulling.advance(turn, self.uploading.outbox()) {
            self.trouble = Some(failure);
        }
    }

    fn report(&mut self, turn: &mut Turn<'_>) {
        let contact = self.contact(turn.now);
        if self.reported != Some(contact) {
            self.reported = Some(contact);
            turn.out.push(Output::Contact(contact));
        }
        let silent_at = self.heard.map(|heard| heard + Beat::SILENCE).filter(|at| *at > turn.now);
        let wake = self.uploading.wake_at().min(self.pulling.wake_at()).min(silent_at.unwrap_or(i64::MAX));
        let wake = wake.max(turn.now + 1);
        if self.wake != Some(wake) && wake < i64::MAX {
            self.wake = Some(wake);
            turn.out.push(Output::WakeAt(wake));
        }
    }

    fn contact(&self, now: i64) -> Contact {
        let outbox = self.uploading.outbox();
        Contact {
            online: self.is_online(now),
            heard: self.heard,
            live: self.pulling.is_live(),
            waiting: outbox.map_or(0, Outbox::waiting),
            oldest: outbox.and_then(|outbox| outbox.oldest_waiting),
            cursor: self.pulling.cursor(),
            head: self.pulling.head(),
            loading: self.pulling.is_loading(),
            trouble: self.trouble,
        }
    }
}
