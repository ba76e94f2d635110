//! How many events of one visit and of one pass are applied. A visit is told anew from all of its events with each further
//! one, and where somebody went out whose entry was not known, from all of its pass's: nobody is to make that long.

use std::collections::HashMap;

use gatehouse::id::{PassId, VisitorId};

/// Far more than happens about one visit.
const OF_A_VISIT: u64 = 500;
/// What happens by one pass in a year of many comings and goings.
const OF_A_PASS: u64 = 2_000;

/// How many events are applied already, those among them that are just being taken in.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    visits: HashMap<VisitorId, u64>,
    passes: HashMap<PassId, u64>,
}

impl Room {
    pub(super) fn of_visit(&mut self, visit: VisitorId, applied: u64) {
        self.visits.insert(visit, applied);
    }

    pub(super) fn of_pass(&mut self, pass: PassId, applied: u64) {
        self.passes.insert(pass, applied);
    }

    /// Whether one more event about a visit is to be applied; if so, it counts.
    pub(super) fn for_visit(&mut self, visit: VisitorId) -> bool {
        take(self.visits.entry(visit).or_default(), OF_A_VISIT)
    }

    /// Whether one more event is to be found by its pass; if so, it counts.
    pub(super) fn for_pass(&mut self, pass: PassId) -> bool {
        take(self.passes.entry(pass).or_default(), OF_A_PASS)
    }
}

fn take(applied: &mut u64, most: u64) -> bool {
    let has_room = *applied < most;
    *applied += u64::from(has_room);
    has_room
}
