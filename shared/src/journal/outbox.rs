//! What a kiosk has yet to send of its journal, and what the other side's answers mean.
//!
//! A life whose events are not all acknowledged is sent from behind the acknowledged ones; the oldest life
//! first. An acknowledgement can go backwards, when a server was restored from an old copy: events are
//! therefore kept for [`KEEP_MS`] after they were acknowledged, and sent again.

use crate::{
    id::{IncarnationId, KioskId},
    journal::{AlertCode, Cause, Head},
    sync::{PROTOCOL, Upload, UploadAnswer, UploadEvent, UploadOutcome, Visible},
    time::{DAY, UnixMs},
};

/// How long acknowledged events are kept, in milliseconds.
pub const KEEP_MS: i64 = 30 * DAY;

/// All lives of a kiosk's journal, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// The lives of which events are held.
    pub lives: Vec<Life>,
    /// When the oldest unacknowledged event was recorded.
    pub oldest_waiting: Option<UnixMs>,
}

/// One life of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Its last event.
    pub head: Head,
    /// Up to here the server has said that it is durable.
    pub acknowledged: u64,
    /// The lowest seq still held; `head.seq + 1` when none is.
    pub oldest: u64,
    /// Whether it is written and sent.
    pub state: LifeState,
}

/// Whether a life is written and sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeState {
    /// New events go here.
    Open,
    /// Ended; what waits is still sent.
    Closed,
    /// Ended, and the server does not take the rest of it: kept for export.
    Aside,
}

impl Life {
    /// How many of its events wait to be sent.
    pub const fn waiting(&self) -> u64 {
        match self.state {
            LifeState::Aside => 0,
            LifeState::Open | LifeState::Closed => self.head.seq.saturating_sub(self.send_after()),
        }
    }

    /// The seq behind which to send: what was acknowledged, or what is no longer held.
    pub const fn send_after(&self) -> u64 {
        let dropped = self.oldest.saturating_sub(1);
        if self.acknowledged > dropped { self.acknowledged } else { dropped }
    }

    /// Which life.
    pub const fn incarnation(&self) -> IncarnationId {
        self.head.incarnation
    }

    /// Whether the server is told of it at all.
    pub const fn is_sent(&self) -> bool {
        !matches!(self.state, LifeState::Aside)
    }
}

impl Outbox {
    /// The most events to send at once.
    pub const BATCH: usize = Upload::MAX_EVENTS;

    /// How many events wait.
    pub fn waiting(&self) -> u64 {
        self.lives.iter().map(Life::waiting).sum()
    }

    /// The life to send from next, where any waits.
    pub fn next(&self) -> Option<&Life> {
        self.lives.iter().find(|life| life.waiting() > 0)
    }

    /// A life by its id.
    pub fn life(&self, incarnation: IncarnationId) -> Option<&Life> {
        self.lives.iter().find(|life| life.incarnation() == incarnation)
    }
}

/// A run of one life's events as the journal holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The life as it stood when the run was read.
    pub life: Life,
    /// The head right before the first event.
    pub after: Head,
    /// The events, in order; empty where none follows.
    pub events: Vec<UploadEvent>,
}

impl Batch {
    /// The upload that carries the run.
    pub fn upload(self, kiosk: KioskId, waiting: u64) -> Upload {
        let behind = waiting.saturating_sub(self.events.len() as u64);
        Upload {
            protocol: PROTOCOL,
            kiosk,
            after: self.after,
            oldest: self.life.oldest,
            events: self.events,
            waiting: behind,
        }
    }
}

/// What was sent, as far as its answer needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The head right before the first event.
    pub after: Head,
    /// The last event; the same as `after` when nothing but the question was sent.
    pub last: Head,
}

impl Sent {
    /// What an upload sends.
    pub fn of(upload: &Upload) -> Self {
        let seq = upload.after.seq + upload.events.len() as u64;
        let hash = upload.events.last().map_or(upload.after.hash, |sent| sent.event.hash);
        Self { after: upload.after, last: Head { seq, hash, ..upload.after } }
    }
}

/// Events that are durable, and when their effects are visible. It never lowers an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledge {
    /// Which life.
    pub incarnation: IncarnationId,
    /// All events up to this seq are durable.
    pub upto: u64,
    /// When the effects of some of them are visible.
    pub visible: Vec<Visible>,
    /// The feed's seq by which all of them are: the visibility of every event up to `upto` becomes what
    /// `visible` says, else what was known, and never more than this. Of an event whose effect is parked it
    /// stays unknown.
    pub by: u64,
}

/// What a kiosk does about an answer, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// Note what is durable.
    pub acknowledge: Option<Acknowledge>,
    /// The server no longer holds what it once acknowledged.
    pub go_back: Option<GoBack>,
    /// End the life that was sent.
    pub end: Option<End>,
}

/// An acknowledgement that went backwards: events behind `to` are unacknowledged again, their effects are
/// not visible, and they are sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoBack {
    /// Which life.
    pub incarnation: IncarnationId,
    /// The new acknowledged seq.
    pub to: u64,
}

/// A life that cannot go on. Where it is the open one, a new one is opened with `Opened`, which says `cause`
/// and the head it follows; either way `AlertRaised` goes into the open life, all in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Which life.
    pub incarnation: IncarnationId,
    /// What becomes of it: [`LifeState::Closed`] or [`LifeState::Aside`].
    pub state: LifeState,
    /// What the new life says of itself.
    pub cause: Cause,
    /// What admins are told.
    pub alert: AlertCode,
}

/// Reads an answer. `life` is the life as it stands now, `sent` what was sent.
pub fn rule(life: &Life, sent: &Sent, answer: &UploadAnswer) -> Ruling {
    let incarnation = life.incarnation();
    let acknowledge = |upto: u64| {
        let visible = answer.visible.iter().filter(|visible| visible.event <= upto).copied().collect();
        Some(Acknowledge { incarnation, upto, visible, by: answer.head })
    };
    let end = |state, cause, alert| {
        let ends = life.state == LifeState::Open || state == LifeState::Aside;
        ends.then_some(End { incarnation, state, cause, alert })
    };
    let forked = || end(LifeState::Closed, Cause::Forked, AlertCode::JournalForked);
    match answer.outcome {
        UploadOutcome::Appended if answer.durable > life.head.seq.max(sent.last.seq) => {
            Ruling { acknowledge: acknowledge(sent.last.seq), end: forked(), ..Ruling::default() }
        }
        UploadOutcome::Appended => Ruling { acknowledge: acknowledge(sent.last.seq), ..Ruling::default() },
        UploadOutcome::Fork(_) => {
            Ruling { acknowledge: acknowledge(sent.last.seq), end: forked(), ..Ruling::default() }
        }
        UploadOutcome::Gap if sent.after.seq < life.oldest => {
            let end = end(LifeState::Aside, Cause::Damaged, AlertCode::JournalDamaged);
            Ruling { end, ..Ruling::default() }
        }
        UploadOutcome::Gap => {
            // Where the server's hash at `durable` is not ours, its next answer is a gap again, at that very
            // place, and sends us to the oldest event we have.
            let oldest = life.oldest.saturating_sub(1);
            let to = if answer.durable < sent.after.seq { answer.durable.max(oldest) } else { oldest };
            let go_back = Some(GoBack { incarnation, to });
            Ruling { go_back, ..Ruling::default() }
        }
        UploadOutcome::Rejected(seq) => Ruling {
            acknowledge: acknowledge(seq.saturating_sub(1).min(sent.last.seq)),
            end: end(LifeState::Aside, Cause::Damaged, AlertCode::JournalDamaged),
            ..Ruling::default()
        },
    }
}
