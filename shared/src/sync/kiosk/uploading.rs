//! The half of the core that sends the journal.

use crate::{
    id::{IncarnationId, KioskId},
    journal::outbox::{self, Batch, Outbox, Sent},
    sync::{
        Backoff, Failure, UploadAnswer,
        kiosk::{JournalOp, Output, REQUEST_TIMEOUT, Request, RequestId, turn::Turn},
    },
    time::MINUTE,
};

/// How often the open life is asked about while nothing waits: a server may have been restored meanwhile.
const ASK_EVERY: i64 = MINUTE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    /// A run of events is being read.
    Reading,
    Sending {
        request: RequestId,
        sent: Sent,
        deadline: i64,
    },
    /// What the answer means is being noted.
    Noting,
}

#[derive(Debug)]
pub(super) struct Uploading {
    kiosk: KioskId,
    outbox: Option<Outbox>,
    phase: Phase,
    /// Operations given out that answer with an outbox.
    operations: u32,
    /// The journal has changed since it was last read.
    stale: bool,
    /// Lives to ask about, whether anything of them waits or not.
    ask: Vec<IncarnationId>,
    ask_all: bool,
    ask_at: i64,
    hold_until: i64,
    /// Until when the journal is left alone because it failed.
    rest_until: i64,
    backoff: Backoff,
}

impl Uploading {
    pub fn new(kiosk: KioskId) -> Self {
        Self {
            kiosk,
            outbox: None,
            phase: Phase::Idle,
            operations: 0,
            stale: true,
            ask: Vec::new(),
            ask_all: true,
            ask_at: i64::MIN,
            hold_until: i64::MIN,
            rest_until: i64::MIN,
            backoff: Backoff::default(),
        }
    }

    pub const fn outbox(&self) -> Option<&Outbox> {
        self.outbox.as_ref()
    }

    /// The desk recorded something.
    pub const fn recorded(&mut self) {
        self.stale = true;
    }

    pub const fn try_now(&mut self) {
        self.hold_until = i64::MIN;
        self.rest_until = i64::MIN;
        self.backoff.succeed();
    }

    /// Asks what the server holds of every life: it may be another than before.
    pub const fn ask_all(&mut self) {
        self.ask_all = true;
    }

    pub fn outbox_read(&mut self, outbox: Outbox) {
        self.outbox = Some(outbox);
        self.operations = self.operations.saturating_sub(1);
        if self.operations == 0 && self.phase == Phase::Noting {
            self.phase = Phase::Idle;
        }
    }

    pub fn batch_read(&mut self, turn: &mut Turn<'_>, batch: Option<Batch>) {
        if self.phase != Phase::Reading {
            return;
        }
        self.phase = Phase::Idle;
        let Some(batch) = batch.filter(|batch| !batch.events.is_empty() || batch.life.waiting() == 0) else {
            // The journal says one thing and gives another: look again, later.
            return self.journal_failed(turn);
        };
        let incarnation = batch.life.incarnation();
        let mut waiting = batch.life.waiting();
        if let Some(outbox) = &mut self.outbox {
            if let Some(life) = outbox.lives.iter_mut().find(|life| life.incarnation() == incarnation) {
                *life = batch.life;
            }
            waiting = outbox.waiting();
        }
        let upload = batch.upload(self.kiosk, waiting);
        let sent = Sent::of(&upload);
        let request = turn.send(Request::Upload(upload));
        self.phase = Phase::Sending { request, sent, deadline: turn.now + REQUEST_TIMEOUT };
    }

    pub fn journal_failed(&mut self, turn: &mut Turn<'_>) {
        self.operations = 0;
        self.stale = true;
        if let Phase::Reading | Phase::Noting = self.phase {
            self.phase = Phase::Idle;
        }
        self.hold(turn);
        self.rest_until = self.hold_until;
    }

    /// Whether the answer to a request is this half's.
    pub fn awaits(&self, id: RequestId) -> bool {
        matches!(self.phase, Phase::Sending { request, .. } if request == id)
    }

    /// Takes the answer that is awaited.
    pub fn answered(&mut self, turn: &mut Turn<'_>, answer: Result<UploadAnswer, Failure>) {
        let Phase::Sending { sent, .. } = self.phase else { return };
        self.phase = Phase::Idle;
        let life = self.outbox.as_ref().and_then(|outbox| outbox.life(sent.after.incarnation));
        match (answer, life) {
            (Ok(answer), Some(life)) if answer.incarnation == life.incarnation() => {
                self.backoff.succeed();
                self.ask.retain(|asked| *asked != answer.incarnation);
                let ruling = outbox::rule(life, &sent, &answer);
                self.note(turn, ruling);
            }
            (Ok(_), None) => self.stale = true,
            (Ok(_), Some(_)) | (Err(_), _) => self.hold(turn),
        }
    }

    fn note(&mut self, turn: &mut Turn<'_>, ruling: outbox::Ruling) {
        let ops = [
            ruling.acknowledge.map(JournalOp::Acknowledge),
            ruling.go_back.map(JournalOp::GoBack),
            ruling.end.map(JournalOp::End),
        ];
        for op in ops.into_iter().flatten() {
            self.operations += 1;
            self.phase = Phase::Noting;
            turn.out.push(Output::Journal(op));
        }
    }

    fn hold(&mut self, turn: &mut Turn<'_>) {
        self.hold_until = turn.now + self.backoff.fail(&mut turn.entropy);
    }

    /// Does what there is to do; true when a request ran out of time.
    pub fn advance(&mut self, turn: &mut Turn<'_>) -> bool {
        let mut timed_out = false;
        if let Phase::Sending { request, deadline, .. } = self.phase
            && turn.now >= deadline
        {
            turn.out.push(Output::Cancel(request));
            self.phase = Phase::Idle;
            self.hold(turn);
            timed_out = true;
        }
        let busy = self.operations > 0 || self.phase == Phase::Reading || turn.now < self.rest_until;
        // The count of waiting events is on the screen: it is read while a request is under way, too.
        if self.stale && !busy {
            self.stale = false;
            self.operations += 1;
            turn.out.push(Output::Journal(JournalOp::Read));
        } else if self.phase == Phase::Idle && !busy && turn.now >= self.hold_until {
            self.begin(turn);
        }
        timed_out
    }

    fn begin(&mut self, turn: &mut Turn<'_>) {
        let Some(outbox) = &self.outbox else { return };
        if std::mem::take(&mut self.ask_all) {
            self.ask =
                outbox.lives.iter().filter(|life| life.is_sent()).map(outbox::Life::incarnation).collect();
            self.ask_at = turn.about(ASK_EVERY);
        } else if turn.now >= self.ask_at {
            self.ask.extend(outbox.lives.last().map(outbox::Life::incarnation));
            self.ask_at = turn.about(ASK_EVERY);
        }
        let asked = || self.ask.iter().find_map(|asked| outbox.life(*asked)).filter(|life| life.is_sent());
        let Some(life) = outbox.next().or_else(asked) else {
            self.ask.clear();
            return;
        };
        let (incarnation, after) = (life.incarnation(), life.send_after());
        self.phase = Phase::Reading;
        turn.out.push(Output::Journal(JournalOp::Batch { incarnation, after, limit: Outbox::BATCH }));
    }

    /// When to be called again, where nothing else happens.
    pub fn wake_at(&self) -> i64 {
        match self.phase {
            Phase::Sending { deadline, .. } => deadline,
            Phase::Reading | Phase::Noting => i64::MAX,
            Phase::Idle if self.operations > 0 => i64::MAX,
            Phase::Idle if self.wants() => self.hold_until.max(self.rest_until),
            Phase::Idle => self.ask_at.max(self.hold_until),
        }
    }

    fn wants(&self) -> bool {
        let waits = self.outbox.as_ref().is_none_or(|outbox| outbox.waiting() > 0);
        waits || self.stale || self.ask_all || !self.ask.is_empty()
    }
}
