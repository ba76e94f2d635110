//! What the courier tells the kiosk, and what comes of it.

use gatehouse::feed::row::KioskOrder;

use crate::{
    courier::News,
    kiosk::life::{Life, State, Work},
};

impl State {
    pub(super) fn news(&mut self, news: News) {
        let now = self.time.read().at();
        let Life::Open(work) = &mut self.life else { return };
        match news {
            News::Contact(standing) => {
                if standing.online != work.standing.online {
                    let silent = standing.heard.map_or(0, |heard| self.time.boot().ms - heard);
                    work.since = Some(if standing.online { now } else { now.plus(-silent) });
                }
                work.standing = standing;
                if let Some(ladder) = &mut work.ladder {
                    ladder.loading(standing.trouble);
                }
                if standing.cursor.is_some() {
                    work.ladder = None;
                }
                if standing.online {
                    ask_trust(work);
                }
            }
            News::Copy => {
                let taken = work.gate.desk.refresh();
                ask_trust(work);
                if let Err(error) = taken {
                    tracing::error!(%error, "what changed cannot be taken in");
                    self.look_for_damage(&error);
                }
                self.heed_order();
            }
            News::Stepped { from, to } => {
                let recorded = work.gate.desk.clock_stepped(from, to);
                work.courier.recorded();
                if let Err(error) = recorded {
                    tracing::error!(%error, "a step of the clock cannot be recorded");
                    self.look_for_damage(&error);
                }
            }
            News::Revoked => work.courier.ask_order(),
            News::Order(order) => self.ordered(&order.into()),
            News::Trust(trust) => renew(work, trust.as_deref()),
            News::StoreFailed => self.look_now(),
        }
    }

    /// Heeds an order that came with the feed.
    fn heed_order(&mut self) {
        let Life::Open(work) = &self.life else { return };
        let order = work.gate.desk.known().ok().and_then(|known| known.order.clone());
        if let Some(order) = order {
            self.ordered(&order);
        }
    }

    fn ordered(&mut self, order: &KioskOrder) {
        let Life::Open(work) = &mut self.life else { return };
        if let Some(ended) = work.orders.hear(&work.gate, order) {
            self.end(ended);
        }
    }
}

/// Asks for the trust file when the community's settings are others than those it came with.
fn ask_trust(work: &mut Work) {
    if work.standing.online && work.asking.is_due(work.gate.desk.cache().settings()) {
        work.courier.ask_trust();
    }
}

/// Takes the trust file that was asked for, if it came.
fn renew(work: &mut Work, trust: Option<&[u8]>) {
    match trust.map(|trust| work.gate.renew(trust)) {
        Some(Ok(_)) => work.asking.came(),
        Some(Err(error)) => {
            tracing::error!(%error, "a trust file was not taken");
            work.asking.missed();
        }
        None => work.asking.missed(),
    }
}
