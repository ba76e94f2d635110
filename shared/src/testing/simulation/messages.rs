//! Messages between kiosks and server, and the live streams.

use super::{
    Maker, World,
    world::{Happening, Mark, Subscription},
};
use crate::{
    feed::Cursor,
    sync::{
        Failure, PROTOCOL, Pull,
        kiosk::{Answer, Request, RequestId, StreamId, StreamItem},
    },
    testing::ServerStore,
};

impl<M: Maker> World<M> {
    pub(super) fn send(&mut self, mark: Mark, id: RequestId, request: &Request) {
        if !self.machines[mark.0].link {
            if self.chance.in_thousand(500) {
                let answer = Box::new(Err(Failure::Unreachable));
                self.soon(Happening::Answered(mark, id, answer), 50);
            }
            return;
        }
        for delay in self.weather.delays(&mut self.chance) {
            self.at(self.now + delay, Happening::Asked(mark, id, Box::new(request.clone())));
        }
    }

    pub(super) fn asked(&mut self, mark: Mark, id: RequestId, request: &Request) {
        if !self.server_up {
            if self.chance.in_thousand(500) {
                self.soon(Happening::Answered(mark, id, Box::new(Err(Failure::Unreachable))), 50);
            }
            return;
        }
        if self.is_shut_out(self.machines[mark.0].home.kiosk, Some(request)) {
            for delay in self.weather.delays(&mut self.chance) {
                self.at(self.now + delay, Happening::Answered(mark, id, Box::new(Err(Failure::Refused))));
            }
            return;
        }
        let answer = match request {
            Request::Pull(pull) => match self.server.pull(pull) {
                Ok(Ok(page)) => Answer::Page(page),
                Ok(Err(_)) => Answer::Gone,
            },
            Request::Snapshot(pull) => match self.server.snapshot(pull) {
                Ok(Ok(piece)) => Answer::Piece(piece),
                Ok(Err(_)) => Answer::Gone,
            },
            Request::Upload(upload) => {
                let Ok(answer) = self.server.upload(upload);
                self.note(|| {
                    let (from, count) = (upload.after.seq, upload.events.len());
                    format!(
                        "server takes {from}+{count} of kiosk {}: {:?} {}",
                        mark.0, answer.outcome, answer.durable
                    )
                });
                Answer::Upload(answer)
            }
        };
        if self.chance.in_thousand(500) {
            self.fan_out();
        }
        for delay in self.weather.delays(&mut self.chance) {
            self.at(self.now + delay, Happening::Answered(mark, id, Box::new(Ok(answer.clone()))));
        }
    }

    pub(super) fn stream_asked(&mut self, mark: Mark, id: StreamId, cursor: Cursor) {
        if !self.server_up || !self.alive(mark) {
            return;
        }
        if self.is_shut_out(self.machines[mark.0].home.kiosk, None) {
            let refused = StreamItem::Closed(Failure::Refused);
            self.soon(Happening::Streamed(mark, id, Box::new(refused)), 150);
            return self.ask_order(mark);
        }
        self.subscriptions.push(Subscription { mark, id, sent: cursor, last_arrival: self.now });
        self.give(self.subscriptions.len() - 1, StreamItem::Opened);
        self.fan_out();
    }

    /// Sends every stream what it has not sent yet.
    pub(super) fn fan_out(&mut self) {
        if !self.server_up {
            return;
        }
        let mut ended = Vec::new();
        for index in 0..self.subscriptions.len() {
            let mark = self.subscriptions[index].mark;
            // A stream may bring the order before the server looks again at who listens.
            if self.is_shut_out(self.machines[mark.0].home.kiosk, None) && self.chance.in_thousand(500) {
                self.give(index, StreamItem::Closed(Failure::Refused));
                ended.push((mark, self.subscriptions[index].id));
                self.ask_order(mark);
                continue;
            }
            while self.subscriptions[index].sent != self.server.head() {
                let cursor = self.subscriptions[index].sent;
                let pull = Pull {
                    protocol: PROTOCOL,
                    cursor,
                    waiting: 0,
                    oldest: None,
                    version: String::new(),
                    seen: None,
                };
                let Ok(Ok(page)) = self.server.pull(&pull) else {
                    self.give(index, StreamItem::Gone);
                    ended.push((self.subscriptions[index].mark, self.subscriptions[index].id));
                    break;
                };
                self.subscriptions[index].sent = page.to;
                self.give(index, StreamItem::Page(page));
            }
        }
        let dead = |sub: &Subscription| ended.contains(&(sub.mark, sub.id));
        self.subscriptions.retain(|sub| !dead(sub));
        let lost = self.weather.lost / 4;
        let mut cut = Vec::new();
        for index in 0..self.subscriptions.len() {
            if self.chance.in_thousand(lost) {
                cut.push((self.subscriptions[index].mark, self.subscriptions[index].id));
                if self.chance.in_thousand(500) {
                    self.give(index, StreamItem::Closed(Failure::Unreachable));
                }
            }
        }
        self.subscriptions.retain(|sub| !cut.contains(&(sub.mark, sub.id)));
    }

    /// A stream's items arrive in order, if at all.
    pub(super) fn give(&mut self, index: usize, item: StreamItem) {
        let delay = self.chance.between(1, 200);
        let subscription = &mut self.subscriptions[index];
        let at = subscription.last_arrival.max(self.now) + delay;
        subscription.last_arrival = at;
        let (mark, id) = (subscription.mark, subscription.id);
        self.at(at, Happening::Streamed(mark, id, Box::new(item)));
    }
}
