//! The end of a kiosk: on an order that its community's root signed for it and its key, and on nothing else.

use gatehouse::feed::row::KioskOrder;

use crate::{
    enrol::Membership,
    kiosk::{Gate, OpenError, left::Left},
};

/// How a kiosk was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It sent all it had, then wiped itself.
    Retired,
    /// It destroyed keys and cache at once; what it had not sent lies sealed in its folder.
    Stolen,
}

impl Ended {
    /// The word for it, as `gatectl` says it and the server lists it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Retired => "RETIRED",
            Self::Stolen => "STOLEN",
        }
    }
}

/// What was ordered of a gate so far.
#[derive(Debug, Default)]
pub struct Orders {
    retiring: bool,
}

impl Orders {
    /// Hears an order, from wherever it came. What the root did not sign for this kiosk and its key is no order.
    /// Answers when the kiosk has ended: nothing of it is to be used any more.
    pub fn hear(&mut self, gate: &Gate, order: &KioskOrder) -> Option<Ended> {
        match gate.is_ordered(order) {
            Ok(true) if order.stolen => {
                stolen(gate);
                Some(Ended::Stolen)
            }
            Ok(true) => {
                if !self.retiring {
                    tracing::warn!("this kiosk is to retire: it sends what waits, then wipes itself");
                }
                self.retiring = true;
                self.look(gate)
            }
            Ok(false) => {
                tracing::error!("an order to end this kiosk is not the community root's: ignored");
                None
            }
            Err(error) => {
                tracing::error!(%error, "an order cannot be checked");
                None
            }
        }
    }

    /// Retires a kiosk that is to and has sent all it had: from then on nothing more is recorded.
    pub fn look(&self, gate: &Gate) -> Option<Ended> {
        if !self.retiring {
            return None;
        }
        match gate.desk.journal().close_if_sent() {
            Ok(true) => {
                retired(gate);
                Some(Ended::Retired)
            }
            Ok(false) => None,
            Err(error) => {
                tracing::error!(%error, "whether everything was sent cannot be told");
                None
            }
        }
    }
}

/// What cannot be sealed is lost: keys and cache are destroyed whatever happens.
fn stolen(gate: &Gate) {
    if let Err(error) = Left::of(gate).and_then(|left| left.keep(&gate.ground.folder)) {
        tracing::error!(%error, "what was not sent cannot be sealed: it is lost");
    }
    wipe(gate);
    tracing::warn!("this kiosk was reported stolen: its keys are destroyed");
}

fn retired(gate: &Gate) {
    wipe(gate);
    tracing::warn!("this kiosk has retired: it is wiped");
}

/// Keys first: what is encrypted under them is gone with them, whatever becomes of the files.
fn wipe(gate: &Gate) {
    let folder = &gate.ground.folder;
    let steps = [
        gate.ground.keeping.destroy().map_err(OpenError::from),
        folder.delete(&folder.cache()).map_err(OpenError::from),
        folder.delete(&folder.journal()).map_err(OpenError::from),
        Membership::forget(folder).map_err(OpenError::from),
    ];
    for error in steps.into_iter().filter_map(Result::err) {
        tracing::error!(%error, "this kiosk could not be wiped whole; it ends all the same");
    }
}
