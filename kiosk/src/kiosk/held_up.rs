//! What is held up, before the camera or a hand scanner: whose it is, and what came of it.

use crate::{
    desk::Desk,
    enrol::Invited,
    eye::Glance,
    kiosk::{Shared, life::Taker},
    screen::TouchError,
};

impl Shared {
    /// What a hand scanner typed goes where the camera's codes go, and is told of as rarely as they are.
    pub(super) fn scanned(&self, text: &str) -> Result<(), TouchError> {
        let (taker, boot) = {
            let state = self.lock();
            (state.taker(), state.time.boot().ms)
        };
        match taker {
            Taker::Enrolment => self.lock().invited(Invited::scanned(text)),
            Taker::Desk(desk) if self.memory.is_fresh_pull(boot, text) => self.held_up(&desk, text),
            Taker::Desk(_) => Ok(()),
            Taker::Nobody => Err(TouchError::NotNow),
        }
    }

    pub(super) fn glance(&self, glance: Glance) {
        let codes = match glance {
            Glance::Guidance(guidance) => return self.lock().guidance(guidance),
            Glance::Codes(codes) => codes,
        };
        let taker = self.lock().taker();
        match taker {
            Taker::Enrolment => {
                if let Some(code) = codes.first() {
                    // A refusal stands on the screen; there is nobody to tell it to here.
                    drop(self.lock().invited(Invited::scanned(code)));
                }
            }
            Taker::Desk(desk) => self.one_of(&desk, codes),
            Taker::Nobody => {}
        }
    }

    /// Of several codes in view one has its verdict, the gravest first: nobody walks in on another's LET IN. Those
    /// beside it are told of again until it is taken away or its verdict is over.
    fn one_of(&self, desk: &Desk, mut codes: Vec<String>) {
        let boot = self.lock().time.boot().ms;
        let taken = desk.shows_verdict() && self.memory.is_decided_beside(boot, &codes);
        let decided = (!taken).then(|| codes.remove(desk.gravest(&codes)));
        self.memory.forget(&codes);
        if let Some(code) = decided {
            // What failed stands on the screen too.
            drop(self.held_up(desk, &code));
            self.push();
        }
    }

    /// A code is held up: what came of it is shown, also that nothing did.
    fn held_up(&self, desk: &Desk, code: &str) -> Result<(), TouchError> {
        self.memory.decided(code);
        let scanned = desk.scan(code).map(drop);
        if scanned.is_err() {
            desk.show_not_recorded();
        }
        self.done(scanned)
    }
}
