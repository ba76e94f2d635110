//! The end of a kiosk: on an order that its community's root signed for it and its key, and on nothing else.

use gatehouse::feed::row::KioskOrder;

use crate::{
    enrol::Membership,
    folder::{Folder, FolderError},
    keys::Keeping,
    kiosk::{Gate, OpenError, alarms, left::Left},
};

/// Lies in the folder as long as a kiosk is being wiped: one that was cut off in the middle of it is not to come back.
const WIPING: &str = "wiping";

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

fn wipe(gate: &Gate) {
    let folder = &gate.ground.folder;
    // Where there is no room for this, the keys go all the same.
    if let Err(error) = folder.replace(WIPING, b"") {
        tracing::error!(%error, "a wipe that is cut off now is not finished by the next start");
    }
    let keys = gate.ground.keeping.destroy();
    if wipe_rest(folder, keys.map_err(OpenError::from)) {
        note_wiped(folder);
    }
}

/// Finishes the wipe of a kiosk that was cut off in the middle of it.
pub(super) fn finish(folder: &Folder) {
    match folder.read(WIPING) {
        Ok(None) => {}
        Ok(Some(_)) => {
            wipe_rest(folder, Keeping::destroy_in(folder).map_err(OpenError::from));
            // Whatever could not be wiped now: the folder may be another kiosk's by the next start.
            note_wiped(folder);
        }
        Err(error) => tracing::error!(%error, "whether this kiosk was being wiped cannot be told"),
    }
}

/// The keys went first: what is encrypted under them is gone with them, whatever becomes of the files. Answers whether
/// all of it is wiped.
fn wipe_rest(folder: &Folder, keys: Result<(), OpenError>) -> bool {
    let steps = [
        keys,
        folder.delete(&folder.cache()).map_err(OpenError::from),
        folder.delete(&folder.journal()).map_err(OpenError::from),
        delete_set_aside(folder).map_err(OpenError::from),
        folder.remove(alarms::FILE).map_err(OpenError::from),
        Membership::forget(folder).map_err(OpenError::from),
    ];
    let mut is_whole = true;
    for error in steps.into_iter().filter_map(Result::err) {
        is_whole = false;
        tracing::error!(%error, "this kiosk could not be wiped whole; it ends all the same");
    }
    is_whole
}

fn note_wiped(folder: &Folder) {
    if let Err(error) = folder.remove(WIPING) {
        tracing::error!(%error, "that this kiosk is wiped cannot be noted");
    }
}

fn delete_set_aside(folder: &Folder) -> Result<(), FolderError> {
    let aside = folder.set_aside_of(&folder.journal())?;
    aside.values().try_for_each(|journal| folder.delete(journal))
}
