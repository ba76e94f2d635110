//! Loading a snapshot piece by piece, then what changed meanwhile, until all of it takes the copy's place.

use super::{
    Heard, Pulling,
    phase::{Ahead, Phase},
};
use crate::{
    feed::{
        Page, SnapshotPage,
        apply::{Weighed, weigh},
        copy::{Copy, Loading, Piece, piece},
    },
    journal::outbox::Outbox,
    sync::{
        Failure, PROTOCOL, Pull, SnapshotPull, SnapshotResume,
        kiosk::{CacheOp, REQUEST_TIMEOUT, Request, turn::Turn},
    },
};

impl Pulling {
    /// Loads a snapshot.
    pub(super) fn load(&mut self, turn: &mut Turn<'_>, loading: Option<Loading>, outbox: Option<&Outbox>) {
        let deadline = turn.now + REQUEST_TIMEOUT;
        self.phase = if let Some(Loading::Changes { cursor, seen }) = loading {
            let request = turn.send(Request::Pull(Pull { seen: Some(seen), ..self.pull(cursor, outbox) }));
            Phase::Changing { request, deadline }
        } else {
            let resume = loading.and_then(|loading| loading.resume());
            let request = turn.send(Request::Snapshot(SnapshotPull { protocol: PROTOCOL, resume }));
            Phase::Loading { request, resume, deadline }
        };
    }

    pub(super) fn changed(&mut self, turn: &mut Turn<'_>, page: Page) -> Heard {
        let Some(Copy { loading: Some(Loading::Changes { cursor, seen }), .. }) = self.copy else {
            return Heard::Word;
        };
        if !matches!(weigh(&cursor, &page), Weighed::Apply | Weighed::Known) || page.from != cursor {
            return self.failed(turn, Failure::Malformed);
        }
        self.backoff.succeed();
        self.head = Some(page.head);
        if page.to.seq == page.head {
            self.gone = false;
            self.polled(turn);
            self.store(turn, CacheOp::Swap(page), true);
        } else {
            let next = Loading::Changes { cursor: page.to, seen };
            self.store(turn, CacheOp::Change(page, next), false);
        }
        Heard::Word
    }

    pub(super) fn loaded(
        &mut self,
        turn: &mut Turn<'_>,
        resume: Option<SnapshotResume>,
        page: SnapshotPage,
    ) -> Heard {
        match piece(resume.as_ref(), &page) {
            Piece::Begin(next) => {
                self.store(turn, CacheOp::Begin(page, next), false);
                self.ask_ahead(turn, &next);
            }
            Piece::Go(next) => {
                self.backoff.succeed();
                self.store(turn, CacheOp::Load(page, next), false);
                self.ask_ahead(turn, &next);
            }
            Piece::Elsewhere => {
                self.hold(turn);
                self.restart(turn);
                return Heard::Failure(Failure::Malformed);
            }
        }
        Heard::Word
    }

    /// Asks for the piece behind the one that is being stored.
    fn ask_ahead(&mut self, turn: &mut Turn<'_>, next: &Loading) {
        let Some(resume) = next.resume() else { return };
        let pull = SnapshotPull { protocol: PROTOCOL, resume: Some(resume) };
        let request = turn.send(Request::Snapshot(pull));
        self.ahead = Some(Ahead { request, resume, deadline: turn.now + REQUEST_TIMEOUT, answer: None });
    }

    /// What is being loaded cannot be continued.
    pub(super) fn restart(&mut self, turn: &mut Turn<'_>) {
        self.gone = true;
        self.store(turn, CacheOp::Drop, false);
    }
}
