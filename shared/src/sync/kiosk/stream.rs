//! The live stream: opened when the copy is up to date, given up after a silence.

use crate::{
    feed::Cursor,
    sync::{
        Backoff, Beat,
        kiosk::{Output, REQUEST_TIMEOUT, StreamId, turn::Turn},
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Closed { retry_at: i64 },
    Opening { id: StreamId, deadline: i64 },
    Open { id: StreamId, silent_at: i64 },
}

#[derive(Debug)]
pub(super) struct Stream {
    phase: Phase,
    backoff: Backoff,
}

impl Stream {
    pub fn new() -> Self {
        Self { phase: Phase::Closed { retry_at: i64::MIN }, backoff: Backoff::default() }
    }

    pub const fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    /// Whether `id` is the stream in use.
    pub fn is(&self, id: StreamId) -> bool {
        match self.phase {
            Phase::Closed { .. } => false,
            Phase::Opening { id: ours, .. } | Phase::Open { id: ours, .. } => ours == id,
        }
    }

    pub const fn try_now(&mut self) {
        if let Phase::Closed { .. } = self.phase {
            self.phase = Phase::Closed { retry_at: i64::MIN };
            self.backoff.succeed();
        }
    }

    /// Opens it from `cursor`, where it is closed and its time has come.
    pub fn open(&mut self, turn: &mut Turn<'_>, cursor: Cursor) {
        if let Phase::Closed { retry_at } = self.phase
            && turn.now >= retry_at
        {
            let id = StreamId(turn.number());
            turn.out.push(Output::OpenStream(id, cursor));
            self.phase = Phase::Opening { id, deadline: turn.now + REQUEST_TIMEOUT };
        }
    }

    /// Something came through it.
    pub const fn heard(&mut self, now: i64) {
        if let Phase::Opening { id, .. } | Phase::Open { id, .. } = self.phase {
            self.phase = Phase::Open { id, silent_at: now + Beat::SILENCE };
        }
    }

    /// It brought something whole: trouble is over.
    pub const fn proved(&mut self) {
        self.backoff.succeed();
    }

    /// It ended by itself.
    pub fn closed(&mut self, turn: &mut Turn<'_>) {
        let retry_at = turn.now + self.backoff.fail(&mut turn.entropy);
        self.phase = Phase::Closed { retry_at };
    }

    /// Drops it, to be opened again after a while.
    pub fn close(&mut self, turn: &mut Turn<'_>) {
        if let Phase::Opening { id, .. } | Phase::Open { id, .. } = self.phase {
            turn.out.push(Output::CloseStream(id));
            self.closed(turn);
        }
    }

    /// Gives it up when it has been silent for too long; true when it did.
    pub fn check(&mut self, turn: &mut Turn<'_>) -> bool {
        let due = match self.phase {
            Phase::Closed { .. } => return false,
            Phase::Opening { deadline, .. } => deadline,
            Phase::Open { silent_at, .. } => silent_at,
        };
        if turn.now >= due {
            self.close(turn);
        }
        turn.now >= due
    }

    /// When to be looked at again.
    pub const fn wake_at(&self) -> i64 {
        match self.phase {
            Phase::Closed { retry_at } => retry_at,
            Phase::Opening { deadline, .. } => deadline,
            Phase::Open { silent_at, .. } => silent_at,
        }
    }
}
