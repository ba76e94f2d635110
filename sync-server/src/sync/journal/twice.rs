//! Visitors who were let in twice on one answer, at gates that did not know of each other. The first entry is the
//! visit's; of each other one admins are told, since somebody else may have come in by it.

use gatehouse::journal::{Act, Recorded};

use super::{
    effects::{alert, derived_id},
    store::cases::NewAlert,
};

/// What admins are told of the events about one visit that count.
pub(super) fn alerts(events: &[Recorded]) -> Vec<NewAlert> {
    let mut entries: Vec<&Recorded> =
        events.iter().filter(|recorded| matches!(recorded.act, Act::Admitted { .. })).collect();
    entries.sort_by_key(|recorded| (recorded.event.at, recorded.event.kiosk, recorded.event.id));
    entries.dedup_by_key(|recorded| recorded.event.id);
    let further = entries.into_iter().skip(1);
    further
        .map(|recorded| {
            let id = derived_id(b"entered twice", recorded.event.id.0);
            alert(recorded, id, "ENTERED_TWICE".to_owned())
        })
        .collect()
}
