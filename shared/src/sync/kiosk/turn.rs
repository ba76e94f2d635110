//! What one step has at hand.

use crate::{
    entropy::Entropy,
    sync::{
        backoff::draw,
        kiosk::{Output, Request, RequestId},
    },
};

/// One step: the time, chance, and the outputs so far.
pub(super) struct Turn<'a> {
    pub now: i64,
    pub entropy: &'a mut dyn Entropy,
    pub out: Vec<Output>,
    pub numbers: &'a mut u64,
}

impl Turn<'_> {
    /// A number not used before.
    pub fn number(&mut self) -> u64 {
        *self.numbers += 1;
        *self.numbers
    }

    pub fn send(&mut self, request: Request) -> RequestId {
        let id = RequestId(self.number());
        self.out.push(Output::Send(id, request));
        id
    }

    /// `ms` from now, give or take a tenth.
    pub fn about(&mut self, ms: i64) -> i64 {
        self.now + ms - ms / 10 + draw(&mut self.entropy, ms / 5)
    }
}
