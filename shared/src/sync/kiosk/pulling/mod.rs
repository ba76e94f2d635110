//! The half of the core that keeps the copy.

mod loading;
mod phase;

use std::collections::VecDeque;

use crate::{
    feed::{
        Cursor, Page,
        apply::{Weighed, weigh},
        copy::Copy,
    },
    journal::outbox::Outbox,
    sync::{
        Backoff, Beat, Failure, PROTOCOL, Pull,
        kiosk::{
            Answer, CacheOp, Output, REQUEST_TIMEOUT, Request, RequestId, StreamId, StreamItem,
            stream::Stream, turn::Turn,
        },
    },
    time::{MINUTE, SECOND},
};

use self::phase::{Ahead, Phase};

/// How often to ask while no stream is open, in milliseconds: a revocation is to arrive within two seconds.
const POLL_EVERY: i64 = 3 * SECOND / 2;
/// How often to ask while one is.
const CHECK_EVERY: i64 = MINUTE;
/// How many streamed pages may wait for the cache before they are dropped and pulled again.
const QUEUE: usize = 64;

#[derive(Debug)]
pub(super) struct Pulling {
    version: String,
    copy: Option<Copy>,
    phase: Phase,
    ahead: Option<Ahead>,
    stream: Stream,
    queue: VecDeque<Page>,
    /// The copy's cursor cannot be continued.
    gone: bool,
    /// There is something to pull.
    behind: bool,
    head: Option<u64>,
    poll_at: i64,
    hold_until: i64,
    backoff: Backoff,
}

/// What the rest of the core should know of what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Not this half's, or too late.
    Nothing,
    /// The server spoke.
    Word,
    /// The server spoke, and it is not in the state that the copy came from.
    Gone,
    /// The server could not be reached, or made no sense.
    Failure(Failure),
}

impl Pulling {
    pub fn new(version: String) -> Self {
        Self {
            version,
            copy: None,
            phase: Phase::Idle,
            ahead: None,
            stream: Stream::new(),
            queue: VecDeque::new(),
            gone: false,
            behind: true,
            head: None,
            poll_at: i64::MIN,
            hold_until: i64::MIN,
            backoff: Backoff::default(),
        }
    }

    pub fn cursor(&self) -> Option<Cursor> {
        self.copy.and_then(|copy| copy.cursor)
    }

    pub const fn head(&self) -> Option<u64> {
        self.head
    }

    pub const fn is_live(&self) -> bool {
        self.stream.is_open()
    }

    pub fn is_loading(&self) -> bool {
        self.copy.is_some_and(|copy| copy.loading.is_some() || copy.cursor.is_none()) || self.gone
    }

    pub const fn try_now(&mut self) {
        self.behind = true;
        self.stop_waiting();
    }

    /// Does what is due without waiting any longer.
    pub const fn stop_waiting(&mut self) {
        self.hold_until = i64::MIN;
        self.backoff.succeed();
        self.stream.try_now();
    }

    /// Takes how the copy stands, once the cache has done its work.
    pub fn copy_read(&mut self, turn: &mut Turn<'_>, copy: Copy) -> Heard {
        let Phase::Storing { then_whole } = self.phase else { return Heard::Nothing };
        self.phase = Phase::Idle;
        self.copy = Some(copy);
        if then_whole && copy.loading.is_none() {
            self.whole(turn);
        }
        self.arrive(turn, copy)
    }

    /// What was asked for ahead is waited for, or taken if it has come: where it goes on at what was stored.
    fn arrive(&mut self, turn: &mut Turn<'_>, copy: Copy) -> Heard {
        let Some(Ahead { request, resume, deadline, answer }) = self.ahead.take() else {
            return Heard::Nothing;
        };
        let goes_on = copy.loading.and_then(|loading| loading.resume()) == Some(resume);
        match answer {
            None if goes_on => {
                self.phase = Phase::Loading { request, resume: Some(resume), deadline };
                Heard::Nothing
            }
            None => {
                turn.out.push(Output::Cancel(request));
                Heard::Nothing
            }
            Some(answer) if goes_on => {
                self.settle(turn, Phase::Loading { request, resume: Some(resume), deadline }, answer)
            }
            Some(_) => Heard::Nothing,
        }
    }

    pub fn cache_failed(&mut self, turn: &mut Turn<'_>) {
        if let Some(ahead) = self.ahead.take().filter(|ahead| ahead.answer.is_none()) {
            turn.out.push(Output::Cancel(ahead.request));
        }
        self.phase = Phase::Idle;
        self.copy = None;
        self.queue.clear();
        self.behind = true;
        self.stream.close(turn);
        self.hold(turn);
    }

    fn whole(&mut self, turn: &mut Turn<'_>) {
        self.behind = false;
        turn.out.push(Output::Whole);
    }

    /// It was asked and answered: the next question has time. What a stream says by itself does not count, since the
    /// server knows by questions alone that this kiosk is there.
    fn polled(&mut self, turn: &mut Turn<'_>) {
        let every = if self.stream.is_open() { CHECK_EVERY } else { POLL_EVERY };
        self.poll_at = turn.about(every);
    }

    fn hold(&mut self, turn: &mut Turn<'_>) {
        self.hold_until = turn.now + self.backoff.fail(&mut turn.entropy);
    }

    fn store(&mut self, turn: &mut Turn<'_>, op: CacheOp, then_whole: bool) {
        self.phase = Phase::Storing { then_whole };
        turn.out.push(Output::Cache(op));
    }

    /// Takes an answer if it is this half's.
    pub fn answered(&mut self, turn: &mut Turn<'_>, id: RequestId, answer: Result<Answer, Failure>) -> Heard {
        if let Some(ahead) = self.ahead.as_mut().filter(|ahead| ahead.request == id) {
            ahead.answer = Some(answer);
            // It is weighed once the piece before it is stored.
            return Heard::Nothing;
        }
        let phase = self.phase;
        match phase {
            Phase::Pulling { request, .. }
            | Phase::Changing { request, .. }
            | Phase::Loading { request, .. }
                if request == id => {}
            _ => return Heard::Nothing,
        }
        self.phase = Phase::Idle;
        self.settle(turn, phase, answer)
    }

    /// Does what the answer to the request of `phase` says.
    fn settle(&mut self, turn: &mut Turn<'_>, phase: Phase, answer: Result<Answer, Failure>) -> Heard {
        match (phase, answer) {
            (Phase::Pulling { .. }, Ok(Answer::Page(page))) => self.pulled(turn, page),
            (Phase::Changing { .. }, Ok(Answer::Page(page))) => self.changed(turn, page),
            (Phase::Loading { resume, .. }, Ok(Answer::Piece(page))) => self.loaded(turn, resume, page),
            (Phase::Pulling { .. }, Ok(Answer::Gone)) => self.lost(turn),
            (_, Ok(Answer::Gone)) => {
                self.hold(turn);
                self.restart(turn);
                Heard::Gone
            }
            (_, Ok(_)) => self.failed(turn, Failure::Malformed),
            (_, Err(failure)) => self.failed(turn, failure),
        }
    }

    fn failed(&mut self, turn: &mut Turn<'_>, failure: Failure) -> Heard {
        self.hold(turn);
        Heard::Failure(failure)
    }

    fn pulled(&mut self, turn: &mut Turn<'_>, page: Page) -> Heard {
        let Some(cursor) = self.cursor() else { return Heard::Word };
        match weigh(&cursor, &page) {
            Weighed::Apply => {
                if page.to.seq == page.head {
                    self.polled(turn);
                }
                self.apply(turn, page);
            }
            Weighed::Known if page.to == cursor && page.head == cursor.seq => {
                self.backoff.succeed();
                self.head = Some(page.head);
                self.polled(turn);
                self.whole(turn);
            }
            // It was asked for with this very cursor.
            Weighed::Known | Weighed::Elsewhere | Weighed::Malformed => {
                return self.failed(turn, Failure::Malformed);
            }
        }
        Heard::Word
    }

    fn apply(&mut self, turn: &mut Turn<'_>, page: Page) {
        self.backoff.succeed();
        self.head = Some(page.head);
        let then_whole = page.to.seq == page.head;
        self.store(turn, CacheOp::Apply(page), then_whole);
    }

    /// The copy cannot be continued: the rows stay in use until others are loaded.
    fn lost(&mut self, turn: &mut Turn<'_>) -> Heard {
        self.gone = true;
        self.queue.clear();
        self.stream.close(turn);
        Heard::Gone
    }

    /// Takes what a stream gave.
    pub fn streamed(&mut self, turn: &mut Turn<'_>, id: StreamId, item: StreamItem) -> Heard {
        if !self.stream.is(id) {
            return Heard::Nothing;
        }
        match item {
            StreamItem::Closed(failure) => {
                self.stream.closed(turn);
                self.behind = true;
                return Heard::Failure(failure);
            }
            StreamItem::Gone => {
                self.stream.closed(turn);
                self.behind = true;
            }
            StreamItem::Opened => {
                self.stream.heard(turn.now);
                // It was opened right after an answer.
                self.polled(turn);
            }
            StreamItem::Beat(beat) => {
                self.stream.heard(turn.now);
                self.stream.proved();
                self.beat(turn, &beat);
            }
            StreamItem::Page(page) => {
                self.stream.heard(turn.now);
                self.stream.proved();
                if self.queue.len() < QUEUE {
                    self.queue.push_back(page);
                } else {
                    self.queue.clear();
                    self.behind = true;
                }
            }
        }
        Heard::Word
    }

    fn beat(&mut self, turn: &mut Turn<'_>, beat: &Beat) {
        self.head = Some(beat.head.seq);
        if self.phase != Phase::Idle || !self.queue.is_empty() || self.gone {
            return;
        }
        if self.cursor() == Some(beat.head) {
            self.whole(turn);
        } else {
            self.behind = true;
        }
    }

    /// Does what there is to do; says so when a request ran out of time.
    pub fn advance(&mut self, turn: &mut Turn<'_>, outbox: Option<&Outbox>) -> Option<Failure> {
        let mut failure = self.time_out(turn);
        if self.stream.check(turn) {
            self.behind = true;
            failure = Some(Failure::TimedOut);
        }
        if self.phase != Phase::Idle {
            return failure;
        }
        let Some(copy) = self.copy else {
            if turn.now >= self.hold_until {
                self.store(turn, CacheOp::Read, false);
            }
            return failure;
        };
        if let Some(cursor) = copy.cursor
            && copy.loading.is_none()
            && !self.gone
        {
            self.follow(turn, cursor, outbox);
        } else if turn.now >= self.hold_until {
            self.load(turn, copy.loading, outbox);
        }
        failure
    }

    fn time_out(&mut self, turn: &mut Turn<'_>) -> Option<Failure> {
        let late = |ahead: &mut Ahead| ahead.answer.is_none() && turn.now >= ahead.deadline;
        if let Some(ahead) = self.ahead.take_if(late) {
            turn.out.push(Output::Cancel(ahead.request));
            self.hold(turn);
            return Some(Failure::TimedOut);
        }
        let (Phase::Pulling { request, deadline }
        | Phase::Changing { request, deadline }
        | Phase::Loading { request, deadline, .. }) = self.phase
        else {
            return None;
        };
        if turn.now < deadline {
            return None;
        }
        turn.out.push(Output::Cancel(request));
        self.phase = Phase::Idle;
        self.hold(turn);
        Some(Failure::TimedOut)
    }

    /// Keeps a copy up to date.
    fn follow(&mut self, turn: &mut Turn<'_>, cursor: Cursor, outbox: Option<&Outbox>) {
        while let Some(page) = self.queue.pop_front() {
            match weigh(&cursor, &page) {
                Weighed::Apply => return self.apply(turn, page),
                Weighed::Known => {}
                Weighed::Elsewhere | Weighed::Malformed => {
                    self.queue.clear();
                    self.behind = true;
                }
            }
        }
        if (self.behind || turn.now >= self.poll_at) && turn.now >= self.hold_until {
            let request = turn.send(Request::Pull(self.pull(cursor, outbox)));
            self.phase = Phase::Pulling { request, deadline: turn.now + REQUEST_TIMEOUT };
        }
        if !self.behind {
            self.stream.open(turn, cursor);
        }
    }

    fn pull(&self, cursor: Cursor, outbox: Option<&Outbox>) -> Pull {
        Pull {
            protocol: PROTOCOL,
            cursor,
            waiting: outbox.map_or(0, Outbox::waiting),
            oldest: outbox.and_then(|outbox| outbox.oldest_waiting),
            version: self.version.clone(),
            seen: None,
        }
    }

    /// When to be called again, where nothing else happens.
    pub fn wake_at(&self) -> i64 {
        let stream = self.stream.wake_at();
        match self.phase {
            Phase::Storing { .. } => {
                let awaited = self.ahead.as_ref().filter(|ahead| ahead.answer.is_none());
                awaited.map_or(i64::MAX, |ahead| ahead.deadline)
            }
            Phase::Pulling { deadline, .. } if self.stream.is_open() => deadline.min(stream),
            Phase::Pulling { deadline, .. }
            | Phase::Changing { deadline, .. }
            | Phase::Loading { deadline, .. } => deadline,
            Phase::Idle if self.behind || self.is_loading() || self.copy.is_none() => self.hold_until,
            Phase::Idle => self.poll_at.max(self.hold_until).min(stream),
        }
    }
}
